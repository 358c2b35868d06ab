"""`pipeline.grid`: a workbook's bytes as cells with texts, types, merges and addresses."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
import python_calamine as calamine
import xlsxwriter
from sketch import labels, sketch
from workbooks import (converted, ods, prefixed, sheet_of, strict, text_cell, unzipped, xls, xls_text, xlsx,
                       xlsx_parts,
                       zipped)

from pipeline.grid import Grid, address, as_text, open_workbook
from pipeline.opening import Opened, open_file, refused
from pipeline.sandbox import Outcome, each
from pipeline.signature import Refused

NUMBERS = [(1.0, "1"), (0.0, "0"), (-0.0, "0"), (0.1, "0.1"), (62800.5, "62800.5"), (-12.0, "-12"),
           (1e20, "1" + "0" * 20),
           (9.13e17, "913000000000000000"), (1e21, "1" + "0" * 21), (1e-7, "0.0000001"),
           (9.1320100123456794e17, "913201001234568000"), (2021.1, "2021.1"), (0.1 + 0.2, "0.30000000000000004"),
           (10 ** 17, "1" + "0" * 17), (float("nan"), "nan"), (float("inf"), "inf")]


@pytest.mark.parametrize(("value", "text"), NUMBERS)
def test_as_text__number_in_its_shortest_exact_form(value: float, text: str) -> None:
    assert as_text(value) == (text, "number")


@pytest.mark.parametrize(("value", "expected"), [
    ("  东南大学 ", ("  东南大学 ", "text")), ("1256000", ("1256000", "text")), (True, ("TRUE", "bool")),
    (False, ("FALSE", "bool")),
    (dt.datetime(2023, 9, 18), ("2023-09-18", "date")), (dt.date(2021, 10, 1), ("2021-10-01", "date")),
    (dt.datetime(2023, 9, 18, 8, 30), ("2023-09-18 08:30:00", "date")), (dt.time(8, 30), ("08:30:00", "text")),
    (dt.timedelta(hours=36), ("1 day, 12:00:00", "text")),
])
def test_as_text__other_types(value: object, expected: tuple[str, str]) -> None:
    assert as_text(value) == expected


@pytest.mark.parametrize(("place", "expected"), [
    ((0, 0), "A1"), ((9, 25), "Z10"), ((0, 26), "AA1"), ((0, 51), "AZ1"), ((0, 701), "ZZ1"), ((0, 702), "AAA1"),
    ((1_048_575, 16_383), "XFD1048576"),
])
def test_address__a1_notation(place: tuple[int, int], expected: str) -> None:
    assert address(*place) == expected


def test_grid__merged_range_shows_its_first_cell_everywhere() -> None:
    grid = sketch("|  甲 | <  | 乙 |\n|  ^ | ^ |  |\n| 丙 | | |")
    assert grid.span(1, 1) == grid.span(0, 0) == (0, 0, 1, 1)
    assert grid.at(1, 1).text == "甲"
    assert grid.at(1, 2) is None
    assert [cell.text for cell in grid.in_row(0)] == ["甲", "乙"]
    assert [cell.text for cell in grid.in_row(1)] == ["甲"]
    assert [cell.text for cell in grid] == ["甲", "乙", "丙"]
    assert (grid.height, grid.width) == (3, 3)


def test_grid__empty_sheet_has_no_size() -> None:
    assert (Grid("表").height, Grid("表").width, list(Grid("表"))) == (0, 0, [])


def workbook_of_types() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [["文字", 12, 0.1, 9.13e17], [True, False, dt.date(2023, 9, 18), dt.datetime(2023, 9, 18, 8, 30)],
            ["", None, "'引号", "多\n行"]]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("A5:C6")
    sheet["A5"] = "合并"
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.create_sheet("深藏").sheet_state = "veryHidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_open_workbook__types_merges_and_hidden_sheets() -> None:
    grids = open_workbook(workbook_of_types()).grids
    assert [(grid.name, grid.visible) for grid in grids] == [("Sheet", True), ("隐藏", False), ("深藏", False)]
    assert [(address(*cell[:2]), cell.text, cell.stored) for cell in grids[0]] == [
        ("A1", "文字", "text"), ("B1", "12", "number"), ("C1", "0.1", "number"),
        ("D1", "913000000000000000", "number"),
        ("A2", "TRUE", "bool"), ("B2", "FALSE", "bool"), ("C2", "2023-09-18", "date"),
        ("D2", "2023-09-18 08:30:00", "date"),
        ("C3", "'引号", "text"), ("D3", "多\n行", "text"), ("A5", "合并", "text")]
    assert grids[0].spans == {(row, col): (4, 0, 5, 2) for row in (4, 5) for col in (0, 1, 2)}


PLAIN = '<dimension ref="A1:C3"/>' + sheet_of(
    '<c r="A1" t="s"><v>0</v></c>', text_cell("B1", "直接写入"), '<c r="C3"><v>12.50</v></c>',
    '<c r="D3" t="str"><v>公式文字</v></c>',
    after='<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>')
PLAIN_CELLS = {"A1": ("单位名称", "text"), "B1": ("直接写入", "text"), "C3": ("12.5", "number"), "D3": ("公式文字", "text")}
STRINGS = "<si><t>单位名称</t></si>"
PREFIXED = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml")


def cells_of(data: bytes, sheet: int = 0) -> dict[str, tuple[str, str]]:
    return {address(cell.row, cell.col): (cell.text, cell.stored) for cell in open_workbook(data).grids[sheet]}


def test_open_workbook__hand_made_parts_and_inline_strings() -> None:
    assert cells_of(xlsx(PLAIN, strings=STRINGS)) == PLAIN_CELLS
    assert open_workbook(xlsx(PLAIN, strings=STRINGS)).grids[0].span(1, 0) == (0, 0, 1, 0)


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "B2:B2", "A1:XFD1048576", ""])
def test_open_workbook__wrong_dimension_loses_nothing(dimension: str) -> None:
    assert cells_of(xlsx(PLAIN.replace("A1:C3", dimension, 1), strings=STRINGS)) == PLAIN_CELLS


def test_open_workbook__strict_ooxml() -> None:
    assert cells_of(strict(xlsx(PLAIN, strings=STRINGS))) == PLAIN_CELLS


@pytest.mark.parametrize("part", PREFIXED)
def test_open_workbook__prefixed_namespace(part: str) -> None:
    assert cells_of(prefixed(xlsx(PLAIN, strings=STRINGS), part)) == PLAIN_CELLS


def test_open_workbook__prefixed_namespace_hides_no_error_cell() -> None:
    sheet = sheet_of(text_cell("A1", "甲"), '<c r="B1" t="e"><v>#REF!</v></c>', '<c r="C1"><f>A9</f></c>')
    assert cells_of(prefixed(xlsx(sheet), "xl/worksheets/sheet1.xml")) == {
        "A1": ("甲", "text"), "B1": ("#REF!", "error"), "C1": ("=A9", "formula")}


def test_open_workbook__backslashes_in_the_names_of_parts() -> None:
    parts = {name.replace("/", "\\"): content for name, content in xlsx_parts(PLAIN, strings=STRINGS).items()}
    assert cells_of(zipped(parts)) == PLAIN_CELLS


def test_open_workbook__chart_sheet_is_no_grid() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"
    book.create_chartsheet("图表")
    target = io.BytesIO()
    book.save(target)
    assert [grid.name for grid in open_workbook(target.getvalue()).grids] == ["Sheet"]


def with_macro_sheet(data: bytes) -> bytes:
    """The workbook with an Excel 4 macro sheet, for which calamine refuses the whole of it."""
    parts = {name: content.decode() for name, content in unzipped(data).items()}
    kind = "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet"
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="rIdM" Type="{kind}" Target="macrosheets/sheet1.xml"/></Relationships>')
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        "</sheets>", '<sheet name="宏" sheetId="9" r:id="rIdM"/></sheets>')
    return zipped(parts | {"xl/macrosheets/sheet1.xml": "<macrosheet/>"})


def test_open_workbook__what_calamine_refuses_openpyxl_reads_the_same() -> None:
    sheet = '<cols><col min="3" max="3" hidden="1"/></cols>' + sheet_of(
        text_cell("A1", "单位名称"), '<c r="B1"><v>9.13E17</v></c>', '<c r="C1" s="1"><v>45187</v></c>',
        '<c r="A2" t="e"><v>#N/A</v></c>',
        '<c r="B2"><f>B9*2</f></c>', '<c r="C2" t="b"><v>1</v></c>', text_cell("A3", "合并"),
        after='<mergeCells count="1"><mergeCell ref="A3:B4"/></mergeCells>').replace('<row r="2"',
                '<row r="2" hidden="1"')
    styles = ('<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>'
              '<cellStyleXfs><xf/></cellStyleXfs>'
              '<cellXfs><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>')
    plain = xlsx(sheet, styles=styles)
    assert cells_of(plain) == {
        "A1": ("单位名称", "text"), "B1": ("913000000000000000", "number"), "C1": ("2023-09-18", "date"),
        "A2": ("#N/A", "error"),
        "B2": ("=B9*2", "formula"), "C2": ("TRUE", "bool"), "A3": ("合并", "text")}
    with pytest.raises(calamine.CalamineError):
        calamine.CalamineWorkbook.from_filelike(io.BytesIO(with_macro_sheet(plain)))
    assert open_workbook(with_macro_sheet(plain)).grids[0] == open_workbook(plain).grids[0]


@pytest.mark.parametrize(("data", "reason"), [
    (zipped({"xl/workbook.xml": "<workbook/>"}), "damaged"), (zipped({"xl/x": ""}), "damaged"),
    (xlsx(PLAIN, strings=STRINGS)[:-400], "damaged"), (b"PK\x03\x04", "damaged"), (b"", "empty"),
    (b"a,b\n1,2", "not_a_workbook"),
])
def test_open_workbook__no_workbook_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        open_workbook(data)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("data", [xlsx(PLAIN, strings=STRINGS), xls(xls_text(0, 0, "甲") + xls_text(1, 1, "乙")),
                                  ods('<table:table table:name="表1"><table:table-row/></table:table>')],
                                  ids=["xlsx", "xls", "ods"])
def test_open_workbook__cut_off_anywhere_is_refused_and_nothing_else(data: bytes) -> None:
    for length in range(0, len(data), 61):
        try:
            open_workbook(data[:length])
        except Refused as refusal:
            assert refusal.reason in ("empty", "damaged", "not_a_workbook")


def test_open_workbook__text_that_swells_is_refused() -> None:
    swollen = sheet_of(*(f'<c r="A{row}" t="s"><v>0</v></c>' for row in range(1, 80)))
    with pytest.raises(Refused) as refusal:
        open_workbook(xlsx(swollen, strings=f"<si><t>{'甲' * 1_000_000}</t></si>"))
    assert refusal.value.reason == "too_large"


def test_open_workbook__millions_of_cells_are_refused() -> None:
    with pytest.raises(Refused) as refusal:
        open_workbook(xlsx(sheet_of(text_cell("A1", "甲"), text_cell("Z200000", "乙"))))
    assert (refusal.value.reason, refusal.value.sheet, refusal.value.place) == ("extent", "表1", (199_999, 25))


def test_open_workbook__far_corner_costs_one_file_and_no_run(tmp_path: Path) -> None:
    """Two cells at the ends of a sheet would make calamine ask for all the memory there is, and abort."""
    hollow, good = tmp_path / "hollow.xlsx", tmp_path / "good.xlsx"
    hollow.write_bytes(xlsx(sheet_of(text_cell("A1", "甲"), text_cell("XFD1048576", "乙"))))
    good.write_bytes(xlsx(PLAIN, strings=STRINGS))
    outcomes = list(each(open_file, [(labels(), good), (labels(), hollow)], workers=1, timeout_seconds=30))
    assert (outcomes[0].fault, type(outcomes[0].value)) == ("", Opened)
    assert outcomes[1] == Outcome(1, refused("extent", "", "表1", "XFD1048576"))


def test_open_workbook__merge_down_a_whole_column_ends_below_the_content() -> None:
    merge = '<mergeCells count="1"><mergeCell ref="A1:B1048576"/></mergeCells>'
    grid = open_workbook(xlsx(sheet_of(text_cell("A1", "甲"), after=merge))).grids[0]
    assert (grid.height, grid.width) == (2001, 2)


def workbook_of_details() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("细节")
        sheet.write_formula("A1", "=NA()", None, "#N/A")
        sheet.write_formula("B1", "=1/0", None, "#DIV/0!")
        sheet.write("C1", "þ", book.add_format({"font_name": "Wingdings"}))
        sheet.write("A4", "藏行")
        sheet.set_row(3, options={"hidden": True})
        sheet.write("G5", "藏列")
        sheet.set_column("G:G", 9, None, {"hidden": True})
        sheet.write("A6", "联系人")
        book.add_worksheet("藏").hide()
    return target.getvalue()


@pytest.fixture(scope="module", params=["xls", "ods"])
def resaved(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str,
        dict[str, bytes]]:
    """Both workbooks in another format, from one start of LibreOffice."""
    books = {"types": workbook_of_types(), "details": workbook_of_details()}
    return request.param, converted(books, tmp_path_factory.mktemp(request.param), request.param)


@pytest.mark.slow
def test_open_workbook__types_as_saved_by_libreoffice(resaved: tuple[str, dict[str, bytes]]) -> None:
    extension, data = resaved[0], resaved[1]["types"]
    before, after = open_workbook(workbook_of_types()).grids[0], open_workbook(data).grids[0]
    # It writes truth values that have no format of their own as numbers into .ods.
    numbers = {"A2": ("1", "number"), "B2": ("0", "number")} if extension == "ods" else {}
    assert cells_of(data) == {address(cell.row, cell.col): (cell.text, cell.stored) for cell in before} | numbers
    assert after.spans == before.spans
    assert [grid.visible for grid in open_workbook(data).grids] == [True, False, False]


DETAILS = {"A1": ("#N/A", "error"), "B1": ("#DIV/0!", "error"), "C1": ("\uf0fe", "text"), "A4": ("藏行", "text"),
           "G5": ("藏列", "text"), "A6": ("联系人", "text")}


@pytest.mark.slow
def test_open_workbook__details_as_saved_by_libreoffice(resaved: tuple[str, dict[str, bytes]]) -> None:
    assert cells_of(workbook_of_details()) == DETAILS
    data = resaved[1]["details"]
    shown, hidden = open_workbook(data).grids
    assert cells_of(data) == DETAILS
    assert (3 in shown.hidden_rows, 0 in shown.hidden_rows, 6 in shown.hidden_cols, 0 in shown.hidden_cols) == (
        True, False, True, False)
    assert (shown.visible, hidden.visible) == (True, False)
