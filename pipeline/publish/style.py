"""How official tables look: fonts by name, thin borders, numbers right, codes as text, a page that prints.

方正小标宋简体 for titles, 黑体 for headers, 宋体 in the body; where a font is missing the office program takes another.
Levels are told apart by words and greys, so that a black and white print loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.publish import packing
from schemas import call

BODY_POINTS = 10.5
GREY = "#D9D9D9"
LIGHT_GREY = "#F2F2F2"
# Cells to be filled in: paper for the pen, white in print.
ENTRY = "#FFFBE6"
PAPER = {"A4": 9, "A3": 8}

_BODY = {"font_name": "宋体", "font_size": BODY_POINTS, "border": 1, "valign": "vcenter", "text_wrap": True}
# A number that does not fit becomes smaller, not #####; “_ ” keeps it off the border.
_NUMBER = {**_BODY, "align": "right", "text_wrap": False, "shrink": True}
_PLAIN = {"font_name": "宋体", "font_size": BODY_POINTS, "valign": "vcenter"}
_FIGURE = {**_BODY, "font_name": "黑体", "font_size": 22, "align": "center", "bottom": 0}
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "text": {**_BODY, "align": "left"},
    "centre": {**_BODY, "align": "center"},
    "link": {**_BODY, "align": "left", "font_color": "#0563C1", "underline": 1},
    # Text format, so that a code typed over in Excel stays a text; never broken over lines.
    "code": {**_BODY, "align": "center", "num_format": "@", "text_wrap": False, "shrink": True},
    "count": {**_NUMBER, "num_format": "#,##0_ "},
    "money": {**_NUMBER, "num_format": "#,##0.00_ "},
    "entry": {**_BODY, "align": "left", "bg_color": ENTRY},
    "entry_centre": {**_BODY, "align": "center", "bg_color": ENTRY},
    "entry_date": {**_BODY, "align": "center", "bg_color": ENTRY, "num_format": "yyyy-mm-dd"},
    "number": {**_BODY, "align": "center", "font_size": 7, "font_color": "#808080", "num_format": "@"},
    "total": {**_NUMBER, "num_format": "#,##0_ ", "bold": True, "bg_color": LIGHT_GREY},
    "total_text": {**_BODY, "align": "center", "bold": True, "bg_color": LIGHT_GREY},
    "header": {**_BODY, "font_name": "黑体", "align": "center", "bg_color": GREY},
    "title": {"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"},
    "heading": {"font_name": "黑体", "font_size": 12, "align": "left", "valign": "vcenter"},
    "verdict": {"font_name": "黑体", "font_size": 14, "align": "left", "valign": "vcenter", "text_wrap": True},
    "left": {**_PLAIN, "align": "left"},
    "right": {**_PLAIN, "align": "right"},
    "remark": {**_PLAIN, "align": "left", "text_wrap": True},
    "figure": {**_FIGURE, "num_format": "#,##0"},
    "figure_text": _FIGURE,
    "figure_label": {**_BODY, "align": "center", "top": 0},
}
Formats = Mapping[str, Format]


def workbook(target: Path, title: str) -> xlsxwriter.Workbook:
    """A workbook that never makes a formula, a link or a number out of a text and holds no clock."""
    book = packing.Workbook(str(target), {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    # Without it a sheet of more than 4 GB is refused; all others are the same with it.
    book.use_zip64()
    issued = datetime.combine(call.ISSUED, time())
    book.set_properties({"title": title, "subject": call.NOTICE, "created": issued})
    book.set_size(2400, 1400)
    return book


def formats(book: xlsxwriter.Workbook) -> Formats:
    """The named formats of one workbook."""
    return {name: book.add_format(dict(facts)) for name, facts in _FORMATS.items()}


def variant(book: xlsxwriter.Workbook, name: str, **facts: Any) -> Format:
    """The named format with some of its facts changed."""
    return book.add_format({**_FORMATS[name], **facts})


def landscape(sheet: Worksheet, paper: str) -> None:
    """One page wide, lying, with “第 X 页 共 Y 页” below."""
    sheet.set_landscape()
    sheet.set_paper(PAPER[paper])
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.55, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer("&C&\"宋体,常规\"&10第 &P 页 共 &N 页")
    sheet.hide_gridlines(2)
