"""Rows written as a whole read as those that xlsxwriter writes cell by cell, in memory or not, in the shared table or
not."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipeline.publish import plan, rows, sheet, style
from pipeline.publish.celltext import presentable
from pipeline.publish.links import URL
from pipeline.publish.rows import RowSheet
from pipeline.publish.sheet import Book, Column, Plan, write_plan

COLUMNS = (
    Column("serial", "序号", "centre"), Column("place", "来源", "link"), Column("name", "名称", "text"),
    Column("number", "个数", "count"), Column("sum", "金额", "money"), Column("code", "代码", "code"))
FRAME = pl.DataFrame({
    "serial": ["1", "2", "3", "4"], "place": ["甲", "乙", None, "甲"],
    "place" + URL: ["external:../甲市/退改/表.xlsx#'表 <1>'!A1", None, None, "external:../乙市/退改/表.xlsx"],
    "name": ["=1+1", " 前后有空 \n第二行", "<c r=\"A1\"/>&amp;", "<r>甲</r>"], "number": [3, None, -12_345, 0],
    "sum": [0.1, 12_345_678.9, None, 6000.0], "code": ["007", "1e5", "_x0041_", None],
})


def one_by_one(sheet: RowSheet, top: int, frame: pl.DataFrame, heights: pl.Series, looks, links, linked,
               most_links: int,
               *, inline: bool = False) -> None:
    """What `put_rows` does, by xlsxwriter's own calls."""
    for row, (height, values) in enumerate(zip(heights, frame.rows(), strict=True)):
        sheet.set_row(top + row, height)
        for place, (value, look) in enumerate(zip(values, looks, strict=True)):
            url = links[place][row] if place in links else None
            if value is None:
                sheet.write_blank(top + row, place, None, look.format)
            elif look.numeric:
                sheet.write_number(top + row, place, value, look.format)
            elif url and sheet.hlink_count < most_links:
                sheet.write_url(top + row, place, url, linked, value)
            else:
                sheet.write_string(top + row, place, value, look.format)


def written(path: Path, frame: pl.DataFrame = FRAME) -> openpyxl.Workbook:
    """The table, written and read again."""
    with style.workbook(path, "表") as workbook:
        write_plan(Book(workbook), Plan("表", "表", COLUMNS, frame, signature="填表人："))
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))


def told(book: openpyxl.Workbook) -> dict:
    """What can be seen of a sheet's cells."""
    # openpyxl takes the escape back in shared texts alone.
    cells = {cell.coordinate: (str(cell.value).replace("_x005F_", "_"), cell.data_type, cell.number_format,
                               cell.font.name, cell.font.u,
                               cell.font.color and cell.font.color.rgb, cell.border.left.style,
                               cell.alignment.horizontal, cell.alignment.wrap_text,
                               cell.hyperlink and (cell.hyperlink.target, cell.hyperlink.location))
             for row in book["表"].iter_rows() for cell in row}
    return {**cells, **{row: shown.height for row, shown in book["表"].row_dimensions.items()}}


@pytest.mark.parametrize("large", [0, 50_000])
@pytest.mark.parametrize("at_once", [1, 3, 20_000])
@pytest.mark.parametrize("in_memory", [1, 1 << 20])
def test_rows__read_as_cells_written_one_by_one(tmp_path, monkeypatch, large, at_once, in_memory) -> None:
    monkeypatch.setattr(sheet, "LARGE", large)
    monkeypatch.setattr(plan, "ROWS_AT_ONCE", at_once)
    monkeypatch.setattr(rows, "_IN_MEMORY", in_memory)
    by_rows = written(tmp_path / "rows.xlsx")
    monkeypatch.setattr(RowSheet, "put_rows", one_by_one)
    by_cells = written(tmp_path / "cells.xlsx")
    assert told(by_rows) == told(by_cells)
    assert [cell.value for cell in by_rows["表"][4]] == ["1", "甲", "=1+1", 3, 0.1, "007"]
    assert by_rows["表"]["C4"].data_type == "s"
    assert by_rows["表"]["B4"].hyperlink.target.replace("\\", "/") == "../甲市/退改/表.xlsx"
    assert by_rows["表"]["A9"].value == "填表人："


@pytest.mark.parametrize("large", [0, 50_000])
def test_same_rows__same_bytes(tmp_path, monkeypatch, large) -> None:
    monkeypatch.setattr(sheet, "LARGE", large)
    for name in ("a", "b"):
        written(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_more_links_than_a_sheet_holds__are_texts_and_it_is_said(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sheet, "LINKS_A_SHEET", 1)
    monkeypatch.setattr(plan, "ROWS_AT_ONCE", 2)
    found = written(tmp_path / "a.xlsx")["表"]
    assert found["A3"].value == "本表有 2 处可以链接，一张工作表只能设 1 个链接，其余只有文字。"
    assert [(cell.value, cell.hyperlink is not None, cell.font.u) for cell in found["B"][4:8]] == [
        ("甲", True, "single"), ("乙", False, None), (None, False, None), ("甲", False, None)]


def test_long_table__is_not_kept_in_memory(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sheet, "LARGE", 100)
    monkeypatch.setattr(rows, "_IN_MEMORY", 1 << 16)
    frame = presentable(FRAME.sample(2_000, with_replacement=True, seed=1))
    with style.workbook(tmp_path / "a.xlsx", "表") as workbook:
        write_plan(Book(workbook), Plan("表", "表", COLUMNS, frame))
        written_rows = workbook.get_worksheet_by_name("表")
        # Title, line and header alone are cells of xlsxwriter's; their texts alone are in its table.
        assert (sorted(written_rows.table), sorted(written_rows.row_info)) == ([0, 1, 2], [0, 1, 2])
        assert len(workbook.str_table.string_table) == 8
        assert written_rows._blocks and all(not isinstance(block.xml, bytes) for block in written_rows._blocks)
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["表"].max_row == 2_003
