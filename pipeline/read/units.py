"""The unit of a table's money, in its column's label or, for all of them, above the header or in the table's title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid
from pipeline.read.labels import Labels
from schemas.kinds.text import compact
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.headers import Header

_UNIT = "([十百千]?万元|亿元|千元|元)"
_OPENS, _CLOSES = r"[（(【\[〔{<《]", r"[）)】\]〕}>》]"
_INSIDE = rf"{_OPENS}[^）)】\]〕}}>》]*?"
# In a label 元 may be part of a word (多元化): a unit stands in brackets, behind 单位 or at the label's end.
_IN_LABEL = re.compile(rf"{_INSIDE}{_UNIT}(?:人民币|整)?(?![\u4e00-\u9fff])"
                       rf"|单位\s*[:：为]?\s*(?:人民币)?{_UNIT}|(?<![多单]){_UNIT}\s*(?:$|[\n/／,，;；:：])")
# （亿）
_SHORT = re.compile(rf"{_OPENS}(?:单位[:：])?([百千]?万|亿|千){_CLOSES}")
# 万 元, 万⏎元
_PARTED = re.compile(r"(?<=[十百千万亿])[\s\u200b-\u200f\ufeff]+(?=[万元])")
_SIMPLER = str.maketrans("仟萬億", "千万亿")
_IN_TITLE = re.compile(rf"{_INSIDE}(?<![\u4e00-\u9fff])"
                       rf"(?:(?:金额|货币)?单位[:：为]?)?(?:人民币)?{_UNIT}(?![\u4e00-\u9fff])")
_STATED = rf"(?:金额|货币|计量)?单位(?:均?为|[:：(（])?(?:人民币)?{_UNIT}(?:[（(]?人民币[）)]?)?(?:[、/][人个项])?[）)]?"
_ALONE = re.compile(rf"(?:注[:：])?{_OPENS}?{_STATED}{_CLOSES}?。?|{_OPENS}(?:人民币)?{_UNIT}{_CLOSES}")
# 填报单位：… 单位：万元
_LAST = re.compile(rf"\s{_STATED}\s*$")
_LONGEST = 60
_FEWEST_HEADS = 3


def unit_in(label: str) -> str:
    """The unit that a column's label names, else ""."""
    text = _PARTED.sub("", label.translate(_SIMPLER))
    found = _IN_LABEL.search(text) if "元" in text else None
    if found:
        return found[found.lastindex]
    short = _SHORT.search(compact(text)) if "（" in text or "(" in text else None
    return f"{short[1]}元" if short else ""


def state_unit(grid: Grid, header: Header, labels: Labels) -> None:
    """Give the columns of money the unit that stands for the whole table, where none of their labels names one."""
    money = [name for name in header.columns if name in labels.money]
    if money and header.units.keys().isdisjoint(money) and (unit := _unit_apart(grid, header, labels)):
        header.units.update(dict.fromkeys(money, unit))


def _unit_apart(grid: Grid, header: Header, labels: Labels) -> str:
    """The unit in the table's title or above its header, the nearest first, else ""."""
    beside = grid.at(header.top, header.left - 1)
    for cell in chain([beside] if beside is not None else [], _above(grid, header.top, labels)):
        text = compact(cell.text).translate(_SIMPLER) if "元" in cell.text else ""
        if not text or len(text) > _LONGEST:
            continue
        titled = labels.titles.get(label_key(cell.text)) == header.block
        found = (_IN_TITLE.search if titled else _ALONE.fullmatch)(text) or _LAST.search(cell.text)
        if found:
            return found[found.lastindex]
    return ""


def _above(grid: Grid, top: int, labels: Labels) -> Iterator[Cell]:
    """The cells above a header, from below, down from the last header above it: a line under the form's title counts
    for all of the form."""
    for row in range(top - 1, -1, -1):
        cells = grid.in_row(row)
        if sum(label_key(cell.text) in labels.headings for cell in cells if len(cell.text) < _LONGEST) >= _FEWEST_HEADS:
            return
        yield from cells


def centred(grid: Grid, top: int, row: int, col: int) -> Cell | None:
    """The text over a column without one of its own: of the next label at the left, if that has one over it and not
    merged, since a text can be centred over several columns without a merge."""
    for before in range(col - 1, -1, -1):
        low, above = grid.at(row, before), grid.at(top, before)
        if above is not None:
            alone = low is not None and low.row == row > top and grid.span(top, before)[3] == before
            return above if alone else None
    return None
