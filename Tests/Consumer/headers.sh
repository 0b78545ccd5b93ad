#!/bin/bash
# Shows that a build notices when a header of a BPF program changes, in the target's folder or outside of it, or the flags
# that it is compiled with, and does nothing when none has: on a copy of this package, with the scratch folder given, where
# the library is built already.
#
#     Tests/Consumer/headers.sh SCRATCH
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
scratch=$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/Consumer"
cp -r "$here/Package.swift" "$here/Tests" "$copy/Consumer"
cd "$copy/Consumer"
sed -i "s|path: \"../..\"|path: \"$(cd "$here/../.." && pwd)\"|" Package.swift
header=Tests/PortFilterTests/BPF/port_filter.h
# One header more, outside of the target's folder.
echo '#define LIMIT 4' >Tests/limits.h
sed -i '1i #include "../../limits.h"' "$header"
sed -i 's/max_entries, 4)/max_entries, LIMIT)/' Tests/PortFilterTests/BPF/port_filter.bpf.c

build() { swift build --build-tests --scratch-path "$scratch" 2>&1; }
expect() {  # what, whether the program is compiled, …
  local output
  output=$(build) || { echo "$output"; exit 1; }
  local compiled=no
  if grep -q 'Compiling port_filter.bpf.c for BPF' <<<"$output"; then compiled=yes; fi
  if [[ $compiled != "$2" ]]; then
    echo "$1: compiled: $compiled, expected: $2" >&2
    echo "$output" >&2
    exit 1
  fi
  echo "$1: compiled: $compiled"
}

refuse() {  # what, words of the complaint
  local output
  if output=$(build) || ! grep -q -- "$2" <<<"$output"; then
    echo "$1: built, or refused without the words \"$2\"" >&2
    echo "$output" >&2
    exit 1
  fi
  echo "$1: refused"
}

skeleton() { cat "$scratch"/plugins/outputs/*/PortFilterTests/destination/BPFPlugin/port_filter.skeleton.swift; }

expect 'a fresh copy' yes
# SwiftPM (6.3) links a plugin's tool once more in the build after its first.
build >/dev/null
expect 'nothing changed' no
sed -i 's/__u64 packets;/__u64 packets, dropped;/' "$header"
expect 'a header of the target changed' yes
skeleton | grep -q 'public var dropped: UInt64' || { echo "the skeleton has no new member" >&2; exit 1; }
echo '#define LIMIT 8' >Tests/limits.h
expect 'a header outside of the target changed' yes
skeleton | grep -q 'max_entries 8' || { echo "the skeleton has the old size" >&2; exit 1; }
# Arguments for the compiler, and a folder of headers that they name.
mkdir Tests/include
echo '#define LIMIT 16' >Tests/include/outer.h
sed -i 's|#include "../../limits.h"|#include <outer.h>|' "$header"
printf '# as clangd has it\n-I\n../../include\n-DUNUSED=1\n' >Tests/PortFilterTests/BPF/compile_flags.txt
expect 'flags that are new' yes
skeleton | grep -q 'max_entries 16' || { echo "the skeleton has not the flags' size" >&2; exit 1; }
expect 'nothing changed' no
echo '#define LIMIT 32' >Tests/include/outer.h
expect 'a header of a folder that the flags name changed' yes
echo '-I../../include' >Tests/PortFilterTests/BPF/compile_flags.txt
expect 'the flags changed' yes
skeleton | grep -q 'max_entries 32' || { echo "the skeleton has the old size" >&2; exit 1; }
sed -i '/#include <outer.h>/d' "$header"
for limit in 48 52; do
  echo "-DLIMIT=$limit" >Tests/PortFilterTests/BPF/compile_flags.txt
  expect "nothing but the flags changed, $limit" yes
  skeleton | grep -q "max_entries $limit" || { echo "the skeleton has the old size" >&2; exit 1; }
done
# A header that stands in the flags' folder, one that is looked for where the program's own are, and an option that begins
# like another.
mkdir Tests/PortFilterTests/BPF/last
echo '#define LIMIT 64' >Tests/PortFilterTests/BPF/given.h
printf -- '-include\nfloat.h\n-include\ngiven.h\n-isystem-after\nlast\n' >Tests/PortFilterTests/BPF/compile_flags.txt
expect 'headers that the flags include' yes
skeleton | grep -q 'max_entries 64' || { echo "the skeleton has not the size of the included header" >&2; exit 1; }
echo '-I' >>Tests/PortFilterTests/BPF/compile_flags.txt
refuse 'an option without its path' 'compile_flags.txt: error: -I has no path behind it'
sed -i '$d' Tests/PortFilterTests/BPF/compile_flags.txt
# Two programs that would become one Swift type, and two that would share a file.
for other in port-filter.v2.bpf.c last/port_filter.bpf.c; do
  echo >"Tests/PortFilterTests/BPF/$other"
  refuse "a namesake, $other" "$other.* would both become the same Swift type"
  rm "Tests/PortFilterTests/BPF/$other"
done
