"""A file's reading as bytes: what a child process answers, and what is kept on disk from one run to the next.

JSON behind a checksum. The values of a table are stored column by column and not as records, because the names of the
fields, how cells are stored and the units repeat from row to row; that makes both directions several times faster.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Any

from pipeline.read.record import FormReading, Opened, Row, Spotted, Value

# To be raised with every change of what is packed: readings kept by an older edition are then read anew.
EDITION = 2
_HEAD_BYTES = 5
# A NamedTuple made from a tuple that is known to fit, without a call of Python code for each value.
_value = partial(tuple.__new__, Value)


def pack(opened: Opened) -> bytes:
    """The reading as bytes: the edition (1 byte), a CRC-32 of the rest (4 bytes), JSON in UTF-8."""
    plain = [[_plain(form) for form in opened.forms], opened.spotted, opened.blank, opened.remarks, opened.entries]
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return bytes([EDITION]) + zlib.crc32(body).to_bytes(4, "big") + body


def unpack(data: bytes) -> Opened:
    """The reading that was packed.

    Raises:
        ValueError: the bytes are damaged or of another edition.
    """
    body = data[_HEAD_BYTES:]
    if data[:1] != bytes([EDITION]) or data[1:_HEAD_BYTES] != zlib.crc32(body).to_bytes(4, "big"):
        raise ValueError("no packed reading of this edition")
    forms, spotted, blank, remarks, entries = json.loads(body.decode("utf-8", "surrogatepass"))
    return Opened(tuple(map(_form, forms)), tuple(map(_spotted, spotted)), blank, tuple(map(tuple, remarks)),
                  tuple(map(tuple, entries)))


def _plain(form: FormReading) -> list[Any]:
    blocks = [[name, list(_runs(rows))] for name, rows in form.blocks.items()]
    return [form.sheet, blocks, form.spotted, form.skipped, form.rows]


def _runs(rows: Iterable[Row]) -> Iterator[list[Any]]:
    """Rows that have the same fields in the same order, together: [fields, number of rows, the parts of the values]."""
    for fields, group in groupby(rows, key=list):
        records = list(group)
        parts = zip(*(value for record in records for value in record.values()), strict=True)
        yield [fields, len(records), [_short(part) for part in parts]]


def _short(part: tuple[str, ...]) -> list[str] | str:
    """One word for all where the values agree: nearly always so for how they are stored and for their unit."""
    return part[0] if len(set(part)) == 1 else list(part)


def _form(plain: list[Any]) -> FormReading:
    sheet, blocks, spotted, skipped, rows = plain
    return FormReading(sheet, {name: [row for run in runs for row in _rows(*run)] for name, runs in blocks},
                       list(map(_spotted, spotted)), skipped, rows)


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
