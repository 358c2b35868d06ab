"""Links to the forms that bureaus got back: only to files that are there, never made of a cell's text."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest
from pipeline.publish import register
from pipeline.publish.links import linked
from tiny_register import tiny

SCHEMA = {"city": pl.String, "file": pl.String, "sheet": pl.String, "cell": pl.String}


def outbox(tmp_path, *names: str):
    """An outbox with these files, and the province's folder in it."""
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "省级").mkdir(exist_ok=True)
    return tmp_path / "省级"


def target(folder, *row: str | None, files: tuple[str, ...] = ()) -> str | None:
    frame = pl.DataFrame([row], schema=SCHEMA, orient="row")
    known = pl.DataFrame([(row[0], file) for file in (row[1], *files)], schema=["city", "file"], orient="row")
    return linked(frame, known, folder, "cell")["cell_url"].item()


@pytest.mark.parametrize(("name", "sheet", "cell", "url"), [
    ("表.xlsx", "基础信息表", "C19", "external:../南京市/退改/表.xlsx#'基础信息表'!C19"),
    ("附件2 表(1)#50%.xlsx", "张三's", "D4,E4", "external:../南京市/退改/附件2%20表(1)%2350%25.xlsx#'张三''s'!D4"),
    ("[1].xlsx", "Sheet1", "A1、B2", "external:../南京市/退改/%5B1%5D.xlsx#'Sheet1'!A1"),
    ("a%41.xlsx", "Sheet1", "A1", "external:../南京市/退改/a%2541.xlsx#'Sheet1'!A1"),
    ("表.xlsx", "a/b", "C19", "external:../南京市/退改/表.xlsx"),
    ("表.xlsx", "长" * 32, "C19", "external:../南京市/退改/表.xlsx"),
    ("表.xlsx", None, "C19", "external:../南京市/退改/表.xlsx"),
    ("表.xlsx", "基础信息表", None, "external:../南京市/退改/表.xlsx"),
    ("表.xlsx", "基础信息表", "=cmd|'/c calc'!A0", "external:../南京市/退改/表.xlsx"),
])
def test_link__leads_to_file_sheet_and_first_cell(tmp_path, name, sheet, cell, url):
    folder = outbox(tmp_path, f"南京市/退改/{name}")
    assert target(folder, "南京市", f"南京/第一批/{name}", sheet, cell) == url


def test_link_to_a_form_that_was_moved_to_another__leads_to_the_file_alone(tmp_path):
    folder = outbox(tmp_path, "南京市/退改/表（转为 xlsx 格式）.xlsx")
    url = "external:../南京市/退改/表（转为%20xlsx%20格式）.xlsx"
    assert target(folder, "南京市", "南京/表.xls", "基础信息表", "C19") == url
    assert target(folder, "南京市", "南京/表.xls", "基础信息表", "C19", files=("南京/表.ods",)) is None


@pytest.mark.parametrize(("city", "file", "files"), [
    ("南京市", "南京/没有.xlsx", ()),
    (None, "表.xlsx", ()),
    ("..", "表.xlsx", ()),
    ("火星市", "表.xlsx", ()),
    # Which of the two was given back?
    ("南京市", "南京/一/表.xlsx", ("南京/二/表.xlsx",)),
    ("南京市", "长" * 400 + ".xlsx", ()),
    ("南京市", "http://example.com/x", ()),
])
def test_no_link__where_no_such_file_is_or_any_doubt(tmp_path, city, file, files):
    folder = outbox(tmp_path, "南京市/退改/表.xlsx", "火星市/退改/表.xlsx")
    assert target(folder, city, file, "S", "A1", files=files) is None


def links(sheet) -> dict[str, tuple[str, str]]:
    return {cell.coordinate: (cell.value, cell.hyperlink.target, cell.hyperlink.location)
            for row in sheet.iter_rows() for cell in row if cell.hyperlink}


def test_organisations__have_links_beside_the_printed_table(tmp_path):
    folder = outbox(tmp_path, "无锡市/退改/a.xlsx", "南京市/退改/b.xlsx")
    register.write(tiny(), folder / "名录.xlsx")
    book = openpyxl.load_workbook(folder / "名录.xlsx")
    sheet = book["成员单位名录"]
    assert [cell.value for cell in sheet[3]][12:] == ["来源", "来源1", "来源2"]
    assert links(sheet) == {
        "N4": ("南京市 C4", "..\\南京市\\退改\\b.xlsx", "'Sheet1'!C4"),
        "O4": ("无锡市 B18", "..\\无锡市\\退改\\a.xlsx", "'基础信息表'!B18"),
        "N5": ("无锡市 B17", "..\\无锡市\\退改\\a.xlsx", "'基础信息表'!B17"),
        "O5": ("无锡市 B5", "..\\无锡市\\退改\\a.xlsx", "'基础信息表'!B5")}
    assert (sheet.print_area, sheet.auto_filter.ref) == ("'成员单位名录'!$A$1:$M$7", "A3:M5")
    assert [name for name in book.sheetnames if name != sheet.title and links(book[name])] == []


def test_organisations__have_no_links_where_nothing_was_given_back(tmp_path):
    register.write(tiny(), outbox(tmp_path) / "名录.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "省级" / "名录.xlsx")["成员单位名录"]
    assert (sheet.max_column, links(sheet)) == (13, {})


def test_links_past_what_a_sheet_holds__are_texts(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.publish.sheet.LINKS_A_SHEET", 1)
    folder = outbox(tmp_path, "无锡市/退改/a.xlsx", "南京市/退改/b.xlsx")
    register.write(tiny(), folder / "名录.xlsx")
    sheet = openpyxl.load_workbook(folder / "名录.xlsx")["成员单位名录"]
    # A sentence above the table says so.
    assert list(links(sheet)) == ["N5"]
    assert sheet["O5"].value == "无锡市 B18"
