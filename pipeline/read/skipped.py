"""Rows below a table's header that are no record: spare ones, totals, examples, remarks, leftovers of the template."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid
from pipeline.read.evidence import tells_record
from pipeline.read.labels import LEAD, Labels
from pipeline.read.record import Row, Value
from schemas.kinds.member_phrase import kind_named
from schemas.kinds.text import VOID_OPENINGS, VOID_QUALIFIERS, is_blank, is_content, is_placeholder, is_void
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.headers import Header

# Why a row is no record; a header stands among the records where the table was printed over several pages.
TOTAL, EXAMPLE, REMARK, HEADER, BLANK, VOID, DOTS = "total", "example", "remark", "header", "blank", "void", "dots"
TOTALS = frozenset(("合计", "总计", "小计", "共计", "汇总", "总和"))
_EXAMPLE = re.compile(r"^[（(【\[]?(例|示例|样例|举例|范例|填写示例|填报示例|例如|如)([）)】\]:：]|$|\d|[:：].*)|"
                      r"[（(【\[](示例|样例|例|填写示例|举例)[）)】\]]|^(示例|样例|填写示例)")
_REMARK = re.compile(r"^(注|备注|说明|填表说明|填报说明|填写说明|注意|注意事项|填表人|填报人|审核人|审核|制表|制表人|联系人|负责人|单位盖章|盖章|"
                     r"(?:填报|填表|申报|报送|推荐|制表)(?:单位|部门)|单位负责人|经办人|(?:审核|审查|推荐)意见|"
                     r"接上页|续表|续上表|转下页|接下页)([:：\d（(.、]|$)|^[*＊※]\s*注?")
# 填表人：… 审核人：… 日期：… below a table, each in a cell of its own.
_SIGNED = re.compile(r"^\s*[^:：]{2,8}[:：]")
_DOTS = re.compile(r"^[….。·⋯\s]+$")
# What stands below a form, alone in its cell, and is nobody's name: seals, numbers of pages, days.
_SEAL = r"[（(]?(?:单位)?(?:加?盖|公|签)[章字][）)]?处?"
_PAGE = r"[-—第]*\d+页[，,/]?(?:共\d+页)?|共\d+页|[-—]+\d+[-—]+"
_DAY = r"\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?(?:[\d:]+)?|年月日"
_END = "[-—（(]*以下(?:空白|无正文)[-—）)]*"
_BELOW = re.compile(rf"{_SEAL}|{_PAGE}|{_DAY}|{_END}")
_SEALED = re.compile(r"[（(](?:加?盖|公|签)[章字][）)]$")
_MOST_BELOW, _LONGEST_BELOW = 2, 40
# 目前暂无相关平台: who says so and since when, that there is nothing, and of what.
_NOTHING = re.compile(rf"(?P<who>.{{0,8}}?)(?P<when>(?:{'|'.join(VOID_OPENINGS)})*)(?:没有|未有?|无)"
                      rf"(?:{'|'.join(VOID_QUALIFIERS)})?")
_AROUND = "（()） 。"
LONGEST_SERIAL = 8


def is_spare(grid: Grid, row: int, header: Header) -> bool:
    """Whether nothing shows in a row but its number: what `why_skipped` calls BLANK, and most rows of a table are.

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
    if (told.row, told.col) != (row, serial) or not number.isdigit() or len(number) > LONGEST_SERIAL:
        return False
    # Where merged ranges overlap, other cells show than begin here.
    return not beside or (grid.at(row, serial) is told and not any([grid.at(row, col) for col in header.body]))


