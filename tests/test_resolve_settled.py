"""`pipeline.resolve` with findings of which nothing more is asked: their state, and what they no longer count for."""

from __future__ import annotations

import pytest

from pipeline.bounded import validate
from pipeline.memory import Disposition
from pipeline.resolve import resolve
from pipeline.validate import About
from schemas.call import DEADLINE
from schemas.form_2023 import FORM
from schemas.season import SEASON_TABLES, FindingState
from tests.drawn import form
from tests.received import file, submitted

# A last character that is wrong (M08, E) and a blank duty (M28, W).
MISTAKES = {"D16": "12320000466006762J", "F17": ""}


def tables(settled: dict[str, Disposition] | None = None) -> dict:
    submissions = submitted(file("南京市/智能电网.xlsx", form(MISTAKES)))
    about = [About(one.receipt.city, one.receipt.received_at.date()) for one in submissions]
    validated = validate(FORM, [one.reading for one in submissions], about)
    return resolve(FORM, submissions, validated, DEADLINE, settled=settled)


def ids() -> dict[str, str]:
    return dict(tables()["findings"].select("code", "finding_id").iter_rows())


CASES = {
    "nothing": ((), "returned", 1, 1), "the warning": (("M28",), "returned", 1, 0),
    "the error": (("M08",), "accepted_with_warnings", 0, 1), "both": (("M08", "M28"), "accepted", 0, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_settled__counts_neither_as_error_nor_as_warning(name: str) -> None:
    codes, status, errors, warnings = CASES[name]
    known = ids()
    found = tables({known[code]: Disposition(FindingState.WAIVED, "省里豁免") for code in codes})
    row = found["submissions"].row(0, named=True)
    assert (row["status"], row["errors"], row["warnings"]) == (status, errors, warnings)
    states = dict(found["findings"].select("code", "state").iter_rows())
    assert states == {code: "waived" if code in codes else "open" for code in ("M08", "M28")}
    severities = dict(found["findings"].select("code", "severity").iter_rows())
    assert severities == {"M08": "E", "M28": "W"}


@pytest.mark.parametrize(("state", "told"), [
    (FindingState.DECIDED, True), (FindingState.WAIVED, True), (FindingState.EXPLAINED, False)])
def test_ruling__stands_where_the_mending_was_told(state: FindingState, told: bool) -> None:
    found = tables({ids()["M28"]: Disposition(state, "省里裁定：可以")})
    (suggestion,) = found["findings"].filter(code="M28")["suggestion"]
    assert (suggestion == "省里裁定：可以") is told


def test_season_tables__are_there_and_empty() -> None:
    assert {name: tables()[name].height for name in SEASON_TABLES} == dict.fromkeys(SEASON_TABLES, 0)
