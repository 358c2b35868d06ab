"""Rows that end a table, because they begin with a label or are the beginning of something else; rows that do not."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid
from pipeline.read.labels import LEAD, MAIN_TABLE, SHORT_KEY, Labels
from schemas.kinds.text import is_blank
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.headers import Header

_NUMERALS = "一二三四五六七八九十"
_NUMBERED = re.compile(rf"\s*(?:(?P<digits>\d{{1,2}})[.．、](?!\d)|(?P<numeral>[{_NUMERALS}])[、.．])\s*[^\W\d_]")
_FEWEST_HEADINGS = 3


def stops(own: list[Cell], block: str, left: int, labels: Labels) -> bool:
    """Whether a row, by its own cells, belongs to what follows a table that begins in column `left`: it begins with
    another label."""
    for cell in own:
        key = label_key(cell.text.partition("：")[0].partition(":")[0])
        if key in labels.sections or (len(key) >= SHORT_KEY and key in labels.singles):
            return True
        if labels.titles.get(key, block) != block:
            return True
        # Only what stands first in the row, or left of the table, can be a label here.
        if cell.col >= left:
            break
    return False


def only_groups(grid: Grid, row: int, own: list[Cell], header: Header, end: int, labels: Labels) -> bool:
    """Whether the label with which a row of the member table begins only says of which kind its members are: the
    lead's, above the lead's row or beside it.

    As the form's own label it would have no name of a member beside it, or nothing but that, or other labels.
    """
    across = header.spans.get("name")
    fields = [labels.field(cell.text) for cell in own]
    if header.block != MAIN_TABLE or across is None or LEAD not in fields:
        return False
    member = own[fields.index(LEAD) + 1:] or next(filter(None, map(partial(_told, grid), range(row + 1, end))), [])
    if not any(across[0] <= cell.col <= across[1] for cell in member):
        return False
    if any(field not in (None, LEAD) for field in (*fields, *(labels.field(cell.text) for cell in member))):
        return False
    return sum(cell.col in header.body for cell in member) > 1 or _lead_above(grid, header.top, labels)


def _told(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.in_row(row) if cell.row == row and not is_blank(cell.text)]


def _lead_above(grid: Grid, top: int, labels: Labels) -> bool:
    """Whether the form has named its lead already."""
    return any(labels.singles.get(key) == LEAD for cell, key in grid.keyed if cell.row < top)


def is_other_section(grid: Grid, own: list[Cell], header: Header, labels: Labels) -> bool:
    """Whether a line has a number beyond those of the form's sections: what follows is none of the form.

    Among members it may be a group of them, unless it reaches over the whole table from the left of it.
    """
    match = _NUMBERED.match(own[0].text) if len(own) == 1 else None
    if match is None:
        return False
    number = int(match["digits"]) if match["digits"] else _NUMERALS.index(match["numeral"]) + 1
    if number <= max(labels.sections.values()) + 1:
        return False
    _, first, _, last = grid.span(own[0].row, own[0].col)
    if header.block == MAIN_TABLE:
        return first < header.left and last >= max(header.columns.values())
    return first <= header.left


def is_other_header(own: list[Cell], header: Header, labels: Labels) -> bool:
    """Whether a row that does not repeat the header is one all the same: of a table that is none of the form's."""
    if len(own) < _FEWEST_HEADINGS or own[0].stored != "text":
        return False
    return labels.tables[header.block].get(label_key(own[0].text)) == "serial"
