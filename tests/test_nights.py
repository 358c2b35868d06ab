"""The nights: when the last one was, and whether a run is owed."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipeline import nights
from pipeline.ledger import Run
from schemas.call import CHINA

DONE = "完成"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2023-09-{text}").replace(tzinfo=CHINA)


def ran(began: str, outcome: str = DONE, **counts: int) -> Run:
    return Run(began, at(began), at(began), outcome, counts)


def test_cron__of_a_time() -> None:
    assert (nights.cron("02:00"), nights.cron("23:05")) == ("0 2 * * *", "5 23 * * *")


@pytest.mark.parametrize(("now", "night"), [
    ("20 02:00", "20 02:00"), ("20 01:59", "19 02:00"), ("20 23:59", "20 02:00"),
])
def test_latest__is_at_or_before_now(now: str, night: str) -> None:
    assert nights.latest("02:00", at(now)) == at(night)


@pytest.mark.parametrize(("runs", "owed"), [
    ([], False),
    ([ran("20 02:00")], False),
    ([ran("20 08:00")], False),
    ([ran("20 01:59")], True),
    ([ran("17 02:00")], True),
    ([ran("20 02:00", "失败")], True),
    ([ran("20 02:00"), ran("20 08:00", "中断")], True),
    ([ran("20 02:00"), ran("20 08:00", "")], True),
    ([ran("20 02:00", "失败"), ran("20 08:00")], False),
], ids=["nothing ever ran", "night", "since by hand", "just before", "nights ago", "failed", "interrupted", "killed",
        "mended by hand"])
def test_owed__one_run_for_what_was_missed(runs: list[Run], owed: bool) -> None:
    assert nights.owed(runs, DONE, "02:00", at("20 09:00")) is owed


@pytest.mark.parametrize(("runs", "forms"), [
    ([], None),
    ([ran("19 02:00", forms=3), ran("19 15:00", forms=5)], 3),
    ([ran("18 02:00", forms=1), ran("18 15:00", forms=2)], 2),
    ([ran("19 15:00", forms=5)], 5),
    ([ran("19 02:00", "失败", forms=9)], None),
], ids=["none", "last night's", "before it", "only since", "failed"])
def test_counts_before__are_what_the_last_morning_told(runs: list[Run], forms: int | None) -> None:
    told = nights.counts_before(runs, DONE, "02:00", at("20 02:00"))
    assert told == (None if forms is None else {"forms": forms})
