"""A workbook of decisions → its filled rows, in the child process. Columns are found by their titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.grid import Cell, Grid, open_workbook
from pipeline.opening import Opened, refused
from pipeline.signature import Refused
from schemas.decision import DISPUTES, ITEM_NUMBER, WAIVER
from schemas.label import label_key

NUMBER, RULING, REASON, JUDGE, DAY, UNTIL = "number", "ruling", "reason", "judge", "day", "until"
KIND, SAYS, STATE = "kind", "says", "state"
# What the centre fills in, in the order in which it is told on.
FILLED_IN = (RULING, REASON, JUDGE, DAY, UNTIL)
_DATES = (DAY, UNTIL)
# Titles of the columns, by which the list is known again: `pipeline.publish.pending` writes them. A sheet with the last
# tells what became of decisions: nothing is decided there.
TITLES = {NUMBER: "编号", RULING: "裁定", REASON: "理由", JUDGE: "裁定人", DAY: "裁定日期", UNTIL: "有效期至", KIND: "类型",
          SAYS: "待核事项", STATE: "办理情况"}
# What a title means: its own first, then those that offices put in its place. Of waivers the finding's own words are
# what is in question.
_MEANINGS = {title: name for name, title in TITLES.items() if name != STATE} | {
    "日期": DAY, "问题": SAYS, "事项编号": NUMBER, "待核编号": NUMBER, "裁定编号": NUMBER, "裁定意见": RULING, "裁定结果": RULING,
    "裁定结论": RULING, "裁定内容": RULING, "裁定理由": REASON, "裁定时间": DAY, "有效期": UNTIL, "有效期限": UNTIL}
# Without these columns nothing can be decided.
_NEEDED = (NUMBER, RULING)
_ITEM = re.compile(ITEM_NUMBER, re.IGNORECASE)
# What a row of the list holds besides its number: the kind of conflict, or what can be chosen, an option named or not.
_LISTED = re.compile(unicodedata.normalize("NFKC", "|".join(
    [dispute.title for dispute in DISPUTES]
    + [choice.words.replace("{}", ".+") for dispute in (*DISPUTES, WAIVER) for choice in dispute.choices])))
_LONGEST = 2_000
# Day 0 of a workbook's calendar, for dates that stand in a cell as plain numbers.
_EPOCH = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)


class _Row(NamedTuple):
    """A filled row: where it is, and its texts by column."""

    row: int
    texts: dict[str, str]


def open_decisions(path: Path) -> Opened:
    """The filled rows of a workbook as `entries`: (sheet, row from 1, number, kind, says, ruling, reason, judge, day,
    until). `blank` where the columns are there and nothing is filled in; what cannot be read is `spotted`.

    Of a sheet with items and without the titles by which its columns are known, row 0, and after the rest the titles
    that are missing.
    """
    try:
        grids = open_workbook(path.read_bytes()).grids
    except Refused as refusal:
        return refused(refusal.reason, refusal.kind)
    entries: list[tuple[str, ...]] = []
    blank = False
    for grid in grids:
        rows = _rows(grid)
        blank |= rows is not None
        entries += [_entry(grid, row) for row in rows or ()]
        missing = _missing(grid) if rows is None else ""
        if missing:
            entries.append((grid.name, "0", *[""] * len((NUMBER, KIND, SAYS, *FILLED_IN)), missing))
    return Opened(entries=tuple(entries), blank=blank)


def _entry(grid: Grid, filled: _Row) -> tuple[str, ...]:
    texts = filled.texts
    return (grid.name, str(filled.row + 1), *(texts.get(name, "") for name in (NUMBER, KIND, SAYS, *FILLED_IN)))


def _rows(grid: Grid) -> list[_Row] | None:
    """The filled rows of a sheet, each once; None where it has no such columns."""
    columns: dict[str, int] = {}
    found: list[_Row] | None = None
    for row, cells in _lines(grid).items():
        titles = _columns(cells)
        if titles is not None:
            columns = titles
            if columns:
                found = found or []
        elif columns and found is not None:
            found.extend(_filled(grid, row, columns))
    return None if found is None else list(_once(found))


def _lines(grid: Grid) -> dict[int, list[Cell]]:
    lines: dict[int, list[Cell]] = {}
    for cell in grid:
        lines.setdefault(cell.row, []).append(cell)
    return lines


def _columns(cells: list[Cell]) -> dict[str, int] | None:
    """Columns by title if this row is a header: {} if it is one of answers, None if it is no header."""
    keys = {label_key(cell.text): cell.col for cell in reversed(cells)}
    # 待核事项 before 问题: the first title of a meaning that is there.
    found = {_MEANINGS[title]: keys[title] for title in reversed(_MEANINGS) if title in keys}
    if not found.keys() >= set(_NEEDED):
        return None
    return {} if TITLES[STATE] in keys else found


def _missing(grid: Grid) -> str:
    """The titles that a sheet without a header lacks, joined with 、; "" where it has nothing to do with decisions."""
    lines = _lines(grid)
    if any(_columns(cells) is not None for cells in lines.values()):
        return ""
    known = {row: {_MEANINGS.get(label_key(cell.text)) for cell in cells} & {NUMBER, *FILLED_IN}
             for row, cells in lines.items()}
    header = max(known, key=lambda row: len(known[row]), default=0)
    titles = known.get(header, set())
    items = [cells for cells in lines.values() if any(_ITEM.fullmatch(_plain(cell)) for cell in cells)]
    headed = titles & set(_NEEDED) and len(titles) > 1 and header < max(lines)
    listed = items and (titles & {RULING, REASON} or any(
        _LISTED.fullmatch(_plain(cell)) for cells in items for cell in cells))
    if not headed and not listed:
        return ""
    return "、".join(f"“{TITLES[name]}”" for name in _NEEDED if name not in known[header])


def _plain(cell: Cell) -> str:
    """A text without blanks, widths folded."""
    return "".join(unicodedata.normalize("NFKC", cell.text).split())


def _filled(grid: Grid, row: int, columns: dict[str, int]) -> Iterator[_Row]:
    own = {name: grid.cells.get((row, columns[name])) for name in FILLED_IN if name in columns}
    texts = {name: _text(name, cell) for name, cell in own.items() if cell is not None}
    if not any(texts.values()):
        return
    # Of what is merged over the lines of a block, or filtered away, the first line has the number.
    for name in (NUMBER, KIND, SAYS):
        cell = grid.at(row, columns[name]) if name in columns else None
        texts[name] = _text(name, cell) if cell else ""
    if UNTIL in columns and KIND not in columns:
        texts[KIND] = WAIVER.title
    yield _Row(row, texts)


def _text(name: str, cell: Cell) -> str:
    text = " ".join(cell.text.split())[:_LONGEST]
    if name in _DATES and cell.stored == "number" and text.isdecimal() and int(text) in _SERIALS:
        return (_EPOCH + timedelta(int(text))).isoformat()
    return text.removesuffix(" 00:00:00") if name in _DATES else text


def _once(rows: list[_Row]) -> Iterator[_Row]:
    """Rows without their repetitions: merges that were taken apart leave the same in every line of a block."""
    seen = set()
    for row in rows:
        key = tuple(row.texts.get(name, "") for name in (NUMBER, *FILLED_IN))
        if not row.texts[NUMBER] or key not in seen:
            seen.add(key)
            yield row
