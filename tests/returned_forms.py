"""For the tests of returned forms: files judged by themselves, packages changed by hand, parts compared."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import openpyxl
import polars as pl

from pipeline.demo import PLAN
from pipeline.message import of_file
from pipeline.opening import Opened, open_file
from pipeline.publish import returned
from pipeline.read import labels_of
from pipeline.validate import About, validate
from schemas.form_2023 import FORM
from schemas.register import polars_schema
from schemas.rule import Finding

RECEIVED = date(2023, 9, 20)
SHEET = FORM.answer_sheet


class Judged(NamedTuple):
    """A file's bytes, what was read from it, its findings."""

    data: bytes
    opened: Opened
    findings: pl.DataFrame

    @property
    def errors(self) -> int:
        """Findings that send a form back."""
        return self.findings.filter(severity="E").height

    def answer(self) -> bytes:
        """The returned form."""
        warnings = self.findings.filter(severity="W").height
        verdict = returned.verdict(self.errors, warnings, not self.errors)
        return returned.answer(self.data, self.opened.forms, self.findings, verdict)


def opened(data: bytes, folder: Path) -> Opened:
    """A file's bytes as the pipeline reads them."""
    path = folder / "file.bin"
    path.write_bytes(data)
    return open_file((labels_of(FORM), path))


def judged(data: bytes, folder: Path) -> Judged:
    """A file read and judged by itself."""
    file = opened(data, folder)
    found = validate(FORM, list(file.forms), [About(None, RECEIVED)] * len(file.forms)).findings
    rows = [_row(finding) for finding in [*(of_file(0, spotted) for spotted in file.spotted), *found]]
    return Judged(data, file, pl.DataFrame(rows, schema=polars_schema("findings")))


def _row(finding: Finding) -> dict:
    told = {name: "" for name in polars_schema("findings")}
    return {
        **told,
        "sheet": finding.sheet or None,
        "cell": ",".join(finding.cells),
        "code": finding.rule.code,
        "severity": str(finding.rule.severity),
        "table": finding.table,
        "row": finding.row,
        "field": finding.field,
        "value": finding.value,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }


def finding(
    cell: str,
    severity: str = "E",
    sheet: str = FORM.sheet,
    code: str = "M05",
    message: str = "",
    **more: object,
) -> dict:
    """One finding by hand."""
    where = f"（{cell.replace(',', '、')}）" if cell else ""
    return {
        **{name: "" for name in polars_schema("findings")},
        "sheet": sheet,
        "cell": cell,
        "code": code,
        "severity": severity,
        "table": "members",
        "row": 1,
        "field": "uscc",
        "value": "甲",
        "message": message or f"成员表第 1 行“统一社会信用代码”{where}：写错了。",
        "suggestion": "请改正。",
        **more,
    }


def findings(*rows: dict) -> pl.DataFrame:
    """Findings by hand as the register's table."""
    return pl.DataFrame(list(rows), schema=polars_schema("findings"))


@cache
def demo(key: str) -> bytes:
    """The file of the demonstration whose path contains `key`."""
    return next(planned for planned in PLAN if key in planned.file).make()


def parts(data: bytes) -> dict[str, bytes]:
    """A package's parts by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert len(set(names)) == len(names)
        return {name: package.read(name) for name in names}


def package(contents: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in contents.items():
            made.writestr(name, data)
    return target.getvalue()


def changed(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """A package with some parts changed; a pattern in a name stands for all parts that fit it."""
    contents = parts(data)
    for pattern, change in changes.items():
        fitting = [name for name in contents if re.fullmatch(pattern, name)]
        assert fitting, pattern
        contents.update({name: change(contents[name]) for name in fitting})
    return package(contents)


def workbook(data: bytes) -> openpyxl.Workbook:
    """A package as openpyxl sees it."""
    return openpyxl.load_workbook(io.BytesIO(data))


def lines(data: bytes) -> list[tuple[str, ...]]:
    """The rows of 问题清单 below its titles, texts only."""
    rows = [
        tuple("" if cell is None else str(cell) for cell in row)
        for row in workbook(data)[SHEET].iter_rows(values_only=True)
    ]
    titles = next(place for place, row in enumerate(rows) if row[0] == "序号")
    return rows[titles + 1 :]


def comments(data: bytes, sheet: str = FORM.sheet) -> dict[str, str]:
    """Cell → comment of one sheet."""
    return {
        cell.coordinate: cell.comment.text
        for row in workbook(data)[sheet].iter_rows()
        for cell in row
        if cell.comment
    }


def coloured(data: bytes, sheet: str = FORM.sheet) -> dict[str, str]:
    """Cell → colour of one sheet, of the cells that have one of ours (tints of a colour count as it)."""
    ours = {colour[:6]: level for level, colour in (("E", "FFFFD5"), ("W", "FFFFF2"))}
    cells = (cell for row in workbook(data)[sheet].iter_rows() for cell in row)
    return {
        cell.coordinate: ours[cell.fill.fgColor.rgb[:6]]
        for cell in cells
        if isinstance(cell.fill.fgColor.rgb, str) and cell.fill.fgColor.rgb[:6] in ours
    }


def typed(data: bytes, sheet: str, contents: Mapping[str, object]) -> bytes:
    """A package in which somebody has typed into cells of a sheet part; formats and formulas stay."""

    def type_in(part: bytes) -> bytes:
        for cell, content in contents.items():
            inside = (
                f"<v>{content}</v>"
                if isinstance(content, (int, float))
                else f"<is><t>{escape(content)}</t></is>"
            )
            kind = "" if isinstance(content, (int, float)) else ' t="inlineStr"'
            pattern = rf'<c r="{cell}"( s="\d+")?[^>]*?(/>|>.*?</c>)'.encode()
            new = rf'<c r="{cell}"\1{kind}>'.encode() + inside.encode() + b"</c>"
            part, count = re.subn(pattern, new, part)
            assert count == 1, cell
        return part

    return changed(data, {sheet: type_in})
