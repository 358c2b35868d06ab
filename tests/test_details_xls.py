"""What calamine does not tell of an .xls: error cells, symbol fonts, what is hidden."""

from __future__ import annotations

import struct

import pytest
from workbooks import record, xls, xls_flag, xls_number, xls_text

from pipeline.demo import ole
from pipeline.details import Details, details_of
from pipeline.grid import address, open_workbook

ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
          0x2A: "#N/A"}


def cells_of(data: bytes) -> dict[str, tuple[str, str]]:
    return {address(cell.row, cell.col): (cell.text, cell.stored) for cell in open_workbook(data).grids[0]}


def test_cells__texts_numbers_and_truth_values() -> None:
    data = xls(xls_text(0, 0, "单位名称") + xls_number(0, 1, 62800.5) + xls_number(1, 0, 9.13e17) + xls_flag(1, 1, 1,
            error=False)
               + xls_flag(1, 2, 0, error=False))
    assert cells_of(data) == {"A1": ("单位名称", "text"), "B1": ("62800.5", "number"),
                              "A2": ("913000000000000000", "number"),
                              "B2": ("TRUE", "bool"), "C2": ("FALSE", "bool")}


@pytest.mark.parametrize(("code", "text"), ERRORS.items(), ids=ERRORS.values())
def test_error_cell__keeps_its_text(code: int, text: str) -> None:
    assert cells_of(xls(xls_text(0, 0, "甲") + xls_flag(0, 1, code, error=True))) == {"A1": ("甲", "text"),
            "B1": (text, "error")}


def test_error_cell__result_of_a_formula() -> None:
    formula = struct.pack("<3HBBBBHHHIH", 1, 1, 15, 2, 0, 0x2A, 0, 0, 0xFFFF, 0, 0, 3) + b"\x1e\x01\x00"
    assert cells_of(xls(xls_text(0, 0, "甲") + record(0x0006, formula)))["B2"] == ("#N/A", "error")


@pytest.mark.parametrize(("text", "look", "expected"), [
    ("þ", 16, "\uf0fe"), ("R", 17, "\uf052"), ("R 其它", 17, "\uf052 其它"), ("\uf0fe", 16, "\uf0fe"), ("R", 15, "R")])
def test_symbol_fonts__cell(text: str, look: int, expected: str) -> None:
    data = xls(xls_text(0, 0, "甲") + xls_text(0, 1, text, look), fonts=["Wingdings", "Wingdings 2"])
    assert cells_of(data)["B1"] == (expected, "text")


def test_symbol_fonts__runs_of_a_shared_text() -> None:
    """ "R 领军 £ 龙头" with the marks in font 6 and the words in font 0."""
    text = "R 领军 £ 龙头"
    runs = struct.pack("<H8H", 4, 0, 6, 1, 0, 5, 6, 6, 0)
    rich = struct.pack("<4HB", 0, 1, 15, len(text), 1) + text.encode("utf-16-le") + runs
    data = xls(xls_text(0, 0, "甲") + record(0x00D6, rich), fonts=["Wingdings", "Wingdings 2"])
    assert cells_of(data)["B1"] == ("\uf052 领军 \uf0a3 龙头", "text")


def test_hidden__rows_columns_and_sheets() -> None:
    rows = b"".join(record(0x0208, struct.pack("<6HI", row, 0, 5, 300, 0, 0, 0x120 if hidden else 0x100))
                    for row, hidden in ((0, False), (1, True), (2, False)))
    cols = record(0x007D, struct.pack("<6H", 1, 2, 2560, 15, 1, 0)) + record(0x007D,
            struct.pack("<6H", 3, 3, 2560, 15, 0, 0))
    body = cols + rows + b"".join(xls_text(row, col, "甲") for row in range(3) for col in range(4))
    grid = open_workbook(xls(body)).grids[0]
    assert (grid.visible, grid.hidden_rows, grid.hidden_cols) == (True, {1}, {1, 2})
    assert open_workbook(xls(body, hidden=True)).grids[0].visible is False


def test_merges__as_calamine_gives_them() -> None:
    merged = record(0x00E5, struct.pack("<5H", 1, 0, 2, 0, 1))
    assert open_workbook(xls(xls_text(0, 0, "甲") + merged)).grids[0].span(2, 1) == (0, 0, 2, 1)


@pytest.mark.parametrize("data", [
    b"", ole.container({"Workbook": b"\x09\x08\x10\x00"}), ole.container({"Workbook": bytes(64)}),
    ole.container({"X": b"x"}),
    xls(xls_text(0, 0, "甲"))[:600], xls(record(0x0204, b"\xff" * 9)),
])
def test_details__what_cannot_be_read_is_left_out(data: bytes) -> None:
    assert details_of(data, "xls") == Details()
