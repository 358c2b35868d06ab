"""What the cells of the template allow and say at entry, and what its formulas are made of."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from schemas.form_2023 import FORM
from tests.template_forms import GOOD, MEMBERS, bytes_of

# What Excel 2010, WPS and LibreOffice all have; nothing of it is newer than Excel 2007.
FUNCTIONS = {
    "AND",
    "ASC",
    "CHAR",
    "CLEAN",
    "COUNT",
    "COUNTA",
    "FIND",
    "IF",
    "IFERROR",
    "INDIRECT",
    "INT",
    "ISNUMBER",
    "LEFT",
    "LEN",
    "MID",
    "MOD",
    "NOT",
    "OR",
    "RIGHT",
    "ROW",
    "ROWS",
    "SUBSTITUTE",
    "SUMPRODUCT",
    "TRIM",
    "UPPER",
    "VALUE",
}


@pytest.fixture(scope="module")
def sheet():
    return openpyxl.load_workbook(io.BytesIO(bytes_of()))[FORM.sheet]


def _formulas(sheet) -> list[str]:
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    guards = [guard.formula1 for guard in sheet.data_validations.dataValidation if guard.type == "custom"]
    return cells + guards


def _functions(formula: str) -> set[str]:
    return set(re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', '""', formula)))


def test_number_formats__keep_codes_as_text(sheet):
    formats = {
        cell: sheet[cell].number_format
        for cell in ("D14", "D25", "F9", "H31", "F37", "B28", "G14", "B26", "E14")
    }
    assert formats == {
        "D14": "@",
        "D25": "@",
        "F9": "@",
        "H31": "@",
        "F37": "@",
        "B28": "0",
        "G14": "#,##0.00",
        "B26": "General",
        "E14": "General",
    }


def test_guards__say_what_to_fill_in_and_stop_only_what_has_no_exception(sheet):
    guards = {str(guard.sqref): guard for guard in sheet.data_validations.dataValidation}
    answers = {area: (guard.type, guard.errorStyle or "stop") for area, guard in guards.items() if guard.type}
    assert answers == {
        "B5:D5": ("list", "warning"),
        "B26:H26": ("custom", "warning"),
        "B28:C28": ("whole", "stop"),
        "F28:G28": ("whole", "stop"),
        "B29:C29": ("whole", "stop"),
        "F29:G29": ("whole", "stop"),
        "D14:D25": ("custom", "warning"),
        "G14:G25": ("decimal", "warning"),
        "H14:H25": ("decimal", "warning"),
        "D31:D35": ("list", "warning"),
        "E31:E35": ("list", "stop"),
        "D37:D41": ("list", "warning"),
        "E37:E41": ("list", "stop"),
    }
    assert guards["E31:E35"].formula1 == '"国家级,省级"'
    assert guards["E31:E35"].error == "平台级别不是国家级或省级。请填“国家级”或“省级”；市级平台请从本表删去。"
    assert guards["D14:D25"].error == (
        "代码不足或超过 18 位，或代码里有不会出现的字符，或代码末位校验不通过。"
        "请对照营业执照（法人证书）改正；证照确系此号的，请上传证照并注明。"
    )
    assert (
        guards["B8:H8"].prompt
        == "五类中勾选一类（把□改为☑）；勾选“其它”的请注明具体类型。例：☑ 创新型领军企业"
    )


def test_guards__stay_within_what_excel_takes(sheet):
    for guard in sheet.data_validations.dataValidation:
        assert len(guard.formula1 or "") <= 255 and "{" not in (guard.formula1 or "")
        assert len(guard.promptTitle) <= 32 and len(guard.prompt) <= 255
        assert len(guard.errorTitle or "") <= 32 and len(guard.error or "") <= 255


def test_formulas__use_functions_that_every_program_has(sheet):
    assert set().union(*map(_functions, _formulas(sheet))) == FUNCTIONS


def test_formulas__stay_within_what_excel_takes():
    rows = [MEMBERS[0]] * 999
    grown = openpyxl.load_workbook(io.BytesIO(bytes_of({**GOOD, "members": rows})))[FORM.sheet]
    formulas = _formulas(grown)
    assert max(map(len, formulas)) <= 8192
    assert max(len(text) for formula in formulas for text in re.findall(r'"([^"]*)"', formula)) <= 255
