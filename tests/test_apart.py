"""A form on which the program fails: it is told so, and costs no other form anything."""

from __future__ import annotations

import logging
from datetime import date
from functools import cache, partial

import polars as pl
import pytest

from pipeline import apart, bounded
from pipeline.bounded import Gathered
from pipeline.errors import StorageFailed
from pipeline.held import Head
from pipeline.judgings import Judgings
from pipeline.read import FormReading
from pipeline.readings import Readings
from pipeline.validate import About
from schemas import uscc
from schemas.form_2023 import FORM
from tests.drawn import form, other, readings
from tests.season import Season
from tests.test_judgings import EDITION, held

NANJING = About("南京市", date(2023, 9, 20))
# A code on which the reader of codes breaks.
ODD = "代码404"
SHEETS = (form(), form({"D15": ODD}), other({"B4": "另一个创新联合体"}), form({"B4": "", "F19": ""}), form({"G14": "甲"}))
BROKEN = 1
READ = uscc.diagnose
SAYS = "工作表“基础信息表”：系统读取这个文件时出错，不一定是文件本身的问题。"


@cache
def forms() -> tuple[FormReading, ...]:
    return tuple(reading for sheet in SHEETS for reading in readings(sheet))


def breaking(error: type[BaseException], text: str, *rest: str, on: str = ODD) -> uscc.Diagnosis:
    if on in text:
        raise error("no reading of " + text)
    return READ(text, *rest)


@pytest.fixture(params=[IndexError, pl.exceptions.ComputeError, pl.exceptions.PanicException, RecursionError])
def broken(request, monkeypatch) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, request.param))


def judge(some: list[Head | FormReading], at_a_time: int = 100, **how: bool) -> Gathered:
    return bounded.validate(FORM, some, [NANJING] * len(some), at_a_time, **how)


@pytest.mark.parametrize("at_a_time", [1, 2, 100])
def test_reader_that_breaks_on_a_value__costs_its_form_alone(broken, at_a_time) -> None:
    found = judge(list(forms()), at_a_time)
    told = found.findings.filter(submission=BROKEN).select("code", "severity", "sheet", "cell", "message")
    assert told.rows() == [("F01", "E", "基础信息表", "", SAYS)]
    assert {name: frame.filter(submission=BROKEN).height for name, frame in found.typed.items()} == {
        "consortium": 1, "members": 0, "platforms": 0, "projects": 0}
    rest = [one for place, one in enumerate(forms()) if place != BROKEN]
    alone, places = judge(rest), pl.Series([0, 2, 3, 4])
    for name, frame in [*alone.typed.items(), ("", alone.findings)]:
        mine = (found.typed | {"": found.findings})[name].filter(pl.col("submission") != BROKEN)
        assert mine.equals(frame.with_columns(submission=places.gather(frame["submission"]))), name


def test_log__names_the_place_in_the_program_and_no_value(monkeypatch, caplog) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError))
    with caplog.at_level(logging.WARNING):
        judge(list(forms()))
    (line,) = caplog.messages
    assert line.startswith("校验一份表时出错：IndexError test_apart.py:")


@pytest.mark.parametrize("error", [MemoryError, OSError, StorageFailed])
def test_fault_of_the_machine__is_no_form_s(monkeypatch, error) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, error))
    with pytest.raises(error):
        judge(list(forms()))


def test_strict__raises_what_is_raised(monkeypatch) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError))
    with pytest.raises(IndexError):
        judge(list(forms()), strict=True)


def test_program_that_breaks_on_every_form__is_said_and_not_told_to_every_bureau(monkeypatch) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError, on=""))
    with pytest.raises(RuntimeError, match="every form"):
        judge(list(forms()))
    tried = []
    monkeypatch.setattr(apart, "_ENOUGH", 4)
    monkeypatch.setattr(bounded, "_unreadable", lambda form, head, about, plain=bounded._unreadable: tried.append(
        head) or plain(form, head, about))
    with pytest.raises(RuntimeError, match="every form"):
        judge([*forms()] * 20)
    assert len(tried) == 4


def test_new_forms_that_all_break__are_told_where_others_were_judged_before(tmp_path, monkeypatch) -> None:
    kept = Readings(tmp_path / "readings", EDITION, judgings=Judgings(tmp_path / "judgings", EDITION))
    kept.prune()
    kept.judgings.prune()
    judge(held([0], kept))
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError, on=""))
    found = judge([*held([0], kept), *held([1, 2, 3])])
    assert found.findings.filter(code="F01")["submission"].to_list() == [1, 2, 3]


def test_few_forms__are_told_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError, on=""))
    assert judge(list(forms()[:2])).findings["code"].to_list() == ["F01", "F01"]


def test_form_that_cannot_be_judged__is_tried_again_every_night(tmp_path, monkeypatch) -> None:
    kept = Readings(tmp_path / "readings", EDITION, judgings=Judgings(tmp_path / "judgings", EDITION))
    kept.prune()
    kept.judgings.prune()
    first = judge(held(range(3), kept))
    (kept.judgings.file).unlink()
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError, on="91321100PDY"))
    assert judge(held(range(3), kept)).findings.filter(code="F01")["submission"].to_list() == [1]
    monkeypatch.setattr(uscc, "diagnose", READ)
    found = judge(held(range(3), kept))
    assert found.findings.equals(first.findings)


def test_night__returns_the_form_and_registers_the_others(tmp_path, monkeypatch) -> None:
    season = Season(tmp_path)
    for number in range(3):
        season.send(number)
    season.send(3, lambda filled: filled["members"][0].update(uscc=ODD))
    monkeypatch.setattr(uscc, "diagnose", partial(breaking, IndexError))
    season.night()
    assert season.table("submissions").select("status", "errors").rows() == [
        *[("accepted", 0)] * 3, ("returned", 1)]
    assert season.table("findings").filter(severity="E").select("code", "message").rows() == [("F01", SAYS)]
    assert season.table("members").height == 9
