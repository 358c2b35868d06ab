"""Pandera is asked only what polars has seen some row not keep, and finds what it finds when it is asked everything."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandera.polars as pa
import polars as pl
import pytest

from pipeline.failures import _as_declared, _unkept, failures
from pipeline.validate import About, validate
from schemas.column import NOTE
from schemas.form_2023 import FORM
from schemas.rule import conditions, judged
from tests.drawn import form, readings

_ABOUT = About("南京市", date(2023, 9, 20))
_NOTES = ("", "blank", "placeholder", "void", "absent", "error", "formula", "hint", "unreadable", "length", "character",
          "number", "checksum", "complement", "inner", "foreign", "personal_id", "several", "unlisted", "converted",
          "ambiguous", "year_only")
_TEXTS = (None, "", "南京市", "创新联合体", "市级", "其它", "技术创新中心", "没有代码", "开发区", "未知",
          "913200000000000000", "12100000466007597C")
_NUMBERS = (None, -1, 0, 1, 2, 3, 450, 520, 100_000, 20_000_000)
_MONTHS = (None, "1985-03", "2015-12", "2020-01", "2022-06", "2023-09", "2031-10")
_DAYS = (None, date(2020, 1, 1), date(2023, 7, 1), date(2023, 9, 20), date(2030, 1, 1))
_DRAWN = {pl.Boolean: (None, True, False), pl.Date: _DAYS, pl.UInt32: _NUMBERS[2:], pl.String: _TEXTS}


def right() -> dict[str, pl.DataFrame]:
    """The typed frames of a form without a fault."""
    return validate(FORM, readings(form()), [_ABOUT]).typed


def drawn(frame: pl.DataFrame, rng: random.Random) -> pl.DataFrame:
    """Some rows of a frame of these columns, in each of which some values are right and others are any."""
    rows = [rng.randrange(frame.height) for _ in range(rng.randint(1, 6))]
    columns = []
    for column in frame[rows].iter_columns():
        any_ = _NOTES if column.name.endswith(NOTE) else _DRAWN.get(column.dtype.base_type(), _NUMBERS)
        any_ = _MONTHS if column.name in ("period_start", "period_end", "established") else any_
        if column.name not in ("submission", "seq") and not column.dtype.is_nested():
            values = [rng.choice(any_) if rng.random() < 0.3 else value for value in column]
            column = pl.Series(column.name, values, column.dtype)
        columns.append(column)
    return pl.DataFrame(columns)


def asked_all(model: type[pa.DataFrameModel], frame: pl.DataFrame) -> Iterator[tuple[int, int, str, str]]:
    """Of each failure row, the rule's place, its name and the column, by pandera alone."""
    order = list(judged(model))
    try:
        model.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for check, column, row in errors.failure_cases.select("check", "column", "index").iter_rows():
            yield row, order.index(check), check, column


@pytest.mark.parametrize("block", FORM.blocks, ids=lambda block: block.name)
def test_any_frame__the_failures_that_pandera_finds_when_asked_all(block) -> None:
    rng, frame, seen = random.Random(block.name), right()[block.name], set()
    for _ in range(25):
        spoilt = drawn(frame, rng)
        found = failures(block.model, spoilt).rows()
        assert found == [(check, column, row) for row, _, check, column in sorted(set(asked_all(block.model, spoilt)))]
        seen |= {check for check, _, _ in found}
    # Most rules were broken somewhere, or little was compared.
    assert len(seen) >= 0.7 * len(judged(block.model))


@pytest.mark.parametrize("block", FORM.blocks, ids=lambda block: block.name)
def test_conditions__of_every_check_of_the_schema(block) -> None:
    schema = block.model.to_schema()
    checks = {(check.name, "") for check in schema.checks} | {
        (check.name, name) for name, column in schema.columns.items() for check in column.checks}
    assert conditions(block.model).keys() == checks and len(checks) >= 10


