"""The guards on a code, in the 自检 column and at entry, against `uscc.diagnose` on many codes and slips."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest

from pipeline.template import write
from pipeline.template.wording import rules_of, sentence
from schemas.form_2023 import FORM
from schemas.uscc import diagnose, is_valid
from tests.template_forms import NEEDS_LIBREOFFICE, calculate, texts_of

pytestmark = NEEDS_LIBREOFFICE

# Codes of many kinds and slips of them, each judged by `uscc.diagnose`.
_SOUND = (
    "91320100PDY00001XR",
    "12100000466007597C",
    "12320000466006762K",
    "91320100PDY000204N",
    "91320200PDY000212N",
    "52320500PDY00022XT",
    "N2320111PDY000239Q",
    "320102199003070017",
)


def _slips() -> list[str]:
    chance = random.Random(110)
    codes = list(_SOUND)
    for _ in range(240):
        code = list(chance.choice(_SOUND))
        place = chance.randrange(len(code))
        slip = chance.choice(("replace", "swap", "drop", "double", "lower", "space", "wide"))
        if slip == "replace":
            code[place] = chance.choice("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        elif slip == "swap":
            code[place - 1], code[place] = code[place], code[place - 1]
        elif slip == "drop":
            del code[place]
        elif slip == "wide":
            code[place] = chr(ord(code[place]) + 0xFEE0)
        else:
            code[place] = {
                "double": code[place] * 2,
                "lower": code[place].lower(),
                "space": code[place] + " ",
            }[slip]
        codes.append("".join(code))
    return list(dict.fromkeys(codes))


SLIPS = _slips()
TYPED = [code for code in SLIPS if code.isascii() and " " not in code] + ["境外（德国）"]
_FAULTS = {
    "length": "code_length",
    "character": "code_character",
    "checksum": "code_check_character",
    "complement": "code_complement",
    "inner": "code_inner_check",
    "personal_id": "code_is_personal_id",
}


@pytest.fixture(scope="module")
def calculated(tmp_path_factory) -> list[Path]:
    """A form with a member for each code, and a sheet with the guard at entry in a cell beside each code."""
    folder = tmp_path_factory.mktemp("codes")
    members = [{"name": f"第{place}家公司", "uscc": code} for place, code in enumerate(SLIPS)]
    write(folder / "form.xlsx", filled={"members": members})
    _write_guards(folder / "guard.xlsx", openpyxl.load_workbook(folder / "form.xlsx")[FORM.sheet])
    return calculate(folder, [folder / "form.xlsx", folder / "guard.xlsx"])


def test_selfcheck__judges_a_code_as_the_register_does(calculated):
    shown = texts_of(calculated[0])
    rules, column = rules_of(FORM)["members"], FORM.block("members").columns["uscc"]
    spoken = {name: sentence(rules[name], column) for name in _FAULTS.values()}
    heard = [
        [name for name, text in spoken.items() if text in shown.get(f"J{row}", "")]
        for row in range(14, 14 + len(SLIPS))
    ]
    faults = [diagnose(code).fault for code in SLIPS]
    assert heard == [[_FAULTS[fault]] if fault else [] for fault in faults]
    assert {fault for fault in faults if fault} >= {"length", "character", "checksum"}


def _write_guards(path: Path, form) -> None:
    area = f"D14:D{13 + len(SLIPS)}"
    guards = {str(guard.sqref): guard.formula1 for guard in form.data_validations.dataValidation}
    book = openpyxl.Workbook()
    for row, code in enumerate(TYPED, 1):
        book.active.cell(row, 1, code)
        book.active.cell(row, 2, f"=IFERROR({guards[area].replace('D14', f'A{row}')},FALSE)")
    book.save(path)


def test_guard_at_entry__lets_every_valid_code_pass_and_few_others(calculated):
    """It has room for the length and the last character only: a wrong class or division may pass."""
    sheet = openpyxl.load_workbook(calculated[1], data_only=True).active
    passed = {code: bool(sheet.cell(row, 2).value) for row, code in enumerate(TYPED, 1)}
    assert [code for code, good in passed.items() if not good and is_valid(code)] == []
    faults = {diagnose(code).fault for code, good in passed.items() if good}
    assert faults <= {"", "inner", "character", "foreign", "personal_id"}
    assert passed["境外（德国）"]
