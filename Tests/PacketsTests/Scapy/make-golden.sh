#!/bin/sh
# Writes golden.tsv again: `hex TAB expression`, as Scapy builds it. PYTHON is a Python with requirements.txt installed.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-python3}
"$PYTHON" expressions.py 700 1 > golden.expressions
trap 'rm -f golden.expressions golden.hex' EXIT
"$PYTHON" oracle.py < golden.expressions > golden.hex
paste golden.hex golden.expressions > golden.tsv
if grep '^error' golden.tsv; then echo "Scapy refused these expressions" >&2; exit 1; fi
