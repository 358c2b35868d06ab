"""`pipeline.compared`: what is told of names without a form being unpacked is what is told of the unpacked form."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pytest

from pipeline import bounded, compared
from pipeline.bounded import Gathered
from pipeline.read import FormReading
from pipeline.validate import About
from schemas.form_2023 import FORM
from tests.drawn import form, other, readings

NANJING = About("南京市", date(2023, 9, 20))
FIRM, CODE = "南京某某半导体有限公司", "91320100PDY000204N"
# One firm under one code, its name typed as clerks type it: in columns, in wide brackets, with a number of a person.
SPELLED = (
    FIRM, "南京某某\n半导体有限公司", "  南京某某　半导体（集团）有限公司 ", "南京某某半导体(集团)有限公司",
    "南京某某半导体有限公司 320199199003070059", "", "无", "南京某某半导体有限公司" + "分" * 60,
)


@cache
def forms(spelled: tuple[str, ...] = SPELLED) -> tuple[FormReading, ...]:
    """One form for each spelling; every other has the firm in another row."""
    sheets = [form({"B4": f"第{place}创新联合体", "C17": name}) if place % 2 else
              other({"B4": f"第{place}创新联合体", "C15": name, "D15": CODE}) for place, name in enumerate(spelled)]
    return tuple(reading for sheet in sheets for reading in readings(sheet))


@cache
def judged() -> Gathered:
    return bounded.validate(FORM, forms(), [NANJING] * len(forms()), 3)


def found(gathered: Gathered) -> pl.DataFrame:
    return compared.found_across(FORM, gathered.typed, gathered.heads)


def test_told_at_once__as_row_by_row(monkeypatch) -> None:
    at_once = found(judged())
    monkeypatch.setattr(compared, "_simple", lambda *_: False)
    row_by_row = found(judged())
    assert at_once.equals(row_by_row)
    assert at_once.schema == row_by_row.schema
    assert {"X02", "X06"} <= set(at_once["code"])
    # The name as it was written is shown, but for the person's number, and at its own cell.
    shown = at_once.filter(code="X02")
    assert {"南京某某 半导体有限公司", "南京某某半导体有限公司 320***********59"} <= set(shown["value"])
    assert set(shown["cell"]) == {"C15", "C17"}


def test_what_is_told_at_once__unpacks_no_form(monkeypatch) -> None:
    unpacked_for = set()

    def told(block, model, failed, *others) -> pl.DataFrame:
        unpacked_for.update(check.partition("/")[0] for check in failed["check"])
        return bounded.told(block, model, failed, *others)

    monkeypatch.setattr(compared, "told", told)
    codes = set(found(judged())["code"])
    assert codes - unpacked_for == {"X02", "X06"}
    assert unpacked_for <= codes


@pytest.mark.parametrize(("says", "simple"), [
    ("“{name}”有 {consortia_of_code} 个", True), ("“{value}”，{label}", True), ("{revenue_wan} 万元", False),
    ("{consortia_of_code:03d}", False), ("{stored}", False), ("{of_another_form}", False),
])
def test_rule_on_names__told_at_once_if_all_it_says_is_held(says: str, simple: bool) -> None:
    rule = compared.Rule("X99", "W", says, "", ("name",), "")
    schema = pl.Schema({"name": pl.String, "consortia_of_code": pl.UInt32, "revenue_wan": pl.Float64})
    assert compared._simple(FORM.block("members"), rule, schema) is simple
    assert not compared._simple(FORM.block("platforms"), rule, schema)


def test_judged_in_portions__the_same_in_the_same_order(monkeypatch) -> None:
    at_once = found(judged())
    monkeypatch.setattr(compared, "_ROWS_AT_A_TIME", 3)
    assert found(judged()).equals(at_once)
    assert at_once.height > 3
