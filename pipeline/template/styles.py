"""Fonts, borders and number formats of the form, as an office of the province would set them.

The faces are named only; a machine without them falls back by family and character set.
"""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

_CHINESE = 134
_ROMAN, _SWISS = 1, 2
TITLE_FACE = {"font_name": "方正小标宋简体", "font_family": _ROMAN, "font_charset": _CHINESE}
HEAD_FACE = {"font_name": "黑体", "font_family": _SWISS, "font_charset": _CHINESE}
BODY_FACE = {"font_name": "仿宋", "font_family": _ROMAN, "font_charset": _CHINESE}
NOTE_FACE = {"font_name": "宋体", "font_family": _ROMAN, "font_charset": _CHINESE}

_BOX = {"border": 1, "valign": "vcenter", "text_wrap": True}
_LABEL = {**HEAD_FACE, **_BOX, "font_size": 10.5, "align": "center"}
_BODY = {**BODY_FACE, **_BOX, "font_size": 11}
TEXT, WHOLE, MONEY, GENERAL = "@", "0", "#,##0.00", "General"

STYLES: dict[str, dict[str, Any]] = {
    "title": {**TITLE_FACE, "font_size": 22, "align": "center", "valign": "vcenter"},
    "section": {**HEAD_FACE, "font_size": 12, "border": 1, "valign": "vcenter", "indent": 1},
    "label": _LABEL,
    "header": _LABEL,
    "single": {**_BODY, "align": "left", "num_format": TEXT, "indent": 1},
    "left": {**_BODY, "align": "left", "num_format": TEXT},
    "long": {**_BODY, "align": "left", "num_format": GENERAL},
    "single_long": {**_BODY, "align": "left", "num_format": GENERAL, "indent": 1},
    "centre": {**_BODY, "align": "center", "num_format": TEXT},
    "count": {**_BODY, "align": "right", "num_format": WHOLE, "right": 0},
    "unit": {**_BODY, "align": "left", "left": 0},
    "money": {**_BODY, "align": "right", "num_format": MONEY},
    "serial": {**_BODY, "align": "center", "num_format": WHOLE},
    "strut": {**NOTE_FACE, "font_size": 22},
    "summary": {
        **NOTE_FACE,
        "font_size": 12,
        "bold": True,
        "font_color": "#C00000",
        "valign": "vcenter",
        "text_wrap": True,
    },
    "passed": {"font_color": "#007A33"},
    "edition": {
        **NOTE_FACE,
        "font_size": 9,
        "font_color": "#595959",
        "align": "right",
        "valign": "vcenter",
    },
    "check": {**NOTE_FACE, "font_size": 10, "font_color": "#C00000", "valign": "vcenter"},
    "note_title": {**TITLE_FACE, "font_size": 20, "align": "center", "valign": "vcenter"},
    "note_head": {**HEAD_FACE, "font_size": 12, "valign": "vcenter"},
    "note_mark": {**BODY_FACE, "font_size": 12, "align": "center", "valign": "vcenter"},
    "note": {**BODY_FACE, "font_size": 12, "valign": "vcenter", "text_wrap": True},
}


class Styles(dict[str, Format]):
    """A workbook's formats by name, each made when first asked for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, name: str) -> Format:
        self[name] = self._book.add_format(STYLES[name])
        return self[name]
