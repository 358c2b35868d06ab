"""Forms whose every cell, sheet name, file name and folder holds a text that some program would act on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from pipeline.grid import Grid, Workbook, address
from pipeline.read import labels_of, read_workbook
from pipeline.settings import Workspace
from schemas.form_2023 import FORM
from tests import drawn, season
from tests.workbooks import record, sheet_of, text_cell, xls, xls_text, xlsx_parts, zipped

TEXTS = (
    "=cmd|'/c calc'!A1", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1", "\r=1+1",
    "\n@x", " =1+1", "＝1+1", "＋1", "－x", "＠SUM(1)", "=HYPERLINK(\"http://evil.example\",\"点\")",
    "=DDE(\"cmd\";\"/c calc\")",
    "http://evil.example/x", "\\\\evil.example\\share\\a", "mailto:a@evil.example", "javascript:alert(5)",
    "internal:A1", "external:..\\a.xlsx", "file:///etc/passwd", "<script>alert(1)</script>",
    "\"><img src=//evil.example/x onerror=alert(2)>", "</title></style><svg onload=alert(3)>",
    "' onmouseover='alert(4)",
    "[点](javascript:alert(5))", "![x](http://evil.example/i.png)", "| a | b |", "{{ 7 * 191 }}{% include 'page.css' %}",
    "{0}{city}{}", "%s%n%(x)s", "$(id)`id`", "'; DROP TABLE members;--", "a\0b\x01\x1f\x7f\x9fc",
    "a\u202ecod.exe\u202c",
    "\u2066a\u2069\u200b\u200d\ufeff", "_x0000__x003D_1", "&lt;b&gt;&#61;", "𠮷豈\ufa0e", "長" * 40_000, "=" * 300, "  ",
    "NaN", "1e999",
    "2024-02-30", "9" * 400)
# What Excel or a file system takes in a name.
SHEETS = ("=1+1", "<script>", "{{7*191}}", "'a'!A1", "@SUM(1)", "a\u202eb", "𠮷", "%s", "http", "-1")
FILES = ("=cmd|' calc'!A1", "+1", "-x", "@x", "＝1", "<img src=x onerror=alert(1)>", "[点](javascript:alert(1))",
         "{{7*191}}", "%s%n",
         "a\u202exslx", "a\nb", "\udcff\udcfe", "长" * 70, "http:evil.example", "\x07", "x\\y", "';--", "_x003D_")
_XML_ESCAPES = re.compile(r"[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")


def xlsx_of(grid: Grid, name: str) -> bytes:
    """A drawn sheet as an .xlsx with inline texts; what XML cannot hold is numbered as Excel does it."""
    cells = [text_cell(address(cell.row, cell.col), f'</t><t xml:space="preserve">{_escaped(cell.text)}')
             for cell in grid]
    ranges = "".join(f'<mergeCell ref="{address(*span[:2])}:{address(*span[2:])}"/>'
                     for span in sorted(set(grid.spans.values())))
    parts = xlsx_parts(sheet_of(*cells, after=f"<mergeCells>{ranges}</mergeCells>"))
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace('name="表1"', f"name={quoteattr(name)}")
    return zipped(parts)


def _escaped(text: str) -> str:
    numbered = re.sub(r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1", text)
    return escape(_XML_ESCAPES.sub(lambda char: f"_x{ord(char[0]):04X}_", numbered))


def xls_of(grid: Grid) -> bytes:
    """A drawn sheet as an .xls: control characters stand in it as they are; texts up to 4,000 characters."""
    merged = b"".join(record(0x00E5, b"\x01\0" + b"".join(n.to_bytes(2, "little") for n in (top, bottom, left, right)))
                      for top, left, bottom, right in sorted(set(grid.spans.values())))
    return xls(b"".join(xls_text(cell.row, cell.col, cell.text[:4000]) for cell in grid) + merged)


@cache
def _places() -> tuple[tuple[int, int], ...]:
    """Where the values of the drawn form stand."""
    (form,) = read_workbook(Workbook((drawn.grid_of(drawn.sheet()),)), labels_of(FORM))[0]
    values = [value for records in form.blocks.values() for record in records for value in record.values()
              if value.text]
    return tuple(sorted({drawn.place_of(at) for value in values for at in value.at.split(",")}))


def grid(shift: int) -> Grid:
    """The drawn form with a hostile text in the place of every value, another for each `shift`."""
    found = drawn.grid_of(drawn.sheet())
    for number, place in enumerate(_places()):
        cell = found.cells[place]
        found.cells[place] = cell._replace(text=TEXTS[(number + shift) % len(TEXTS)], stored="text")
    return found


def files() -> Iterator[tuple[bytes, bytes]]:
    """(path under the inbox as the system has it, contents): all hostile, and forms that are admitted with hostile
    words."""
    for shift, name in enumerate(FILES * 2):
        folder = ("南京市", "无锡市/=1+1", "徐州市/<b onclick=alert(1)>", "常州市/{{7*191}}")[shift % 4]
        data = xls_of(grid(shift * 3)) if shift % 3 == 2 else xlsx_of(grid(shift * 3), SHEETS[shift % len(SHEETS)])
        yield os.fsencode(f"{folder}/{name}{shift // len(FILES) or ''}.{'xls' if shift % 3 == 2 else 'xlsx'}"), data


def fill(workspace: Workspace) -> None:
    """Drop all of it, and three right forms whose free texts are hostile."""
    for path, data in files():
        target = os.path.join(os.fsencode(workspace.inbox), path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
    for number in (5, 6, 7):
        filled = season.form(number)
        free = iter(TEXTS[number:] + TEXTS)
        filled["consortium"] |= {"rd_directions": f"{next(free)}研究方向", "contact": next(free),
                                 "governance": f"{next(free)}" + "议事规则" * 9}
        for member in filled["members"]:
            member |= {"task": next(free), "duty": next(free)}
        target = Path(workspace.inbox) / season.city_of(number).name / f"{number}.xlsx"
        target.parent.mkdir(parents=True, exist_ok=True)
        season.write(target, filled=filled)
