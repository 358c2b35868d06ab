"""A workbook of decisions → its filled rows, in the child process. Columns are found by their titles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from pipeline.grid import Cell, Grid, open_workbook
from pipeline.opening import Opened, refused
from pipeline.signature import Refused
from schemas.label import label_key

NUMBER, RULING, REASON, JUDGE, DAY, UNTIL = "number", "ruling", "reason", "judge", "day", "until"
# What the centre fills in, in the order in which it is told on.
FILLED_IN = (RULING, REASON, JUDGE, DAY, UNTIL)
_DATES = (DAY, UNTIL)
_TITLES = {
    "编号": NUMBER, "裁定": RULING, "理由": REASON, "裁定人": JUDGE, "裁定日期": DAY, "日期": DAY, "有效期至": UNTIL,
    "类型": "kind", "待核事项": "says", "问题": "says",
}
# A sheet with this column tells what became of decisions: nothing is decided there.
_ANSWERS = "办理情况"
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
    """
    try:
        grids = open_workbook(path.read_bytes()).grids
    except Refused as refusal:
        return refused(refusal.reason, refusal.kind)
    tables = [(grid, found) for grid in grids if (found := _rows(grid)) is not None]
    return Opened(entries=tuple(_entry(grid, row) for grid, rows in tables for row in rows), blank=bool(tables))


def _entry(grid: Grid, filled: _Row) -> tuple[str, ...]:
    texts = filled.texts
    return (grid.name, str(filled.row + 1), *(texts.get(name, "") for name in (NUMBER, "kind", "says", *FILLED_IN)))


def _rows(grid: Grid) -> list[_Row] | None:
    """The filled rows of a sheet, each once; None where it has no such columns."""
    lines: dict[int, list[Cell]] = {}
    for cell in grid:
        lines.setdefault(cell.row, []).append(cell)
    columns: dict[str, int] = {}
    found: list[_Row] | None = None
    for row, cells in lines.items():
        titles = _columns(cells)
        if titles is not None:
            columns = titles
            if columns:
                found = found or []
        elif columns and found is not None:
            found.extend(_filled(grid, row, columns))
    return None if found is None else list(_once(found))


def _columns(cells: list[Cell]) -> dict[str, int] | None:
    """Columns by title if this row is a header: {} if it is one of answers, None if it is no header."""
    keys = {label_key(cell.text): cell.col for cell in reversed(cells)}
    if not {"编号", "裁定"} <= keys.keys():
        return None
    if _ANSWERS in keys:
        return {}
    # 待核事项 before 问题: the first title of a meaning that is there.
    return {_TITLES[title]: keys[title] for title in reversed(_TITLES) if title in keys}


def _filled(grid: Grid, row: int, columns: dict[str, int]) -> Iterator[_Row]:
    own = {name: grid.cells.get((row, columns[name])) for name in FILLED_IN if name in columns}
    texts = {name: _text(name, cell) for name, cell in own.items() if cell is not None}
    if not any(texts.values()):
        return
    # Of what is merged over the lines of a block, or filtered away, the first line has the number.
    for name in (NUMBER, "kind", "says"):
        cell = grid.at(row, columns[name]) if name in columns else None
        texts[name] = _text(name, cell) if cell else ""
    if UNTIL in columns and "kind" not in columns:
        texts["kind"] = "规则豁免"
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
