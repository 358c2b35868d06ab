"""Codes that cannot be right, or that nobody can be sure of, with the codes that they can have been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl

from pipeline.conflicts.conflict import SUGGESTED, UNNAMED, Conflict, Evidence, conflict_of
from pipeline.conflicts.forms import READABLE, Forms
from pipeline.publish import terms
from schemas import uscc
from schemas.decision import DAMAGED, DOUBTFUL
from schemas.kinds.text import fold_name

MOST_CANDIDATES = 3
NOWHERE = "（其他表中未见，按校验规则推算）"
# The rule on codes that a number cell has cut: their text is repaired as a number is.
_NUMBER = "M06"
# It repeats a finding that the others have made, with the code found elsewhere.
_KNOWN = "X07"


class _Case(NamedTuple):
    """One text beside one name, wherever it was written, and the codes that it can have been."""

    doubtful: bool
    key: str
    value: str
    rows: list[dict]
    likely: list[str]
    elsewhere: bool


def damaged(forms: Forms) -> Iterator[Conflict]:
    """Damaged and doubtful codes: one conflict for each unit and text."""
    cases = _cases(forms)
    likely = {code for case in cases for code in case.likely}
    users: dict[str, list[dict]] = {}
    for row in forms.rows("members", READABLE & pl.col("uscc").is_in(list(likely))).iter_rows(named=True):
        users.setdefault(row["uscc"], []).append(row)
    for case in cases:
        yield _conflict(forms, case, users)


def _cases(forms: Forms) -> list[_Case]:
    groups: dict[tuple[bool, str, str], list[dict]] = {}
    for row in _faulty(forms).iter_rows(named=True):
        groups.setdefault((row["doubtful"], fold_name(row["name"]), row["value"]), []).append(row)
    known: dict[str, set[str]] = {key: set() for _, key, _ in groups if key}
    for name, code in forms.named("members", known).filter(READABLE).select("name", "uscc").iter_rows():
        known[fold_name(name)].add(code)
    return [_case(*which, rows, known.get(which[1], set())) for which, rows in sorted(groups.items())]


def _case(doubtful: bool, key: str, value: str, rows: list[dict], known: set[str]) -> _Case:
    # A code that is only doubtful is readable itself: it is no candidate for itself.
    others = known - {row["uscc"] for row in rows}
    likely = uscc.candidates(value, "number" if rows[0]["code"] == _NUMBER else "text", known=frozenset(others))
    likely = likely[:MOST_CANDIDATES]
    return _Case(doubtful, key, value, rows, likely, bool(likely) and likely[0] in others)


def _faulty(forms: Forms) -> pl.DataFrame:
    """Member rows with a finding on their code: its rule, sentence, and the text in the cell."""
    codes = {code: doubtful for doubtful, dispute in enumerate((DAMAGED, DOUBTFUL)) for code in dispute.rules
             if code != _KNOWN}
    found = forms.found.filter(pl.col("table") == "members", pl.col("code").is_in(list(codes)), pl.col("value") != "")
    doubtful = pl.col("code").replace_strict(codes, return_dtype=pl.Boolean)
    found = found.select("submission_id", "code", "value", terms.message(), seq="row", doubtful=doubtful).unique(
        ["submission_id", "seq"], keep="first", maintain_order=True)
    return found.join(forms.rows("members", found.select("submission_id", "seq")), on=["submission_id", "seq"],
                      maintain_order="left")


def _conflict(forms: Forms, case: _Case, users: Mapping[str, list[dict]]) -> Conflict:
    lines = [forms.line("members", row, "uscc", None, case.value) for row in case.rows]
    for code in case.likely:
        seen = [forms.line("members", row, "uscc", code, code) for row in users.get(code, [])]
        lines.extend(seen or [Evidence(code, code, consortium=NOWHERE)])
    known = "同名单位在其他表中有通过校验的代码。" if case.elsewhere else "" if case.likely else "推算不出可能的代码。"
    return conflict_of(
        DOUBTFUL if case.doubtful else DAMAGED, [case.key, case.value], case.likely, lines,
        mark=SUGGESTED if case.elsewhere or len(case.likely) == 1 else "",
        name=case.rows[0]["name"] or UNNAMED, code=case.value, known=known,
        fault=_fault(case.rows[0]["message"], case.value))


def _fault(message: str | None, value: str) -> str:
    """What is wrong, without the place and the code, which the list has beside it."""
    said = (message or "").partition("：")[2].rstrip("。")
    return said.removeprefix("代码").removeprefix(f"“{value}”")