def why_skipped(own: list[Cell], header: Header, record: Row, labels: Labels, apart: bool) -> str:
    """Why a row of a table is no record: BLANK, VOID, DOTS, TOTAL, EXAMPLE, REMARK; "" if it is one.

    `own` are the cells that begin in it; `apart` says whether it follows none of the records or stands below the title
    merged down beside them.
    """
    left = header.left
    content = [value for value in record.values() if value[0]]
    serial, name = record.get("serial"), record.get("name")
    told = [value for value in content if value is not serial]
    first = next((cell[2].strip() for cell in own if cell[1] >= left - 1), "")
    if not TOTALS.isdisjoint(map(label_key, (first, *[value[0].strip() for value in content[:2]]))):
        return TOTAL
    marks = {first, *(value.text.strip() for value in (serial, name) if value and value.text)}
    if told and any(map(tells_example, marks)):
        return EXAMPLE
    if _REMARK.match(first) and (len(told) <= 1 or all(_SIGNED.search(value.text) for value in told)):
        return REMARK
    if not told:
        return REMARK if serial and len(serial.text.strip()) > LONGEST_SERIAL else BLANK
    # A look at one value's beginning tells of nearly every record that it has something to say.
    if not is_content(told[0].text):
        if all(is_void(value.text) for value in told):
            return VOID
        if all(is_placeholder(value.text) or _DOTS.match(value.text) for value in told):
            return DOTS
    elif name and name[0] and told[0].at != told[-1].at:
        # Nearly every record has a name and more.
        return ""
    return _why_no_record(told, record, labels.words[header.block], labels, apart)


def _why_no_record(told: list[Value], record: Row, words: tuple[str, ...], labels: Labels, apart: bool) -> str:
    """Why a row in which hardly more than one thing stands is no record; `words` are what the table's are called."""
    texts = {value.at: value.text for value in told}
    alone = told[0].text if len(texts) == 1 else ""
    if alone and len(told) > 2:
        return REMARK
    content = [text for text in texts.values() if not is_void(text)]
    if len(content) == 1 and _says_nothing(content[0], words):
        return VOID
    number, name, code = (record[each].text.strip() if each in record else "" for each in ("serial", "name", "uscc"))
    if name:
        heading = alone and not number.isdigit() and _is_heading(alone, words, labels)
        return REMARK if heading or (alone and not number and _stands_below(alone)) else ""
    if number or code or "name" not in record or len(texts) > _MOST_BELOW:
        return ""
    # What a task consists of may begin like a signature, but stands in a column of its own.
    wide = [value.at for value in told if [other.at for other in told].count(value.at) > 1]
    sums = [record[each].at for each in labels.money if each in record]
    below = (apart and not tells_record(record, labels)) or all(_stands_below(text) or _SEALED.search(text.rstrip())
                         or (_SIGNED.match(text) and at in (*wide, *sums)) for at, text in texts.items())
    return REMARK if below else ""


def _stands_below(text: str) -> bool:
    return len(text) <= _LONGEST_BELOW and _BELOW.fullmatch("".join(text.split())) is not None


def _says_nothing(text: str, words: tuple[str, ...]) -> bool:
    """Whether a text says that there is none of what a table is for."""
    key = label_key(text.strip(_AROUND))
    match = _NOTHING.match(key)
    # Whoever has none, it is the form that names him, or he says when.
    parts = [key[match.end():], "" if match["when"] else match["who"]] if match else []
    return bool(parts) and all(any(map(partial(_shortens, part), words)) for part in parts)


def _shortens(short: str, word: str) -> bool:
    """Whether a text is a word with nothing but characters left out of it: 省级以上平台 of 已建省级以上创新平台."""
    rest = iter(word)
    return all(one in rest for one in short)


def _is_heading(text: str, words: tuple[str, ...], labels: Labels) -> bool:
    """Whether a text where a name should stand only says what the rows below it are (一、牵头单位)."""
    key = label_key(text) if len(text) <= _LONGEST_BELOW else ""
    return key in words or labels.singles.get(key) == LEAD or kind_named(key.strip("()")) != ""


def tells_example(text: str) -> bool:
    """Whether a text says that it is an example."""
    # One of the two stands in every word for it.
    return ("例" in text or "如" in text) and _EXAMPLE.search(text) is not None
