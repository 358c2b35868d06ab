"""What calamine does not tell of an .ods: merges, errors, symbol fonts, what is hidden, boxes, pictures."""

from __future__ import annotations

import pytest
from workbooks import ods

from pipeline.details import Box, details_of
from pipeline.grid import Grid, address, open_workbook


def cell(text: str = "", *, inside: str = "", **facts: object) -> str:
    """A cell: `facts` are attributes in the table's namespace."""
    told = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in facts.items())
    lines = "".join(f"<text:p>{line}</text:p>" for line in text.split("\n")) if text else ""
    kind = ' office:value-type="string"' if text else ""
    return f"<table:table-cell{told}{kind}>{lines}{inside}</table:table-cell>"


def row(*cells: str, **facts: object) -> str:
    told = "".join(f' table:{name.replace("_", "-")}="{value}"' for name, value in facts.items())
    return f'<table:table-row{told}>{"".join(cells)}</table:table-row>'


def table(*rows: str, columns: str = "", name: str = "表1", look: str = "") -> str:
    return f'<table:table table:name="{name}"{look}><!--forms-->{columns}{"".join(rows)}</table:table>'


def grid_of(*rows: str, columns: str = "", **facts: str) -> Grid:
    return open_workbook(ods(table(*rows, columns=columns), **facts)).grids[0]


def cells_of(grid: Grid) -> dict[str, tuple[str, str]]:
    return {address(one.row, one.col): (one.text, one.stored) for one in grid}


COVERED = "<table:covered-table-cell/>"


def test_cells__types() -> None:
    value = '<table:table-cell office:value-type="{}" office:{}="{}"><text:p>{}</text:p></table:table-cell>'
    grid = grid_of(row(cell("甲\n乙"), value.format("float", "value", "62800.5", "62,800.50"),
                       value.format("boolean", "boolean-value", "true", "TRUE"),
                       value.format("date", "date-value", "2023-09-18", "9月18日"),
                       value.format("percentage", "value", "0.05", "5%"),
                       value.format("currency", "value", "125000", "￥125,000")))
    assert cells_of(grid) == {"A1": ("甲\n乙", "text"), "B1": ("62800.5", "number"), "C1": ("TRUE", "bool"),
                              "D1": ("2023-09-18", "date"),
                              "E1": ("0.05", "number"), "F1": ("125000", "number")}


def test_cells__a_comment_is_no_content() -> None:
    grid = grid_of(row(cell("甲", inside="<office:annotation><text:p>批注</text:p></office:annotation>")))
    assert cells_of(grid) == {"A1": ("甲", "text")}


def test_repeated_rows_and_columns__move_what_follows() -> None:
    error = cell("#REF!", formula="of:=#REF!")
    grid = grid_of(row(cell("甲")), row(cell(number_columns_repeated=3), number_rows_repeated=5),
                   row(cell(number_columns_repeated=4), error, cell("乙", number_columns_repeated=2), cell("丙")),
                   row(cell("丁"), COVERED.replace("/>", ' table:number-columns-repeated="2"/>'), error),
                   row(cell(number_columns_repeated=16384), number_rows_repeated=1048000))
    assert cells_of(grid) == {"A1": ("甲", "text"), "E7": ("#REF!", "error"), "F7": ("乙", "text"),
                              "G7": ("乙", "text"),
                              "H7": ("丙", "text"), "A8": ("丁", "text"), "D8": ("#REF!", "error")}


def test_merges__rows_columns_and_covered_cells() -> None:
    grid = grid_of(row(cell("甲", number_columns_spanned=3, number_rows_spanned=2), COVERED, COVERED, cell("乙")),
                   row(COVERED, COVERED, COVERED, cell("丙")),
                   row(cell("丁", number_columns_spanned=4), COVERED * 3))
    assert (grid.span(1, 2), grid.span(0, 3), grid.span(2, 3)) == ((0, 0, 1, 2), (0, 3, 0, 3), (2, 0, 2, 3))
    assert [one.text for one in grid.in_row(1)] == ["甲", "丙"]


