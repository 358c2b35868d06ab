"""What a form says otherwise than the version before it, value by value; rows are matched by what they name."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from pipeline.read import FormReading, Value
from schemas import uscc
from schemas.current import FORM
from schemas.form import Block
from schemas.kinds.text import fold_name, is_void
from schemas.label import CELL_BREAK
from schemas.register import polars_schema

if TYPE_CHECKING:
    from pipeline.submissions import Submission

CHANGED, ADDED, REMOVED = "改动", "增加", "删去"
# A row's own number says nothing about what is in it.
_NUMBERING = "serial"
_NOTHING = Value("", "")
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")
Record = dict[str, Value]


class Change(NamedTuple):
    """One value, or a whole row of a table (`field` is "" then); `row` is its number from 1, 0 where there is none."""

    kind: str
    table: str
    row: int
    record: str
    field: str
    earlier: str
    now: str
    cell: str


def changes(submissions: Sequence[Submission]) -> pl.DataFrame:
    """Each current form against the version before it: the table `schemas.season.Changes`."""
    rows = [(now.submission_id, now.consortium_id, now.receipt.city, now.version, earlier.version, change.kind,
             change.table, change.record, change.field or None, change.earlier or None, change.now or None,
             change.cell or None)
            for now, earlier in replaced(submissions) for change in differences(earlier.reading, now.reading)]
    return pl.DataFrame(rows, schema=polars_schema("changes"), orient="row")


def replaced(submissions: Sequence[Submission]) -> Iterator[tuple[Submission, Submission]]:
    """(current form, the version that it took the place of): of another content, the one with the highest number."""
    of_consortium: dict[str, list[Submission]] = {}
    for submission in submissions:
        if submission.has_form and submission.consortium_id:
            of_consortium.setdefault(submission.consortium_id, []).append(submission)
    for versions in of_consortium.values():
        for now in versions:
            others = [other for other in versions if _content(other) != _content(now)]
            if now.current and others:
                yield now, max(others, key=lambda other: other.version)


def _content(submission: Submission) -> tuple[str, str]:
    return submission.receipt.sha256, submission.sheet


def differences(earlier: FormReading, now: FormReading) -> list[Change]:
    """The changes in the form's order; rows that only moved are none."""
    return [change for block in FORM.blocks
            for change in _in_block(block, earlier.blocks.get(block.name, []), now.blocks.get(block.name, []))]


def _in_block(block: Block, earlier: Sequence[Record], now: Sequence[Record]) -> Iterator[Change]:
    partners = matched(block, earlier, now)
    if not block.table:
        # The single values as they stand on the sheet, from above.
        found = _in_row(block, earlier[0], now[0], 0) if partners else ()
        yield from sorted(found, key=lambda change: _on_paper(change.cell))
        return
    for place, record in enumerate(now):
        if place in partners:
            yield from _in_row(block, earlier[partners[place]], record, place + 1)
        elif told := _told(block, record):
            yield Change(ADDED, block.name, place + 1, _name(record, place + 1), "", "", told, _cells(record))
    kept = set(partners.values())
    for place, record in enumerate(earlier):
        if place not in kept and (told := _told(block, record)):
            yield Change(REMOVED, block.name, place + 1, _name(record, place + 1), "", told, "", "")


def _in_row(block: Block, earlier: Record, now: Record, row: int) -> Iterator[Change]:
    for field in block.columns:
        before, after = earlier.get(field, _NOTHING), now.get(field, _NOTHING)
        if field == _NUMBERING or (plain(before.text), before.unit) == (plain(after.text), after.unit):
            continue
        texts = [_shown(value, before.unit != after.unit) for value in (before, after)]
        if texts[0] != texts[1]:
            kind = CHANGED if all(texts) else ADDED if texts[1] else REMOVED
            yield Change(kind, block.name, row, _name(now, row) if row else "", field, *texts, after.at or before.at)


def matched(block: Block, earlier: Sequence[Record], now: Sequence[Record]) -> dict[int, int]:
    """Place of a row now → its place earlier: by code and name, by all but the code, by either, then by what
    stands above it. A code alone may have been another unit's until it was mended."""
    if not block.table:
        return {0: 0} if earlier and now else {}
    partners: dict[int, int] = {}
    for key in (_code_and_name, _all_but_code, _code, _folded):
        _match(partners, earlier, now, key)
    where = {old: new for new, old in partners.items()}
    for old in range(len(earlier)):
        if old not in where:
            new = where.get(old - 1, -1 if old == 0 else len(now)) + 1
            if new < len(now) and new not in partners:
                partners[new], where[old] = old, new
    return partners


def _match(partners: dict[int, int], earlier: Sequence[Record], now: Sequence[Record],
           key: Callable[[Record], str]) -> None:
    taken = set(partners.values())
    waiting: dict[str, list[int]] = {}
    for place, record in enumerate(earlier):
        if place not in taken and key(record):
            waiting.setdefault(key(record), []).append(place)
    for place, record in enumerate(now):
        if place not in partners and waiting.get(key(record)):
            partners[place] = waiting[key(record)].pop(0)


def _code_and_name(record: Record) -> str:
    return f"{_code(record)} {_folded(record)}" if _code(record) and _folded(record) else ""


def _all_but_code(record: Record) -> str:
    """What stands in a named row beside its code and its number."""
    told = [plain(value.text) for field, value in record.items() if field not in ("name", "uscc", _NUMBERING)]
    return "\n".join((_folded(record), *told)) if _folded(record) and any(told) else ""


def _code(record: Record) -> str:
    return uscc.compact(record["uscc"].text) if "uscc" in record and not is_void(record["uscc"].text) else ""


def _folded(record: Record) -> str:
    return fold_name(record["name"].text) if "name" in record else ""


def _on_paper(cell: str) -> tuple[int, int, str]:
    """Row, then column, of the first of some addresses; what has none comes last."""
    place = _ADDRESS.search(cell)
    return (int(place[2]), len(place[1]), place[1]) if place else (sys.maxsize, 0, "")


def _name(record: Record, row: int) -> str:
    """What a row is called: by its name, else by its number."""
    return plain(record.get("name", _NOTHING).text) or f"第 {row} 行"


def _told(block: Block, record: Record) -> str:
    """All that stands in a row, label by label."""
    return "；".join(f"{column.label}：{_shown(record[field])}" for field, column in block.columns.items()
                    if field in record and field != _NUMBERING and plain(record[field].text))


def _cells(record: Record) -> str:
    """From the row's first cell to its last."""
    cells = [value.at.split(",")[0] for field, value in record.items() if value.at and field != _NUMBERING]
    return ",".join(key for key, _ in groupby([*cells[:1], *cells[-1:]]))


def _shown(value: Value, with_unit: bool = False) -> str:
    text = uscc.mask(plain(value.text))
    return f"{text}（{value.unit}）" if text and with_unit and value.unit else text


def plain(text: str) -> str:
    """A text as it is compared: white space of any kind is one blank."""
    return " ".join(text.replace(CELL_BREAK, " ").split())
