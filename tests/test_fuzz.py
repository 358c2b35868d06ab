"""The short forms of the fuzzing runs, whose long forms are `python -m tests.faults parts` and `text`."""

from __future__ import annotations

import random

import pytest

from tests.faults import fuzz_text, parts
from tests.faults.mutation import mutated
from tests.returned_forms import changed


@pytest.mark.slow
def test_mutated_parts__every_workbook_is_answered_and_handed_back_whole() -> None:
    played = parts.play([(number, parts.mutant(0, number)) for number in range(100)])
    assert [(one.number, one.what) for one in played.wrong] == []
    assert sum(played.answers.values()) == 100 and played.answers["form"] > 50


def test_mutants__are_the_same_for_a_seed_and_seldom_the_original() -> None:
    assert parts.mutant(1, 7) == parts.mutant(1, 7) != parts.mutant(2, 7)
    made = [parts.mutant(3, number) for number in range(40)]
    assert sum(data in parts.originals() for data in made) < 8


def test_formula_that_was_added__is_found() -> None:
    original = parts.originals()[1]
    spoilt = changed(original, {r"xl/worksheets/sheet1\.xml": lambda part: part.replace(b"</c>", b"<f>1+1</f></c>", 1)})
    assert parts.unsound(original, spoilt) == "answer: formulas that the original does not have"
    assert parts.unsound(spoilt, spoilt) == ""


@pytest.mark.parametrize("target", fuzz_text.TARGETS)
def test_own_parsers__take_anything(target: str) -> None:
    number, wrong = fuzz_text.by_chance(target, 1.0, seed=20230928)
    assert (wrong, number > 5) == ([], True)


def test_broken_promise__is_told(monkeypatch) -> None:
    def slow_to_refuse(data: bytes) -> None:
        raise ValueError("x")

    monkeypatch.setattr(fuzz_text, "TARGETS", {"t": slow_to_refuse})
    number, wrong = fuzz_text.by_chance("t", 5, seed=1)
    assert (number, {told.partition(" (")[0] for _, told in wrong}) == (5, {"ValueError: x"})


def test_xls__keeps_its_container_when_records_change() -> None:
    original = next(data for data in parts.originals() if data[:2] == b"\xd0\xcf")
    made = {mutated(original, random.Random(seed))[:8] for seed in range(20)}
    assert made == {original[:8]}