@pytest.mark.parametrize(("made", "expected"), [
    (cell("#N/A", formula="of:=NA()"), ("#N/A", "error")),
    (cell("#DIV/0!", formula="of:=1/0"), ("#DIV/0!", "error")),
    (cell("Err:502", formula="of:=X()"), ("Err:502", "error")), (cell("#REF!"), ("#REF!", "text")),
    (cell(formula="of:=[.A9]*2"), ("=[.A9]*2", "formula")),
    ('<table:table-cell table:formula="of:=[.A9]" office:value-type="string" office:string-value=""/>', None),
    ('<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p>'
     '</table:table-cell>',
     ("2", "number")),
])
def test_cell__errors_and_formulas(made: str, expected: tuple[str, str] | None) -> None:
    assert cells_of(grid_of(row(cell("甲"), made, cell("乙")))).get("B1") == expected


STYLES = "".join(f'<style:style style:name="{name}"><style:text-properties style:font-name="{font}"/></style:style>'
                 for name, font in (("w", "Wingdings"), ("w2", "Wingdings 2"), ("s", "宋体")))


@pytest.mark.parametrize(("made", "expected"), [
    (cell("þ", style_name="w"), "\uf0fe"), (cell("R", style_name="w2"), "\uf052"),
    (cell("R", style_name="s"), "R"), (cell("R"), "R"),
    (cell('<text:span text:style-name="w2">R</text:span> 其它'), "\uf052 其它"),
    (cell('<text:span text:style-name="w">o</text:span>甲\n<text:span text:style-name="w">þ</text:span>乙'),
     "\uf06f甲\n\uf0fe乙"),
    (cell('o<text:span text:style-name="s">RD</text:span>', style_name="w"), "\uf06fRD"),
])
def test_symbol_fonts__letters_become_marks(made: str, expected: str) -> None:
    assert cells_of(grid_of(row(cell("甲"), made), styles=STYLES))["B1"] == (expected, "text")


def test_symbol_fonts__a_number_stays_a_number() -> None:
    number = ('<table:table-cell table:style-name="w" office:value-type="float" office:value="12"><text:p>12</text:p>'
              '</table:table-cell>')
    assert cells_of(grid_of(row(cell("甲"), number), styles=STYLES))["B1"] == ("12", "number")


def test_hidden__rows_and_columns() -> None:
    columns = (
        '<table:table-column/><table:table-column table:number-columns-repeated="2" table:visibility="collapse"/>'
               '<table:table-column table:visibility="filter"/><table:table-column '
               'table:number-columns-repeated="16380"/>')
    grid = grid_of(row(cell("甲")), row(cell("乙"), visibility="collapse", number_rows_repeated=2),
                   f'<table:table-row-group>{row(cell("丙"), visibility="filter")}</table:table-row-group>',
                   row(cell("丁")), columns=columns)
    assert (grid.hidden_rows, grid.hidden_cols) == ({1, 2, 3}, {1, 2, 3})


def test_hidden__sheet() -> None:
    styles = ('<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/>'
              '</style:style>')
    book = open_workbook(ods(table(row(cell("甲"))) + table(row(cell("乙")), name="表2",
                                                           look=' table:style-name="h"'), styles=styles))
    assert [(grid.name, grid.visible) for grid in book.grids] == [("表1", True), ("表2", False)]


def control(name: str) -> str:
    return f'<draw:control draw:control="{name}"/>'


def test_boxes__state_caption_and_place() -> None:
    forms = "".join((
        '<form:checkbox form:id="c1" form:label="创新型领军企业" form:current-state="checked"/>',
        '<form:checkbox form:id="c2" form:label="龙头骨干企业" form:current-state="unchecked" form:state="checked"/>',
        '<form:checkbox form:id="c3" form:label="其它" form:state="checked"/>',
        '<form:radio form:id="c4" form:label="国家级" form:current-selected="true"/>',
        '<form:button form:id="c5" form:label="提交"/>'))
    grid = grid_of(row(cell(number_columns_repeated=2), cell(inside=control("c1") + control("c2"))),
                   row(cell(inside=control("c3")), cell("x", inside=control("c4") + control("c5"))), forms=forms)
    assert grid.boxes == (Box(0, 2, 0, True, "创新型领军企业"), Box(0, 2, 1, False, "龙头骨干企业"), Box(1, 0, 0, True, "其它"),
                          Box(1, 1, 0, True, "国家级"))


def test_pictures__counted() -> None:
    assert grid_of(row(cell("甲", inside="<draw:frame><draw:image/></draw:frame>" * 2))).pictures == 2


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", ods("<table:table>")[:60], ods("<table:table")],
                         ids=["empty", "signature", "torn", "no workbook"])
def test_details__what_cannot_be_read_is_left_out(data: bytes) -> None:
    assert details_of(data, "ods").sheets == {}
