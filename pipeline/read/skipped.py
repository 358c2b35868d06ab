"""Rows below a table's header that are no record: spare ones, totals, examples, remarks, leftovers of the template."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid
from pipeline.read.record import Row
from schemas.kinds.text import is_blank, is_content, is_placeholder, is_void
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.headers import Header

_TOTALS = frozenset(("合计", "总计", "小计", "共计", "汇总", "总和"))
_EXAMPLE = re.compile(r"^[（(【\[]?(例|示例|样例|举例|范例|填写示例|填报示例|例如|如)([）)】\]:：]|$|\d|[:：].*)|"
                      r"[（(【\[](示例|样例|例|填写示例|举例)[）)】\]]|^(示例|样例|填写示例)")
_REMARK = re.compile(r"^(注|备注|说明|填表说明|填报说明|填写说明|注意|注意事项|填表人|填报人|审核人|审核|制表|制表人|联系人|负责人|单位盖章|盖章|"
                     r"接上页|续表|续上表|转下页|接下页)([:：\d（(.、]|$)|^[*＊※]\s*注?")
# 填表人：… 审核人：… 日期：… below a table, each in a cell of its own.
_SIGNED = re.compile(r"^\s*[^:：]{2,8}[:：]")
_DOTS = re.compile(r"^[….。·⋯\s]+$")
_LONGEST_SERIAL = 8


def is_spare(grid: Grid, row: int, header: Header) -> bool:
    """Whether nothing shows in a row but its number: what `why_skipped` calls blank, and most rows of a table are.

    A title that is merged down beside the table, as the template's are, is none of its rows.
    """
    told, beside = None, False
    for cell in grid.in_row(row):
        if is_blank(cell[2]):
            continue
        if cell[0] < row and cell[1] < header.left:
            beside = True
        elif told is not None:
            return False
        else:
            told = cell
    if told is None:
        return not beside
    number, serial = told.text.strip(), header.columns.get("serial")
    if (told.row, told.col) != (row, serial) or not number.isdigit() or len(number) > _LONGEST_SERIAL:
        return False
    # Where merged ranges overlap, other cells show than begin here.
    return not beside or (grid.at(row, serial) is told and not any([grid.at(row, col) for col in header.body]))


def why_skipped(own: list[Cell], left: int, record: Row) -> str:
    """Why a row of a table that begins in column `left` is no record: blank, void, dots, total, example, remark; "" if it
    is one. `own` are the cells that begin in it."""
    content = [value for value in record.values() if value[0]]
    serial, name = record.get("serial"), record.get("name")
    told = [value for value in content if value is not serial]
    first = next((cell[2].strip() for cell in own if cell[1] >= left - 1), "")
    if not _TOTALS.isdisjoint(map(label_key, (first, *[value[0].strip() for value in content[:2]]))):
        return "total"
    marks = {first, *(value.text.strip() for value in (serial, name) if value and value.text)}
    if told and any(map(_is_example, marks)):
        return "example"
    if _REMARK.match(first) and (len(told) <= 1 or all(_SIGNED.search(value.text) for value in told)):
        return "remark"
    if not told:
        return "remark" if serial and len(serial.text.strip()) > _LONGEST_SERIAL else "blank"
    # A look at one value's beginning tells of nearly every record that it has something to say.
    if not is_content(told[0].text):
        if all(is_void(value.text) for value in told):
            return "void"
        if all(is_placeholder(value.text) or _DOTS.match(value.text) for value in told):
            return "dots"
    one = len(told) > 2 and told[0].at == told[-1].at and len({value.at for value in told}) == 1
    return "remark" if one and len({value.text for value in told}) == 1 else ""


def _is_example(text: str) -> bool:
    # One of the two stands in every word for it.
    return ("例" in text or "如" in text) and _EXAMPLE.search(text) is not None
