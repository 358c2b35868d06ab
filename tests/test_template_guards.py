"""What the cells of the template allow and say at entry, and what its formulas are made of."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import pytest

from pipeline import drop_down
from pipeline.template import dialogue, formulas
from schemas import uscc
from schemas.form_2023 import FORM
from schemas.form_2023.names import SAID_TO_BE_ABROAD, WORDS_FOR_ABROAD
from schemas.uscc import code, privacy
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


def test_words_instead_of_a_code__are_those_the_register_takes_for_none() -> None:
    known = {uscc.diagnose(word).fault for word in formulas.NO_CODE}
    assert known == {"blank", "foreign"} and {"不适用", "没有", "N/A", "/"} <= set(formulas.NO_CODE)
    assert not {"空", "未填"} & set(formulas.NO_CODE)


def test_formulas__take_words_and_weights_from_where_they_are_declared() -> None:
    assert formulas.ABROAD is WORDS_FOR_ABROAD and SAID_TO_BE_ABROAD == "|".join(WORDS_FOR_ABROAD)
    for weights, where in ((code.OUTER_WEIGHTS, formulas.outer_holds), (code.INNER_WEIGHTS, formulas.inner_holds),
                           (privacy.IDENTITY_WEIGHTS, formulas.is_personal_id)):
        assert ",".join(map(str, weights)) in where("A1")


@pytest.mark.parametrize("words", [["长" * 127, "长" * 128], ["\U00020bb7" * 128], ["一个,两个"]],
                         ids=["long", "of two units each", "comma"])
def test_list_that_excel_would_not_keep__is_not_made(words):
    with pytest.raises(ValueError, match="drop-down"):
        drop_down.entries(words)
    with pytest.raises(ValueError, match="drop-down"):
        dialogue._listed(replace(FORM.block("consortium").columns["industry"], choices=tuple(words)), "B5")


def test_list_of_just_so_many_characters__is_made():
    assert drop_down.entries(("长" * 127, "长" * 127)) == ["长" * 127, "长" * 127]
