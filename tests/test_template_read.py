"""The template as the run reads it: its 自检 column is no content, a blank one is no form."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest

from pipeline.checking import check
from pipeline.opening import Opened, open_file
from pipeline.read.labels import labels_of
from pipeline.read.record import FormReading, Value
from pipeline.template import write
from schemas.form_2023 import FORM
from tests.template_forms import GOOD, NEEDS_LIBREOFFICE, calculate, changed, texts_of

pytestmark = NEEDS_LIBREOFFICE


class Told(NamedTuple):
    """What is told of one blank cell at the right edge of the form."""

    code: str
    severity: str
    cells: tuple[str, ...]
    value: str
    message: str


# The last value of a row; nothing but the gap stands between it and the 自检 column.
EDGE = {
    "address": Told("B07", "W", ("F5",), "", "“通讯地址”（F5）：没有填写。"),
    "lead_scientist_title": Told("B07", "W", ("F7",), "", "“职务/职称”（F7）：没有填写。"),
    "phone": Told("B06", "E", ("F9",), "", "“联系电话”（F9）：没有填写，本栏必填。"),
}
EDGES = {name: (name,) for name in EDGE} | {"all three": tuple(EDGE)}


@pytest.fixture(scope="module")
def calculated(tmp_path_factory) -> dict[str, Path]:
    """Forms with blanks at the right edge, the good one and the blank one, as LibreOffice saves them."""
    folder = tmp_path_factory.mktemp("read")
    forms = {name: changed("consortium", 0, **dict.fromkeys(blanks)) for name, blanks in EDGES.items()}
    forms |= {"good": GOOD, "blank": None}
    files = [folder / f"{place}.xlsx" for place in range(len(forms))]
    for path, form in zip(files, forms.values(), strict=True):
        write(path, filled=form)
    return dict(zip(forms, calculate(folder, files), strict=True))


def _opened(path: Path) -> Opened:
    return open_file((labels_of(FORM), path))


def _told(path: Path) -> list[Told]:
    (file,) = check([path])
    ((_, findings),) = file.forms
    return [
        Told(found.rule.code, str(found.rule.severity), found.cells, found.value, found.message)
        for found in findings
    ]


def _records(form: FormReading, without: tuple[str, ...]) -> list[dict[str, Value]]:
    return [
        {field: value for field, value in record.items() if field not in without}
        for records in form.blocks.values()
        for record in records
    ]


@pytest.mark.parametrize("name", EDGES)
def test_check__blank_at_the_right_edge__is_all_that_is_found(name, calculated):
    rows = {f"J{EDGE[field].cells[0][1:]}" for field in EDGES[name]}
    assert set(texts_of(calculated[name])) == {"J1"} | rows
    assert sorted(_told(calculated[name])) == sorted(EDGE[field] for field in EDGES[name])


@pytest.mark.parametrize("name", EDGES)
def test_open__blank_at_the_right_edge__takes_nothing_from_beside_the_form(name, calculated):
    good, edge = _opened(calculated["good"]), _opened(calculated[name])
    (form,), (right,) = edge.forms, good.forms
    blanks = EDGES[name]
    assert {field: form.blocks["consortium"][0][field].text for field in blanks} == dict.fromkeys(blanks, "")
    assert _records(form, blanks) == _records(right, blanks)
    assert (form.spotted, edge.spotted) == ([], ())


@pytest.mark.parametrize("column", ["J", "K"])
def test_check__note_of_a_clerk_beside_the_form__is_no_value(column, calculated, tmp_path):
    book = openpyxl.load_workbook(calculated["address"], data_only=True)
    book[FORM.sheet][f"{column}5"] = "已电话核实"
    book.save(tmp_path / "表.xlsx")
    assert _told(tmp_path / "表.xlsx") == [EDGE["address"]]


def test_check__good_form__finds_nothing(calculated):
    assert _told(calculated["good"]) == []


def test_open__blank_template__is_ignored_as_blank(tmp_path, calculated):
    write(tmp_path / "基础信息表.xlsx")
    assert _opened(tmp_path / "基础信息表.xlsx") == Opened(blank=True)
    assert len(texts_of(calculated["blank"])) > 1
    assert _opened(calculated["blank"]) == Opened(blank=True)


def test_open__blank_template_with_one_value__is_a_form(tmp_path):
    write(tmp_path / "表.xlsx", filled={"consortium": {"phone": "025-83359254"}})
    assert not _opened(tmp_path / "表.xlsx").blank
