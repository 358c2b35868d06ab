"""`pipeline.bounded`: a portion at a time or all at once, the findings and what is compared are the same."""

from __future__ import annotations

import gc
from datetime import date
from functools import cache

import polars as pl
import pytest

from pipeline import bounded, held
from pipeline.bounded import Gathered
from pipeline.held import Head
from pipeline.read import FormReading
from pipeline.resolve import resolve
from pipeline.validate import About, validate
from schemas.call import DEADLINE
from schemas.form_2023 import FORM
from tests.drawn import form, other, readings
from tests.received import file, submitted

NANJING = About("南京市", date(2023, 9, 20))
# The firm of row 17 with a digit mistyped: its code stands in other forms.
DAMAGED = {"D17": "91320100PDY000203N"}
SHEETS = (form(), form(DAMAGED), form({"B4": "", "F19": ""}), other({"B4": "另一个创新联合体"}), form({"G14": "甲"}))


@cache
def forms() -> tuple[FormReading, ...]:
    return tuple(reading for sheet in SHEETS for reading in readings(sheet))


@cache
def gathered(at_a_time: int) -> Gathered:
    return bounded.validate(FORM, forms(), [NANJING] * len(forms()), at_a_time)


@pytest.mark.parametrize("at_a_time", [1, 2, 3])
def test_portions_of_any_size__the_same_findings(at_a_time: int) -> None:
    assert gathered(at_a_time).findings.equals(gathered(100).findings)


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_portions_of_any_size__the_same_columns(at_a_time: int) -> None:
    for name, frame in gathered(100).typed.items():
        assert frame.equals(gathered(at_a_time).typed[name]), name


def test_findings__those_of_all_forms_at_once() -> None:
    found = validate(FORM, forms(), [NANJING] * len(forms())).findings
    told = gathered(2).findings.select("submission", "code", "cell", "message", "suggestion")
    assert sorted(told.rows()) == sorted(
        (one.submission, one.rule.code, ",".join(one.cells), one.message, one.suggestion) for one in found)


def test_damaged_code__its_form_s_own_portion_need_not_know_the_right_one() -> None:
    (suggestion,) = gathered(1).findings.filter(submission=1, code="M08")["suggestion"]
    assert suggestion.startswith("可能应为：91320100PDY000204N")


def test_nothing_to_judge__empty_frames() -> None:
    found = bounded.validate(FORM, [], [])
    assert (found.findings.height, {frame.height for frame in found.typed.values()}) == (0, {0})


def test_unpacked_at_once__never_more_than_a_portion(monkeypatch) -> None:
    """What is parsed of a form is let go with its portion, however many forms there are."""
    open_ = []

    def tables(head: Head) -> dict:
        open_.append(head)
        return held.tables(head.file.bytes())[head.place]

    monkeypatch.setattr(Head, "tables", tables)
    seen = []
    monkeypatch.setattr(bounded, "frames_of", lambda form, tables, about: seen.append(len(tables)) or FRAMES(
        form, tables, about))
    bounded.validate(FORM, forms(), [NANJING] * len(forms()), 2)
    assert seen == [2, 2, 1]
    # Once each, and once more the one form with a finding that waits for the others.
    assert len(open_) == len(forms()) + 1


FRAMES = bounded.frames_of


def test_across_forms__worded_from_the_forms_concerned_alone(monkeypatch) -> None:
    submissions = submitted(
        file("南京市/a.xlsx", form()), file("苏州市/b.xlsx", other()),
        file("无锡市/c.xlsx", other({"B4": "无锡市创新联合体", "B6": "无锡某某有限公司", "C14": "无锡某某有限公司",
                                  "D14": "91320200PDY000730Y", "C15": "南京某某半导体公司", "D15": "91320100PDY000204N"})))
    heads = [one.head for one in submissions]
    found = bounded.validate(FORM, heads, [NANJING] * 3)
    unpacked = []
    plain = Head.tables
    monkeypatch.setattr(Head, "tables", lambda head: unpacked.append(heads.index(head)) or plain(head))
    tables = resolve(FORM, submissions, found, DEADLINE)
    across = tables["findings"].filter(pl.col("code").is_in(["X02"]))
    assert across.select("file", "cell", "value").rows() == [
        ("南京市/a.xlsx", "C17", "南京某某半导体有限公司"), ("无锡市/c.xlsx", "C15", "南京某某半导体公司")]
    assert set(unpacked) >= {0, 2}


def test_uncollected__collects_again_after_a_failure():
    with pytest.raises(ValueError, match="damaged"), bounded._uncollected():
        assert not gc.isenabled()
        raise ValueError("damaged")
    assert gc.isenabled()
