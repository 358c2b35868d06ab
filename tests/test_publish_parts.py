"""Tables longer than a sheet: by city, then by number, all rows there, and the workbook says so."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest
import register_tables
from openpyxl.utils import range_boundaries
from tiny_register import SHEETS, table

from pipeline.publish import parts, problems, register
from pipeline.publish.parts import divided
from schemas import call

HEADED = {"创新联合体汇总表": "产业领域", "成员单位名录": "来源", "成员参与明细": "角色", "创新平台": "依托单位", "科技计划项目": "承担单位",
          "退回表": "主要问题", "需核实的问题": "处理意见", "收到的文件": "校验值前8位", "数据说明": "条目"}
ROOM = 20


def named(book: openpyxl.Workbook, name: str) -> list[str]:
    """The sheets of a table."""
    return [sheet for sheet in book.sheetnames if sheet == name or sheet.startswith(f"{name}（")]


def rows(book: openpyxl.Workbook, name: str) -> list[list]:
    return [row for sheet in named(book, name) for row in table(book[sheet], HEADED[name])]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The same register with sheets as long as they are and with short ones."""
    folder = tmp_path_factory.mktemp("parts")
    built = register_tables.build(5)
    register.write(built, folder / "whole.xlsx")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parts, "ROWS_A_SHEET", ROOM)
        register.write(built, folder / "parts.xlsx")
        register.write({name: frame.reverse() for name, frame in built.items()}, folder / "again.xlsx")
    assert (folder / "parts.xlsx").read_bytes() == (folder / "again.xlsx").read_bytes()
    return openpyxl.load_workbook(folder / "whole.xlsx"), openpyxl.load_workbook(folder / "parts.xlsx")


@pytest.mark.parametrize("name", ["创新联合体汇总表", "成员单位名录", "成员参与明细", "创新平台", "科技计划项目"])
def test_all_rows__are_there_in_their_order(books, name):
    whole, divided_book = (rows(book, name) for book in books)
    assert len(named(books[1], name)) > 1 or len(whole) <= ROOM - 6
    assert sorted(divided_book, key=lambda row: int(row[0])) == whole


def test_longest_table__has_a_sheet_a_city_and_numbers_where_a_city_is_too_long(books):
    found = named(books[1], "成员参与明细")
    # Four forms of eight members each; sixteen rows and what stands above them fill a sheet.
    assert found[:4] == ["成员参与明细（南京市1）", "成员参与明细（南京市2）", "成员参与明细（无锡市1）", "成员参与明细（无锡市2）"]
    assert [books[1][sheet].max_row for sheet in found[:2]] == [ROOM - 1, ROOM - 1]
    assert books[1][found[0]]["A1"].value == "江苏省创新联合体成员参与明细表（南京市1）"
    assert books[1][found[0]]["A2"].value.endswith("　　共 352 行，本表 16 行")
    cities = {row[1] for sheet in found if "无锡市" in sheet for row in table(books[1][sheet], "角色")}
    assert cities == {"无锡市"}


def test_organisations__are_divided_by_where_they_are_registered(books):
    found = named(books[1], "成员单位名录")
    assert found[0].startswith("成员单位名录（南京市") and found[-1] == "成员单位名录（其他）"
    assert [row[1] for row in table(books[1][found[-1]], "来源")] == ["江南应用技术大学"]


def test_two_tables_of_one_sheet__go_to_sheets_of_their_own(books):
    whole, short = books
    for name, place in (("退回表", "退回与待核"), ("需核实的问题", "退回与待核"), ("收到的文件", "报送情况")):
        listed = table(whole[place], HEADED[name])
        moved = rows(short, name) or table(short[place], HEADED[name])
        numbers = [row[0] for row in listed if row[0].isdecimal()]
        assert sorted((row[0] for row in moved if row[0].isdecimal()), key=int) == numbers, name
    said = [cell.value for cell in short["退回与待核"]["A"] if cell.value]
    assert [text for text in said if "一张工作表放不下" in text][-1].startswith("“需核实的问题”共 ")


def test_overview_and_notes__say_what_is_where(books):
    whole, short = books
    names = [name for name in short.sheetnames if name not in SHEETS and not name.startswith("数据说明")]
    overview = "".join(str(cell.value) for cell in short["总览"]["A"] if cell.value)
    notes = "".join(row[2] for row in rows(short, "数据说明") if row[0] == "分表")
    for name in names:
        assert f"“{name}”" in notes, name
    assert "“成员参与明细”共 352 行，一张工作表放不下，分列于 22 张工作表，见“数据说明”中的“分表”。" in overview
    assert notes.count("合起来即为全部，没有省略。") == len({name.partition("（")[0] for name in names})
    assert not any(row[0] == "分表" for row in rows(whole, "数据说明"))
    assert short.sheetnames[0] == "总览" and short.sheetnames[-1].startswith("数据说明")
    assert [len(book["总览"]._charts) for book in books] == [4, 4]


def test_every_sheet__fits_prints_its_header_and_filters_its_rows(books):
    _, short = books
    for sheet in short:
        if sheet.title in ("总览", "数据说明", "退回与待核", "报送情况") or sheet.title.startswith("数据说明"):
            continue
        assert sheet.max_row <= ROOM, sheet.title
        assert sheet.print_title_rows == "$3:$3" and sheet.freeze_panes
        _, first, _, last = range_boundaries(sheet.auto_filter.ref)
        assert (first, sheet.cell(first, 1).value, sheet.cell(last, 1).value.isdecimal()) == (3, "序号", True)
        assert sheet.page_setup.orientation == "landscape"


def test_limit__is_excels():
    assert parts.ROWS_A_SHEET == 1_048_576


@pytest.mark.parametrize(("cities", "room", "labels"), [
    (["南京市"] * 3, 3, ["南京市"]),
    (["南京市"] * 3, 2, ["南京市1", "南京市2"]),
    (["无锡市", None, "南京市", "某市"], 2, ["南京市", "无锡市", "其他"]),
])
def test_divided__by_city_in_official_order(cities, room, labels):
    frame = pl.DataFrame({"city": pl.Series(cities, dtype=pl.String), "n": range(len(cities))})
    found = list(divided(frame, room, "city"))
    assert [part.label for part in found] == labels
    assert sorted(pl.concat(part.frame for part in found)["n"]) == list(range(len(cities)))


def test_divided__without_cities_by_number():
    found = list(divided(pl.DataFrame({"n": range(5)}), 2, "city"))
    assert [(part.label, part.frame["n"].to_list()) for part in found] == [("1", [0, 1]), ("2", [2, 3]), ("3", [4])]


def test_list_of_one_city__goes_on_in_numbered_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "ROWS_A_SHEET", 12)
    built = register_tables.build(15)
    problems.write(built, call.CITIES[0].name, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = named(book, "问题清单")
    assert found[:2] == ["问题清单（1）", "问题清单（2）"]
    serials = [row[0] for sheet in found for row in table(book[sheet], "级别")]
    assert [serial for serial in serials if serial and serial.isdecimal()] == [
        str(number) for number in range(1, len([s for s in serials if s and s.isdecimal()]) + 1)]