def test_unkept__nothing_of_a_right_form_and_of_another_the_rule_alone() -> None:
    members = right()["members"]
    model = FORM.block("members").model
    kept = _unkept(model, members)
    assert (kept.columns, kept.checks, kept.name) == ({}, [], "Members")
    spoilt = members.with_columns(pl.lit("converted").alias("revenue_wan" + NOTE),
                                  pl.lit("checksum").alias("uscc" + NOTE))
    asked = _unkept(model, spoilt)
    assert {name: [check.name for check in column.checks] for name, column in asked.columns.items()} == {
        "revenue_wan": ["M27/I 金额已换算为万元"]}
    assert [check.name for check in asked.checks] == ["M08/E 代码末位校验不通过"]


def test_unkept__pandera_makes_records_of_no_more_columns_than_take_part(monkeypatch) -> None:
    model, shown, validate = FORM.block("members").model, [], pa.DataFrameSchema.validate
    monkeypatch.setattr(pa.DataFrameSchema, "validate", lambda schema, frame, *how, **named: (
        shown.append(frame.lazy().collect_schema().names()), validate(schema, frame, *how, **named))[1])
    assert {check for check, *_ in failures(model, spoilt()).rows()} == {"M27/I 金额已换算为万元", "M08/E 代码末位校验不通过"}
    assert "uscc" + NOTE in shown[-1] and len(shown[-1]) < 5


def test_frame_of_the_same_columns__pandera_is_asked_once_whether_they_are_the_models(monkeypatch) -> None:
    model, members, asked = FORM.block("members").model, right()["members"], []
    _as_declared.cache_clear()
    validate = model.validate
    monkeypatch.setattr(model, "validate", lambda *how, **named: (asked.append(1), validate(*how, **named)))
    for frame in (members, spoilt(), members.with_columns(another=pl.lit(1)), members.head(1)):
        failures(model, frame)
    assert len(asked) == 2
    for _ in range(2):
        with pytest.raises(TypeError, match="Members"):
            failures(model, members.cast({"revenue_wan": str}))
    assert len(asked) == 4


@pytest.mark.parametrize(("name", "spoilt", "told"), [
    ("revenue_wan", pl.col("revenue_wan").cast(pl.String), "dtype('Float64')"),
    ("seq", pl.lit(None, pl.Int64).alias("seq"), "not_nullable"),
])
def test_frame_unlike_its_model__a_broken_run_not_a_finding(name: str, spoilt: pl.Expr, told: str) -> None:
    members = right()["members"].with_columns(spoilt)
    with pytest.raises(TypeError, match="Members") as raised:
        failures(FORM.block("members").model, members)
    assert str(raised.value).endswith(f"its model Members declares: {[told]}")


def spoilt() -> pl.DataFrame:
    """Members of which one rule on a cell and one on rows are broken."""
    return right()["members"].with_columns(
        pl.lit("converted").alias("revenue_wan" + NOTE), pl.lit("checksum").alias("uscc" + NOTE))


SPOILT = """
from pipeline.failures import failures
from schemas.form_2023 import FORM
from tests.test_failures import spoilt

print(failures(FORM.block("members").model, spoilt()).rows())
try:
    failures(FORM.block("members").model, spoilt().cast({"revenue_wan": str}))
except TypeError:
    print("TypeError")
"""


@pytest.mark.parametrize("given", [{}, {"PANDERA_VALIDATION_ENABLED": "False"},
                                   {"PANDERA_VALIDATION_DEPTH": "DATA_ONLY"},
                                   {"PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}])
def test_environment__cannot_switch_rules_off(given: dict[str, str]) -> None:
    found = failures(FORM.block("members").model, spoilt()).rows()
    assert {check for check, *_ in found} == {"M27/I 金额已换算为万元", "M08/E 代码末位校验不通过"}
    root = Path(__file__).parent.parent
    told = subprocess.run([sys.executable, "-X", "utf8", "-c", SPOILT], cwd=root, capture_output=True, check=True,
                          encoding="utf-8",
                          env=os.environ | given | {"PYTHONPATH": f"{root}{os.pathsep}{root / 'tests'}"})
    assert told.stdout.splitlines() == [str(found), "TypeError"]


def test_silence_of_pandera__of_a_broken_rule_is_no_verdict(monkeypatch) -> None:
    monkeypatch.setattr(pa.DataFrameSchema, "validate", lambda _, frame, *how, **named: frame)
    model = FORM.block("members").model
    assert failures(model, right()["members"]).rows() == []
    with pytest.raises(RuntimeError, match="Members"):
        failures(model, spoilt())
