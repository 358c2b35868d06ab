"""What calamine does not tell of an .xlsx: errors, formulas without a value, symbol fonts, what is hidden, pictures."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from workbooks import PNG, prefixed, relations, sheet_of, strict, text_cell, xlsx, xlsx_parts, zipped

from pipeline.details import Details, details_of
from pipeline.details.xlsx import as_symbols
from pipeline.grid import address, open_workbook

FONTS = ('<fonts><font><name val="宋体"/></font><font><name val="Wingdings"/></font><font><name val="Wingdings 2"/>'
         '</font></fonts>'
         '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/><xf fontId="9"/></cellXfs>')
WRITINGS = {"as it is": lambda data: data, "strict": strict,
            "prefixed": lambda data: prefixed(data, "xl/worksheets/sheet1.xml")}


def cells_of(data: bytes) -> dict[str, tuple[str, str]]:
    return {address(cell.row, cell.col): (cell.text, cell.stored) for cell in open_workbook(data).grids[0]}


def cell_of(cell: str, **facts: str) -> tuple[str, str]:
    """What is read of the cell B1."""
    return cells_of(xlsx(sheet_of(text_cell("A1", "甲"), cell, text_cell("C1", "乙")), **facts)).get("B1", ("", ""))


@pytest.mark.parametrize("text", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS)
def test_error_cell__keeps_its_text(writing, text: str) -> None:
    data = writing(xlsx(sheet_of(text_cell("A1", "甲"), f'<c r="B1" t="e"><v>{text}</v></c>')))
    assert cells_of(data) == {"A1": ("甲", "text"), "B1": (text, "error")}


CELLS = {
    "error without a text": ('<c r="B1" t="e"/>', ("#N/A", "error")),
    "error of a formula": ('<c r="B1" t="e"><f>VLOOKUP(1,A:A,1)</f><v>#N/A</v></c>', ("#N/A", "error")),
    "quoted otherwise": ("<c r='B1' t='e'><v>#REF!</v></c>", ("#REF!", "error")),
    "never calculated": ('<c r="B1"><f>A1&amp;"公司"</f></c>', ('=A1&"公司"', "formula")),
    "never calculated, with a format": ('<c r="B1" s="0"><f>SUM(A1:A9)</f></c>', ("=SUM(A1:A9)", "formula")),
    "value left empty": ('<c r="B1"><f>A9</f><v></v></c>', ("=A9", "formula")),
    "value left out": ('<c r="B1"><f>A9</f><v/></c>', ("=A9", "formula")),
    "number type, no value": ('<c r="B1" t="n"><f>A9</f><v></v></c>', ("=A9", "formula")),
    "shared with another cell": ('<c r="B1"><f t="shared" si="0"/></c>', ("=", "formula")),
    "result is an empty text": ('<c r="B1" t="str"><f>A9&amp;""</f><v></v></c>', ("", "")),
    "result is a text": ('<c r="B1" t="str"><f>A1</f><v>甲</v></c>', ("甲", "text")),
    "result is a number": ('<c r="B1"><f>1+1</f><v>2</v></c>', ("2", "number")),
    "result is nought": ('<c r="B1"><f>1-1</f><v>0</v></c>', ("0", "number")),
    "result is a truth value": ('<c r="B1" t="b"><f>1=1</f><v>1</v></c>', ("TRUE", "bool")),
    "WPS picture in the cell": ('<c r="B1" t="str"><f>_xlfn.DISPIMG("ID_7",1)</f><v>=DISPIMG("ID_7",1)</v></c>',
                                ("图片", "formula")),
    "empty": ('<c r="B1" s="0"/>', ("", "")),
}


@pytest.mark.parametrize(("cell", "expected"), CELLS.values(), ids=CELLS)
def test_cell__errors_and_formulas(cell: str, expected: tuple[str, str]) -> None:
    assert cell_of(cell) == expected


CALCULATED = {
    "a number": '<f>1+1</f><v>2</v>', "an error in its words": '<f>IF(A1="",t="e",hidden="1")</f><v>2</v>',
    "Wingdings in its words": '<f>"Wingdings"</f><v>2</v>',
}


@pytest.mark.parametrize("calculated", CALCULATED.values(), ids=CALCULATED)
@pytest.mark.parametrize("kind", ['', ' t="str"'])
@pytest.mark.parametrize(("cell", "expected"), CELLS.values(), ids=CELLS)
def test_cell__among_calculated_formulas(cell: str, expected: tuple[str, str], calculated: str, kind: str) -> None:
    empty = '<c r="D1" t="str"><f>A9</f><v></v></c>'
    found = cells_of(xlsx(sheet_of(f'<c r="A1"{kind}>{calculated}</c>', cell, f'<c r="C1">{calculated}</c>', empty)))
    assert found.get("B1", ("", "")) == expected
    assert (found["A1"][0], found["C1"], "D1" in found) == ("2", ("2", "number"), False)


def test_cells__without_addresses_are_counted() -> None:
    rows = ('<row><c t="inlineStr"><is><t>甲</t></is></c><c t="e"><v>#REF!</v></c><c><f>A9</f></c></row><row/>'
            '<row><c t="inlineStr"><is><t>乙</t></is></c><c t="e"><v>#N/A</v></c></row>')
    assert cells_of(xlsx(f"<sheetData>{rows}</sheetData>")) == {
        "A1": ("甲", "text"), "B1": ("#REF!", "error"), "C1": ("=A9", "formula"), "A3": ("乙", "text"),
        "B3": ("#N/A", "error")}


RUN = '<r><rPr><rFont val="{font}"/></rPr><t xml:space="preserve">{text}</t></r>'
SYMBOLS = {
    "run in Wingdings": ("", RUN.format(font="Wingdings", text="þ") + RUN.format(font="宋体", text=" 领军企业"), 0,
                         "\uf0fe 领军企业"),
    "run in Wingdings 2": ("", RUN.format(font="Wingdings 2", text="R") + RUN.format(font="宋体", text="RD 企业"), 0,
                           "\uf052RD 企业"),
    "run whose name is written small": ("", RUN.format(font="wingdings", text="o") + "<r><t>龙头</t></r>", 0,
                                        "\uf06f龙头"),
    "several runs": ("", RUN.format(font="Wingdings", text="¨") + "<r><t>甲 </t></r>" + RUN.format(font="Wingdings",
            text="ü")
                     + "<r><t>乙</t></r>", 0, "\uf0a8甲 \uf0fc乙"),
    "run that is a symbol already": ("", RUN.format(font="Wingdings", text="\uf0fe") + "<r><t>甲</t></r>", 0,
                                     "\uf0fe甲"),
    "cell in Wingdings": ("þ", "", 1, "\uf0fe"),
    "cell in Wingdings 2": ("P", "", 2, "\uf050"),
    "cell in Wingdings with Chinese": ("R 其它", "", 2, "\uf052 其它"),
    "cell in another font": ("R", "", 0, "R"),
    "cell in a font that is not there": ("R", "", 3, "R"),
    "runs, none in Wingdings": ("", RUN.format(font="宋体", text="R") + "<r><t>D</t></r>", 0, "RD"),
}


@pytest.mark.parametrize(("text", "runs", "look", "expected"), SYMBOLS.values(), ids=SYMBOLS)
@pytest.mark.parametrize("place", ["shared", "inline"])
def test_symbol_fonts__letters_become_marks(text: str, runs: str, look: int, expected: str, place: str) -> None:
    item = runs or f"<t>{text}</t>"
    inside = "<v>1</v>" if place == "shared" else f"<is>{item}</is>"
    kind = "s" if place == "shared" else "inlineStr"
    cell = f'<c r="B1" s="{look}" t="{kind}">{inside}</c>'
    assert cell_of(cell, strings=f"<si><t>别的</t></si><si>{item}</si>", styles=FONTS) == (expected, "text")


def test_symbol_fonts__result_of_a_formula() -> None:
    cell = '<c r="B1" s="2" t="str"><f>IF(A1="甲","R","£")</f><v>R</v></c>'
    assert cell_of(cell, styles=FONTS) == ("\uf052", "text")


def test_symbol_fonts__a_number_stays_a_number() -> None:
    assert cell_of('<c r="B1" s="1"><v>1200</v></c>', styles=FONTS) == ("1200", "number")


@pytest.mark.parametrize(("text", "expected"), [("R", "\uf052"), (" þ ", " \uf0fe "), ("\uf0fe", "\uf0fe"),
                                                ("其它R", "其它\uf052"), ("", "")])
def test_as_symbols__letters_of_a_symbol_font(text: str, expected: str) -> None:
    assert as_symbols(text) == expected


def test_hidden__rows_and_columns() -> None:
    rows = "".join(f'<row r="{n}"{look}><c r="A{n}"><v>{n}</v></c></row>'
                   for n, look in ((1, ""), (2, ' hidden="1"'), (3, ' hidden="0"'), (4, ' ht="0" hidden="true"')))
    cols = ('<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="9"/><col min="16384" max="16384" '
            'hidden="1"/></cols>')
    grid = open_workbook(xlsx(f"{cols}<sheetData>{rows}</sheetData>")).grids[0]
    assert (grid.hidden_rows, grid.hidden_cols) == ({1, 3}, {1, 2})


def test_pictures__counted_by_sheet() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet, plain = book.add_worksheet("贴图"), book.add_worksheet("无图")
        for place in ("A1", "C9"):
            sheet.insert_image(place, "图.png", {"image_data": io.BytesIO(PNG)})
        plain.write("A1", "甲")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=无图!$A$1:$A$2"})
        plain.insert_chart("B2", chart)
    assert [(grid.name, grid.pictures, len(grid.cells)) for grid in open_workbook(target.getvalue()).grids] == [
        ("贴图", 2, 0), ("无图", 0, 1)]


@pytest.mark.parametrize(("value", "edition"), [("JSCXLHT-2023-1", "JSCXLHT-2023-1"), ("", "")])
def test_edition__custom_property_of_the_template(value: str, edition: str) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write("A1", "甲")
        book.set_custom_property("author", "某某")
        if value:
            book.set_custom_property("edition", value)
    assert open_workbook(target.getvalue()).edition == edition


def test_details__each_sheet_has_its_own() -> None:
    bad, good = sheet_of('<c r="A1" t="e"><v>#REF!</v></c>'), sheet_of(text_cell("A1", "甲"))
    grids = open_workbook(xlsx(good, bad, good, states=["", "hidden", "veryHidden"])).grids
    assert [(grid.name, grid.visible, grid.cells[0, 0].stored) for grid in grids] == [
        ("表1", True, "text"), ("表2", False, "error"), ("表3", False, "text")]


BOMB = ('<!DOCTYPE x [<!ENTITY a "甲甲甲甲"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row r="1">'
        '<c r="A1" t="e"><v>&b;</v></c></row></sheetData></worksheet>')


@pytest.mark.parametrize("data", [
    b"", b"PK\x03\x04", xlsx(sheet_of(text_cell("A1", "甲")))[:-30], xlsx("<sheetData><row></sheetData>"),
    xlsx(sheet_of(text_cell("A1", "甲")), parts={"xl/worksheets/sheet1.xml": BOMB}),
])
def test_details__what_cannot_be_read_is_left_out(data: bytes) -> None:
    assert all(not sheet.overrides for sheet in details_of(data, "xlsx").sheets.values())


def test_details__none_of_other_kinds() -> None:
    assert details_of(b"anything", "xlsb") == Details()


def test_workbook_part__is_found_by_its_relationship_wherever_it_lies() -> None:
    parts = xlsx_parts('<sheetData><row r="1"><c r="A1" t="e"><v>#REF!</v></c></row></sheetData>')
    moved = {name.replace("xl/workbook.xml", "xl/book2.xml").replace("xl/_rels/workbook.xml",
                                                                     "xl/_rels/book2.xml"): content
             for name, content in parts.items()}
    moved["_rels/.rels"] = relations(("rId1", "officeDocument", "xl/book2.xml"))
    assert details_of(zipped(moved), "xlsx").sheet("表1").overrides == {(0, 0): ("#REF!", "error")}
