"""`pipeline.ahead`: forms judged while others are read count as judged, and whatever fails there is judged later."""

from __future__ import annotations

import os
import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from pipeline import bounded
from pipeline.ahead import Ahead
from pipeline.held import InStore
from pipeline.readings import Readings
from pipeline.submissions import FileReading
from pipeline.validate import About
from schemas.call import DEADLINE
from tests.judged_forms import EDITION, SHEETS, file_of, held, judge, same, store_in
from tests.received import receipt

ABOUT = About.of(receipt("南京市/a.xlsx"), DEADLINE)


@pytest.fixture
def store(tmp_path: Path) -> Readings:
    return store_in(tmp_path)


@pytest.fixture(autouse=True)
def two_at_a_time(monkeypatch) -> None:
    monkeypatch.setattr(bounded, "FORMS_AT_A_TIME", 2)


@pytest.fixture
def judged(monkeypatch) -> list[int]:
    """How many forms are judged, portion by portion."""
    seen: list[int] = []
    part = bounded.judged_part
    monkeypatch.setattr(bounded, "judged_part", lambda form, heads, about: seen.append(len(heads)) or part(
        form, heads, about))
    return seen


def file(numbers: list[int], store: Readings | None) -> FileReading:
    heads = file_of(numbers, store)
    stored = heads[0].file
    return FileReading(stored.receipt if isinstance(stored, InStore) else receipt("南京市/a.xlsx"), heads)


def read(store: Readings, *files: list[int], stored: bool = True) -> None:
    """As the stage of reading does, file after file."""
    with Ahead(store, DEADLINE) as ahead:
        for numbers in files:
            reading = file(numbers, store if stored else None)
            assert ahead.seen([reading]) == [reading]


def of_them(numbers: list[int], store: Readings | None = None) -> bounded.Gathered:
    return judge(held(numbers, store), [ABOUT] * len(numbers))


def told(caplog) -> list[str]:
    """What was told, without the number of the line in which the error was raised."""
    return [re.sub(r":\d+）", "）", record.getMessage()) for record in caplog.records]


def test_judged_ahead__only_the_rest_is_judged_then(store, judged) -> None:
    read(store, [0], [1], [2], [3], [4])
    assert judged == [2, 2]
    found = of_them([0, 1, 2, 3, 4], store)
    assert judged == [2, 2, 1]
    assert same(found, of_them([0, 1, 2, 3, 4]))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_read__it_is_as_if_all_were_judged_at_once(store, seed) -> None:
    """Some of what was read does not count, some comes twice, some was not read here, and all in another order."""
    drawn = random.Random(seed)
    read(store, *([number] for number in drawn.choices(range(len(SHEETS)), k=7)))
    numbers = drawn.choices(range(len(SHEETS)), k=6)
    assert same(of_them(numbers, store), of_them(numbers))
    # What was kept is whole, too.
    assert same(of_them(numbers, store), of_them(numbers))


def test_forms_of_one_file__are_told_apart(store, judged) -> None:
    read(store, [0, 1])
    heads = file_of([0, 1], store)
    assert same(judge(heads[::-1], [ABOUT] * 2), of_them([1, 0]))
    assert judged == [2, 2]


def test_other_city_or_day__is_judged_as_it_counts(store, judged) -> None:
    read(store, [0], [1])
    about = [ABOUT, About("苏州市", ABOUT.received)]
    assert same(judge(held([0, 1], store), about), judge(held([0, 1]), about))
    assert judged == [2, 1, 2]


def test_other_deadline__is_judged_as_it_counts(store, judged) -> None:
    read(store, [0], [1])
    about = [ABOUT, replace(ABOUT, due=ABOUT.due + timedelta(10))]
    assert same(judge(held([0, 1], store), about), judge(held([0, 1]), about))
    assert judged == [2, 1, 2]


def test_second_question__has_nothing_ahead(store) -> None:
    read(store, [0], [1])
    assert len(store.judged_ahead.taken()) == 1
    assert store.judged_ahead.taken() == []


def test_earlier_night_was_kept__nothing_is_judged_ahead(store, judged) -> None:
    of_them([0], store)
    read(store, [1], [2], [3])
    assert judged == [1] and store.judged_ahead.taken() == []


def test_earlier_night_was_kept_unseen__what_is_new_is_judged_and_kept(store, judged, monkeypatch) -> None:
    of_them([0], store)
    with monkeypatch.context() as patch:
        patch.setattr(os.path, "exists", lambda _: False)
        read(store, [1], [2])
    found = of_them([0, 1, 2], store)
    assert judged == [1, 2, 2]
    assert same(found, of_them([0, 1, 2]))
    del judged[:]
    assert same(of_them([0, 1, 2], store), found)
    assert judged == []


def test_form_that_is_not_stored__waits(store, judged) -> None:
    read(store, [0], [1], [2], stored=False)
    assert judged == []


@pytest.mark.parametrize("fault", [ValueError, MemoryError, OSError, pl.exceptions.PanicException])
def test_judging_fails__is_left_to_the_stage(store, judged, monkeypatch, caplog, fault) -> None:
    part, faults = bounded.judged_part, [fault]

    def broken_at_first(*arguments):
        if faults:
            raise faults.pop()("甲")
        return part(*arguments)

    monkeypatch.setattr(bounded, "judged_part", broken_at_first)
    read(store, [0], [1], [2], [3])
    assert told(caplog) == [f"有一批表没有提前校验（{fault.__name__} test_ahead.py），留到校验时"]
    assert judged == [2]
    found = of_them([0, 1, 2, 3], store)
    assert judged == [2, 2]
    assert same(found, of_them([0, 1, 2, 3]))


def test_forms_cannot_be_named__is_told_and_left(store, judged, monkeypatch, caplog) -> None:
    monkeypatch.setattr("pipeline.kept.name_of", lambda *_: 1 / 0)
    read(store, [0], [1])
    assert told(caplog) == ["有一批表没有提前校验（ZeroDivisionError test_ahead.py），留到校验时"] * 2
    assert judged == []


def test_no_thread_left__is_told_and_left(store, judged, monkeypatch, caplog) -> None:
    def refused(*_) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr("threading.Thread.start", refused)
        read(store, [0], [1])
    assert told(caplog) == ["有一批表没有提前校验（RuntimeError test_ahead.py），留到校验时"] * 2
    assert judged == []


def test_folder_that_cannot_be_looked_into__does_not_end_the_run(store, judged, monkeypatch) -> None:
    def refused(*_, **__) -> None:
        raise PermissionError(13, "Permission denied")

    ahead = Ahead(store, DEADLINE)
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", refused)
        ahead.__enter__()
    ahead.seen([file([0], store), file([1], store)])
    ahead.__exit__(None)
    assert judged == [2]


def test_reading_fails__the_run_ends_as_without(store, judged) -> None:
    with pytest.raises(KeyError, match="share"), Ahead(store, DEADLINE) as ahead:
        ahead.seen([file([0], store)])
        raise KeyError("share")
    assert judged == []


def test_without_a_store__nothing_happens(judged, tmp_path) -> None:
    with Ahead(Readings(tmp_path, EDITION), DEADLINE) as ahead:
        assert ahead.seen(readings := [file([0], None), file([1], None)]) is readings
    assert judged == []
