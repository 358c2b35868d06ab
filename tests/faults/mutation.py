"""One thing changed in a workbook's parts, with a right container around it: what byte flips never get to.

XML: attributes, texts, elements, numbers, whole parts. BIFF: records of an .xls, whose stream is packed anew.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable

import olefile

from pipeline.demo import ole

_TAG = re.compile(rb"<[^<>!?][^<>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)=("[^"]*"|'[^']*')""")
_TEXT = re.compile(rb">([^<>]+)<")
_NUMBER = re.compile(rb"(?<=[>\"'A-Z])\d+(\.\d+)?(?=[<\"'])")
_XML = (".xml", ".rels", ".vml")
_NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"1048576", b"1048577", b"2147483648", b"4294967295",
            b"99999999999999",
            b"1e308", b"1e999", b"-1e-320", b"NaN", b"INF", b"0x10", b"1.5", "１２".encode(), b"", b" 3 ", b"True")
_TEXTS = (b"", b" ", b"A1", b"XFD1048576", b"A0", b"1A", b"A1:B2", b"B2:A1", b"ZZZZ1", b"$A$1", b"../../x",
          b"/", b"#REF!",
          b"=1+1", b"_x0000_", b"_xD800_", b"&#1;", b"&#55296;", b"&unknown;", b"&lt;x&gt;", "　".encode(),
          b"\x00", b"\xff",
          b"]]>", b"t" * 40_000, "类".encode() * 33_000, b"rId1", b"rId999", b"str", b"e", b"s", b"b", b"d",
          b"inlineStr")
_RECORDS = (0x0006, 0x0009, 0x000A, 0x0022, 0x002F, 0x003C, 0x0042, 0x0085, 0x008C, 0x00BD, 0x00BE, 0x00E0,
            0x00E5, 0x00FC,
            0x00FD, 0x01B6, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x0208, 0x027E, 0x0809, 0x005D, 0x00EC)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A workbook with one to three mutations."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = _of_xls(data, dice) if data[:4] == ole.MAGIC[:4] else _of_package(data, dice)
    return data


def _of_package(data: bytes, dice: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [(info.filename, package.read(info)) for info in package.infolist()]
    place = dice.choice([n for n, (name, _) in enumerate(parts) if name.lower().endswith(_XML)] or [0])
    name, part = parts[place]
    action = dice.choice(_PARTS if dice.random() < 0.1 else _INSIDE)
    if action in _PARTS:
        parts[place:place + 1] = action(name, part, dice)
    else:
        parts[place] = name, action(part, dice)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts:
            package.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _exchanged(part: bytes, found: list[re.Match], group: int, new: bytes, dice: random.Random) -> bytes:
    if not found:
        return part
    match = dice.choice(found)
    return part[:match.start(group)] + new + part[match.end(group):]


def _attribute(part: bytes, dice: random.Random) -> bytes:
    new = dice.choice(_TEXTS + _NUMBERS)
    return _exchanged(part, list(_ATTRIBUTE.finditer(part)), 2, b'"' + new.replace(b'"', b"") + b'"', dice)


def _attribute_removed(part: bytes, dice: random.Random) -> bytes:
    return _exchanged(part, list(_ATTRIBUTE.finditer(part)), 0, b"", dice)


def _text(part: bytes, dice: random.Random) -> bytes:
    return _exchanged(part, list(_TEXT.finditer(part)), 1, dice.choice(_TEXTS + _NUMBERS), dice)


def _number(part: bytes, dice: random.Random) -> bytes:
    return _exchanged(part, list(_NUMBER.finditer(part)), 0, dice.choice(_NUMBERS), dice)


def _element(part: bytes, dice: random.Random) -> tuple[int, int]:
    """Where an element begins and ends; (0, 0) if there is none."""
    tags = list(_TAG.finditer(part))
    opened = [n for n, tag in enumerate(tags) if not tag[0].startswith(b"</")]
    if not opened:
        return 0, 0
    first = dice.choice(opened)
    depth = 0
    for tag in tags[first:]:
        depth += -1 if tag[0].startswith(b"</") else 0 if tag[0].endswith(b"/>") else 1
        if depth <= 0:
            return tags[first].start(), tag.end()
    return tags[first].start(), tags[first].end()


def _element_removed(part: bytes, dice: random.Random) -> bytes:
    start, end = _element(part, dice)
    return part[:start] + part[end:]


def _element_twice(part: bytes, dice: random.Random) -> bytes:
    start, end = _element(part, dice)
    return part[:end] + part[start:end] * dice.choice((1, 1, 50)) + part[end:]


def _element_moved(part: bytes, dice: random.Random) -> bytes:
    (start, end), (place, _) = _element(part, dice), _element(part, dice)
    if start <= place < end:
        return part
    rest = part[:start] + part[end:]
    place -= end - start if place >= end else 0
    return rest[:place] + part[start:end] + rest[place:]


def _renamed(part: bytes, dice: random.Random) -> bytes:
    tags = list(_TAG.finditer(part))
    if not tags:
        return part
    name = re.split(rb"[\s/>]", dice.choice(tags)[0].strip(b"</"))[0]
    other = re.split(rb"[\s/>]", dice.choice(tags)[0].strip(b"</"))[0]
    return re.sub(rb"(?<=[</])" + re.escape(name) + rb"(?=[\s/>])", lambda _: other, part)


def _cut(part: bytes, dice: random.Random) -> bytes:
    return part[:dice.randrange(len(part) + 1)]


def _bytes(part: bytes, dice: random.Random) -> bytes:
    changed = bytearray(part)
    for _ in range(dice.randint(1, 4)):
        if changed:
            changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _recoded(part: bytes, dice: random.Random) -> bytes:
    text = part.decode("utf-8", "replace")
    return text.encode(dice.choice(("utf-16", "utf-8-sig", "gb18030", "utf-16-be", "utf-32")), "replace")


def _part_removed(name: str, part: bytes, dice: random.Random) -> list[tuple[str, bytes]]:
    return []


def _part_renamed(name: str, part: bytes, dice: random.Random) -> list[tuple[str, bytes]]:
    other = dice.choice((name.upper(), name.replace("/", "\\"), "/" + name, "../" + name, name + "x", "x" * 300))
    return [(other, part)]


def _part_empty(name: str, part: bytes, dice: random.Random) -> list[tuple[str, bytes]]:
    return [(name, dice.choice((b"", b"<x/>", b"<?xml version='1.0'?>", b"\0" * 100, part[:1])))]


_INSIDE: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _attribute, _attribute, _attribute, _attribute_removed, _text, _text, _number, _number, _number, _element_removed,
    _element_removed, _element_twice, _element_twice, _element_moved, _renamed, _cut, _bytes, _recoded)
