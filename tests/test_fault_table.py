"""The table of fault cases: complete, of tests that exist, and the page in docs/ as it says."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.faults import cases
from tests.faults.case_list import CASES
from tests.faults.promise_list import PROMISES

TESTS = Path(__file__).parent


@cache
def functions(file: str) -> frozenset[str]:
    """The test functions in tests/`file`.py."""
    place = TESTS / f"{file}.py"
    body = ast.parse(place.read_text("utf-8")).body if place.is_file() else []
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def test_cases__are_all_there_once_and_in_order() -> None:
    assert [case.number for case in CASES] == list(range(1, 101))
    assert sorted({case.group for case in CASES}) == sorted(cases.GROUPS)
    assert [case.group for case in CASES] == sorted(case.group for case in CASES)
    assert [promise.number for promise in PROMISES] == list(range(1, 15))


@pytest.mark.parametrize("one", [*CASES, *PROMISES], ids=lambda one: f"{type(one).__name__} {one.number}")
def test_named_tests__exist_and_there_is_one_or_a_reason(one: cases.Case | cases.Promise) -> None:
    assert one.tests or one.why_not
    missing = [test for test in one.tests if test.partition("::")[2] not in functions(test.partition("::")[0])]
    assert missing == []


def test_page__is_what_the_lists_say() -> None:
    assert cases.PAGE.read_text("utf-8") == cases.page()


def test_page__has_no_bar_that_would_make_a_column() -> None:
    rows = [line for line in cases.page().splitlines() if line.startswith("| ")]
    assert {line.count("|") for line in rows} == {5}
