"""Rows written as a whole read as those that xlsxwriter writes cell by cell."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipeline.publish import sheet, style
from pipeline.publish.links import URL
from pipeline.publish.rows import RowSheet
from pipeline.publish.sheet import Book, Column, Plan, write_plan

COLUMNS = (
    Column("serial", "序号", "centre"), Column("place", "来源", "link"), Column("name", "名称", "text"),
    Column("number", "个数", "count"), Column("sum", "金额", "money"), Column("code", "代码", "code"))
FRAME = pl.DataFrame({
    "serial": ["1", "2", "3"], "place": ["甲", "乙", None],
    "place" + URL: ["external:../甲市/退改/表.xlsx#'表 <1>'!A1", None, None],
    "name": ["=1+1", " 前后有空 \n第二行", "<c r=\"A1\"/>&amp;"], "number": [3, None, -12_345],
    "sum": [0.1, 12_345_678.9, None], "code": ["007", "1e5", "_x0041_"],
})


def written(path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool) -> openpyxl.Workbook:
    """The table written by rows or by cells, read again."""
    with monkeypatch.context() as patched:
        if not whole:
            patched.setattr(sheet, "RowSheet", type("Other", (RowSheet,), {}))
            patched.setattr(Book, "sheet", lambda book, name, widths, paper="A4": book.workbook.add_worksheet(name))
        with style.workbook(path, "表") as workbook:
            write_plan(Book(workbook), Plan("表", "表", COLUMNS, FRAME))
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def told(book: openpyxl.Workbook) -> dict:
    """What can be seen of a sheet's cells."""
    cells = {cell.coordinate: (cell.value, cell.data_type, cell.number_format, cell.font.name, cell.font.u,
                               cell.font.color and cell.font.color.rgb, cell.border.left.style,
                               cell.alignment.horizontal, cell.alignment.wrap_text,
                               cell.hyperlink and (cell.hyperlink.target, cell.hyperlink.location))
             for row in book["表"].iter_rows() for cell in row}
    return {**cells, **{row: shown.height for row, shown in book["表"].row_dimensions.items()}}


def test_rows__read_as_cells_written_one_by_one(tmp_path, monkeypatch) -> None:
    by_rows, by_cells = (written(tmp_path / f"{whole}.xlsx", monkeypatch, whole) for whole in (True, False))
    assert told(by_rows) == told(by_cells)
    assert [cell.value for cell in by_rows["表"][4]] == ["1", "甲", "=1+1", 3, 0.1, "007"]
    assert by_rows["表"]["C4"].data_type == "s"
    assert by_rows["表"]["B4"].hyperlink.target.replace("\\", "/") == "../甲市/退改/表.xlsx"


def test_same_rows__same_bytes(tmp_path, monkeypatch) -> None:
    for name in ("a", "b"):
        written(tmp_path / name, monkeypatch, True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
