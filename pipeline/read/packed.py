"""A file's reading as bytes: what a child process answers, and what is kept on disk from one run to the next.

Two texts in JSON behind a checksum: first the head, all that is needed to know the forms apart, then what stands in
them, which is only parsed when it is wanted. The values of a table are stored column by column and not as records,
because the names of the fields, how cells are stored and the units repeat from row to row; that makes both directions
several times faster, and lets a whole column be taken without a record being made (`tables`).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from pipeline.read.record import FormReading, Opened, Row, Spotted, Value

# To be raised with every change of what is packed: readings kept by an older edition are then read anew.
EDITION = 4
_HEAD_BYTES = 9
# The single values by which a form is known before it is unpacked.
_NAMING = ("consortium", ("name", "lead_unit"))
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# A NamedTuple made from a tuple that is known to fit, without a call of Python code for each value.
_value = partial(tuple.__new__, Value)


class Run(NamedTuple):
    """Rows of one table with the same fields in the same order.

    `parts` are the texts, cells, stored types and units of all values, row after row, or one word where all agree;
    without fields there are none.
    """

    fields: list[str]
    number: int
    parts: list[list[str] | str]


class Heading(NamedTuple):
    """What is known of a form without unpacking it; `account` is `FormReading.rows` as JSON."""

    sheet: str
    spotted: tuple[Spotted, ...]
    account: str
    name: str
    lead: str


def pack(opened: Opened) -> bytes:
    """The reading as bytes: edition (1 byte), a CRC-32 of the rest (4), the head's length (4), head and contents."""
    forms, *rest = opened
    head = _json([[_heading(form) for form in forms], *rest])
    body = len(head).to_bytes(4, "big") + head + _json([_contents(form) for form in forms])
    return bytes([EDITION]) + zlib.crc32(body).to_bytes(4, "big") + body


def unpack(data: bytes) -> Opened:
    """The reading that was packed.

    Raises:
        ValueError: the bytes are damaged or of another edition.
    """
    head, body = _split(data)
    (forms, *rest), contents = json.loads(head), json.loads(body)
    return _opened([_form(*pair) for pair in zip(forms, contents, strict=True)], *rest)


def headings(data: bytes) -> Opened:
    """What was packed, with a `Heading` in the place of each form. ValueError as `unpack`."""
    forms, *rest = json.loads(_split(data)[0])
    return _opened([Heading(sheet, tuple(map(_spotted, spotted)), account, *naming)
                    for sheet, spotted, _, account, *naming in forms], *rest)


def tables(data: bytes) -> list[dict[str, list[Run]]]:
    """What stands in each form, by block. ValueError as `unpack`."""
    return [{name: [Run(*run) for run in runs] for name, runs in blocks} for blocks in json.loads(_split(data)[1])]


def tables_of(form: FormReading) -> dict[str, list[Run]]:
    """What stands in a form that was not packed, by block."""
    return {name: [Run(*run) for run in _runs(rows)] for name, rows in form.blocks.items()}


def mark_of(data: bytes) -> bytes:
    """The checksum of what was packed: four bytes that tell one reading from another."""
    return data[1:5]


def _split(data: bytes) -> tuple[str, str]:
    end = _HEAD_BYTES + int.from_bytes(data[5:_HEAD_BYTES], "big")
    if data[:1] != bytes([EDITION]) or data[1:5] != zlib.crc32(data[5:]).to_bytes(4, "big"):
        raise ValueError("no packed reading of this edition")
    return data[_HEAD_BYTES:end].decode("utf-8", "surrogatepass"), data[end:].decode("utf-8", "surrogatepass")


def _json(plain: Any) -> bytes:
    return _encoded(plain).encode("utf-8", "surrogatepass")


def _heading(form: FormReading) -> list[Any]:
    block, fields = _NAMING
    single = (form.blocks.get(block) or [{}])[0]
    account = _encoded(form.rows)
    return [form.sheet, form.spotted, form.skipped, account,
            *(single[field].text if field in single else "" for field in fields)]


def _contents(form: FormReading) -> list[Any]:
    return [[name, list(_runs(rows))] for name, rows in form.blocks.items()]


def _opened(forms: Iterable[Any], spotted: list, blank: bool, remarks: list, entries: list, kind: str | None) -> Opened:
    return Opened(tuple(forms), tuple(map(_spotted, spotted)), blank, tuple(map(tuple, remarks)),
                  tuple(map(tuple, entries)), kind)


def _runs(rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Rows that have the same fields in the same order, together: [fields, number of rows, the parts of the values]."""
    for fields, group in groupby(rows, key=list):
        records = list(group)
        parts = zip(*(value for record in records for value in record.values()), strict=True)
        yield [fields, len(records), [_short(part) for part in parts]]


def _short(part: tuple[str, ...]) -> list[str] | str:
    """One word for all where the values agree: nearly always so for how they are stored and for their unit."""
    return part[0] if len(set(part)) == 1 else list(part)


def _form(heading: list[Any], contents: list[Any]) -> FormReading:
    sheet, spotted, skipped, account, *_ = heading
    return FormReading(sheet, {name: [row for run in runs for row in _rows(*run)] for name, runs in contents},
                       list(map(_spotted, spotted)), skipped, json.loads(account))


def _rows(fields: list[str], number: int, parts: list[list[str] | str]) -> Iterator[Row]:
    if not parts:
        return iter([{} for _ in range(number)])
    size = number * len(fields)
    values = map(_value, zip(*(part if isinstance(part, list) else [part] * size for part in parts), strict=True))
    # zip asks for a field first, so that it takes no value more than a record has.
    return (dict(zip(fields, values, strict=False)) for _ in range(number))


def _spotted(plain: list[Any]) -> Spotted:
    rule, sheet, at, facts, *rest = plain
    return Spotted(rule, sheet, at, tuple(map(tuple, facts)), *rest)
