"""What bureaus write in the column 说明 of a list of problems: the sheet in front of a returned form, or 问题清单.xlsx.

Imports nothing but the grid's types, because the children that open workbooks read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.grid import Grid, Workbook

# Titles of the list's columns, by which it is known again; the number stands last, small and grey.
FORM_NAME, PLACE, CODE, REMARK, NUMBER = "联合体/文件", "表·单元格", "规则编号", "说明", "编号"
_HEADING_ROWS = 20
_NUMBER = re.compile(r"W[0-9a-f]{12}(?:-\d+)?")
# Programs save the line break behind the address as they like.
_ADDRESS = re.compile(r"^[A-Z]{1,3}\d+(?:—[A-Z]{1,3}\d+)?(?:（另有 \d+ 处）)?\s*")


class Remark(NamedTuple):
    """An explanation: of which finding ("" where the list does not say its number), rule and place in words."""

    number: str
    key: str
    text: str

    @property
    def place(self) -> tuple[str, str]:
        """(rule, place in words)."""
        code, _, place = self.key.partition("\n")
        return code, place


def remarks_in(book: Workbook, answer_sheet: str) -> tuple[Remark, ...]:
    """The explanations on all our lists in a workbook, in their order."""
    return tuple(remark for grid in book.grids if grid.name.startswith(answer_sheet) for remark in on_sheet(grid) or ())


def is_list(book: Workbook, answer_sheet: str) -> bool:
    """Whether a workbook without a form is a bureau's 问题清单.xlsx, which names the form in each line."""
    return any(grid.name.startswith(answer_sheet) and FORM_NAME in _header(grid)[1] for grid in book.grids)


def on_sheet(grid: Grid) -> list[Remark] | None:
    """The explanations on a sheet, None if it has not the columns of ours."""
    top, columns = _header(grid)
    return list(_below(grid, top, columns)) if columns else None


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    """The row of the titles, and their columns; no columns where it is no list of ours."""
    for row in range(min(grid.height, _HEADING_ROWS)):
        titles = {_title(cell.text): cell.col for cell in grid.in_row(row)}
        if {CODE, PLACE, REMARK} <= titles.keys():
            return row, titles
    return 0, {}


def _title(text: str) -> str:
    # Lists of an earlier edition say “说明（由填报单位填写）”.
    return REMARK if text.strip().startswith(f"{REMARK}（") else text.strip()


def _below(grid: Grid, top: int, columns: dict[str, int]) -> Iterator[Remark]:
    for cell in grid:
        if cell.col != columns[REMARK] or cell.row <= top or not cell.text.strip():
            continue
        code, place = (grid.at(cell.row, columns[title]) for title in (CODE, PLACE))
        number = grid.at(cell.row, columns[NUMBER]) if NUMBER in columns else None
        if code is None:
            continue
        where = _ADDRESS.sub("", place.text if place else "", count=1)
        for one in (_NUMBER.findall(number.text) if number else []) or [""]:
            yield Remark(one, f"{code.text.strip()}\n{where}", cell.text.strip())
