"""The unit of a table's money, in its column's label or, for all of them, above the header or in the table's title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.grid import Grid
from pipeline.read.labels import Labels
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.headers import Header

_UNIT = "(百万元|亿元|万元|千元|元)"
# In a label 元 may be part of a word (多元化): a unit stands in brackets, behind 单位 or at the label's end.
_IN_LABEL = re.compile(rf"[（(【\[][^）)】\]]*?{_UNIT}(?:人民币|整)?(?![\u4e00-\u9fff])"
                       rf"|单位\s*[:：为]?\s*(?:人民币)?{_UNIT}|(?<![多单]){_UNIT}\s*(?:$|[\n/／,，;；:：])")
_IN_TITLE = re.compile(rf"[（(【\[][^）)】\]]*?(?<![\u4e00-\u9fff])"
                       rf"(?:(?:金额|货币)?单位[:：为]?)?(?:人民币)?{_UNIT}(?![\u4e00-\u9fff])")
_ALONE = re.compile(rf"[（(【\[]?(?:金额|货币)?单位[:：为]?(?:人民币)?{_UNIT}[）)】\]]?")
_LONGEST = 60
_ROWS_ABOVE = 2


def unit_in(label: str) -> str:
    """The unit that a column's label names, else ""."""
    found = _IN_LABEL.search(label) if "元" in label else None
    return found[found.lastindex] if found else ""


def state_unit(grid: Grid, header: Header, labels: Labels) -> None:
    """Give the columns of money the unit that stands for the whole table, where none of their labels names one."""
    money = [name for name in header.columns if name in labels.money]
    if money and header.units.keys().isdisjoint(money) and (unit := _unit_apart(grid, header, labels)):
        header.units.update(dict.fromkeys(money, unit))


def _unit_apart(grid: Grid, header: Header, labels: Labels) -> str:
    """The unit in the rows above a header or in the table's title, else ""."""
    beside = grid.at(header.top, header.left - 1)
    above = [cell for row in range(header.top - 1, max(-1, header.top - 1 - _ROWS_ABOVE), -1)
             for cell in grid.in_row(row)]
    for cell in [beside, *above] if beside is not None else above:
        if "元" not in cell.text or len(cell.text) > _LONGEST:
            continue
        titled = labels.titles.get(label_key(cell.text)) == header.block
        found = (_IN_TITLE.search if titled else _ALONE.fullmatch)("".join(cell.text.split()))
        if found:
            return found[1]
    return ""
