"""The names that Scapy's fields take for numbers, of the layers that bpftest has.

Usage: names.py LAYER…          lines of `Layer.field TAB name TAB number`; `Layer.field/N` where another field must be N;
                                `Layer.field+` where names are bits that `+` joins
       names.py --swift LAYER…  the same as the text of Sources/Packets/Expression/ScapyNames.swift

Services and protocols are those of the machine's /etc/services and /etc/protocols.
"""

import sys

import oracle
from scapy import fields

def inner(field):
    """The fields that a conditional field, or one of several types, may be."""
    if isinstance(field, fields.MultipleTypeField):
        for one, _ in field.flds:
            yield from inner(one)
        yield from inner(field.dflt)
    elif isinstance(field, fields.ConditionalField):
        yield from inner(field.fld)
    else:
        yield field


def names(field):
    """(what is behind the field's name, name, number), in the order in which Scapy has them."""
    if isinstance(field, fields.MultiEnumField):
        for selector, table in field.i2s_multi.items():
            for number, name in table.items():
                yield "/%d" % selector, name, number
    elif isinstance(field, fields.FlagsField):
        for bit, name in enumerate(field.names):
            if name != "?" and list(field.names).count(name) == 1:
                yield "+", name, 1 << bit
    elif isinstance(field, fields.EnumField) or isinstance(field, fields.BitEnumField):
        for name, number in (field.s2i or {}).items():
            yield "", name, number


def tables(layers):
    """`Layer.field` and its names."""
    for layer in layers:
        cls = oracle.NAMES.get(layer)
        for field in getattr(cls, "fields_desc", []):
            found = {}
            for one in inner(field):
                for suffix, name, number in names(one):
                    found.setdefault(suffix, {})[name] = number
            for suffix, table in found.items():
                yield "%s.%s%s" % (layer, field.name, suffix), table


def swift(layers):
    """One table for all fields that have the same names."""
    same = {}
    for title, table in tables(layers):
        same.setdefault(tuple(table.items()), []).append(title)
    for table, titles in same.items():
        entries = sorted(("%d %s" % (number, name) for name, number in table), key=lambda entry: int(entry.split(" ")[0]))
        assert not any(sign in entry for entry in entries for sign in '|"\\\n'), titles
        wrapped(titles, " ", "= ")
        wrapped(entries, "|", "")


def wrapped(parts, separator, mark):
    line = ""
    for part in parts:
        if line and len(line) + len(part) > 112:
            print("    " + mark + line)
            line = ""
        line += (separator if line else "") + part
    print("    " + mark + line)


if __name__ == "__main__":
    if sys.argv[1] == "--swift":
        swift(sys.argv[2:])
    else:
        for title, table in tables(sys.argv[1:]):
            for name, number in table.items():
                print("%s\t%s\t%d" % (title, name, number))