_PARTS = (_part_removed, _part_renamed, _part_empty)


def _of_xls(data: bytes, dice: random.Random) -> bytes:
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            stream = container.openstream("Workbook").read()
    except (OSError, ValueError, TypeError):
        return data
    records = _records(stream)
    place = dice.randrange(len(records))
    kind, content = records[place]
    records[place:place + 1] = dice.choice(_OF_RECORDS)(kind, content, dice)
    packed = b"".join(struct.pack("<HH", kind, length) + content for kind, length, content in
                      ((one[0], one[2] if len(one) > 2 else len(one[1]), one[1]) for one in records))
    return ole.container({"Workbook": packed})


def _records(stream: bytes) -> list[tuple]:
    """(kind, content) of every record; the zeros that fill a stream up are none."""
    found, at = [], 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if not kind and not length:
            break
        found.append((kind, stream[at + 4:at + 4 + length]))
        at += 4 + length
    return found or [(0x000A, b"")]


def _record_number(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    if len(content) < 2:
        return [(kind, content)]
    at = dice.randrange(len(content) - 1)
    new = struct.pack("<H", dice.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, dice.randrange(65_536))))
    return [(kind, content[:at] + new + content[at + 2:])]


def _record_cut(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(kind, content[:dice.randrange(len(content) + 1)])]


def _record_lies(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(kind, content, dice.choice((0, 1, 0xFFFF, len(content) + 1, max(0, len(content) - 1))))]


def _record_other(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(dice.choice(_RECORDS), content)]


def _record_removed(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return []


def _record_twice(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(kind, content)] * dice.choice((2, 2, 200))


def _record_longer(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(kind, content + bytes(dice.randrange(256) for _ in range(dice.choice((1, 2, 8, 300)))))]


def _record_bytes(kind: int, content: bytes, dice: random.Random) -> list[tuple]:
    return [(kind, _bytes(content, dice))]


_OF_RECORDS: tuple[Callable[[int, bytes, random.Random], list[tuple]], ...] = (
    _record_number, _record_number, _record_number, _record_cut, _record_lies, _record_other, _record_removed,
    _record_twice, _record_longer, _record_bytes)
