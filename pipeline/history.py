"""Findings over time: what is new in a round, still open, mended, back again; and what changed since the round before.

A finding is the same one while rule, record and field are the same, and whose form it is: its number says so. The
history after a round is a function of the history before it and of the round, so that a round repeated is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import NamedTuple

import polars as pl

from pipeline.memory import Memory, Past, Round
from schemas.register import Status, polars_schema
from schemas.rule import Severity
from schemas.season import SETTLED, FindingState

# How a suggestion begins that repeats what the bureau has explained.
EXPLAINED = "本市已说明："
_SETTLED = frozenset(map(str, SETTLED))
_ADDRESSES = r"（[A-Z]{1,3}\d{1,7}(、[A-Z]{1,3}\d{1,7})*）"
_FIELDS = tuple(Past.__dataclass_fields__)


class Since(NamedTuple):
    """What became of the E and W findings of a city in a round; those mended are no longer in `findings`."""

    new: int = 0
    back: int = 0
    open: int = 0
    mended: int = 0
    explained: int = 0
    waived: int = 0
    decided: int = 0

    @property
    def standing(self) -> int:
        """How many are still to be mended or explained."""
        return self.new + self.back + self.open


def advance(tables: Mapping[str, pl.DataFrame], memory: Memory, round_: Round) -> dict[str, pl.DataFrame]:
    """The tables, `findings` with the state of each in this round and `finding_history` with all that ever were."""
    findings, forms = tables["findings"], tables["submissions"]
    told = findings.with_columns(said=_said()).join(
        forms.select("submission_id", "consortium_id", "consortium_name").unique("submission_id", keep="first"),
        on="submission_id", how="left", maintain_order="left")
    known = dict(memory.findings)
    for row in told.select("finding_id", "city", "consortium_id", "consortium_name", "code", "severity", "state",
                           "said").iter_rows():
        known[row[0]] = _seen(known.get(row[0]), row, round_)
    seen, followed = set(told["finding_id"]), _followed(forms)
    pasts = [past if past.finding_id in seen else _unseen(past, round_, followed) for past in known.values()]
    states = [str(known[number].state) for number in told["finding_id"]]
    return {**tables, "findings": findings.with_columns(state=pl.Series(states, dtype=pl.String)),
            "finding_history": _table(pasts)}


def _said() -> pl.Expr:
    """What is remembered of a finding: the words that settle it, else what is wrong."""
    return pl.when(pl.col("state").is_in(_SETTLED)).then(pl.col("suggestion").str.strip_prefix(EXPLAINED)).otherwise(
        pl.col("message").str.replace(_ADDRESSES, ""))


def _seen(past: Past | None, row: tuple, round_: Round) -> Past:
    number, city, consortium_id, name, code, severity, state, said = row
    first, at, back = round_.number, round_.began_at, None
    if past is not None:
        first, at, back = past.first_round, past.first_at, past.back_round
        if past.mended_round is not None and past.mended_round < round_.number:
            back = round_.number
    if state not in _SETTLED:
        state = (FindingState.NEW if first == round_.number else
                 FindingState.BACK if back == round_.number else FindingState.OPEN)
    return Past(number, city, consortium_id, name, code, severity, first, round_.number, at, round_.began_at, None,
                back, str(state), said or "")


def _followed(forms: pl.DataFrame) -> set[str]:
    """The consortia with a form that counts, or with one that a readable file has taken the place of.

    Of the others the form was withdrawn, or a file that nobody can read lies in its place: nothing was mended by that.
    """
    unreadable = forms.filter(status=str(Status.UNREADABLE))["file"].to_list()
    counted = ~pl.col("status").is_in([str(Status.SUPERSEDED), str(Status.IGNORED)])
    replaced = (pl.col("status") == str(Status.SUPERSEDED)) & ~pl.col("file").is_in(unreadable)
    return set(forms.filter(counted | replaced)["consortium_id"].drop_nulls())


def _unseen(past: Past, round_: Round, followed: Collection[str]) -> Past:
    """Mended, if its form has been followed by one without it."""
    if past.mended_round is not None or (past.consortium_id and past.consortium_id not in followed):
        return past
    return replace(past, state=str(FindingState.MENDED), mended_round=round_.number)


def _table(pasts: list[Past]) -> pl.DataFrame:
    schema = polars_schema("finding_history")
    columns = {name: [getattr(past, name) for past in pasts] for name in schema}
    return pl.DataFrame(columns, schema=schema).sort("finding_id")


def pasts(frame: pl.DataFrame) -> list[Past]:
    """The rows of `finding_history` as they are remembered."""
    return [Past(*row) for row in frame.select(_FIELDS).iter_rows()]


def latest_round(history: pl.DataFrame) -> int:
    """The number of the round that a history ends with; 0 before the first."""
    return max(history["last_round"].max() or 0, history["mended_round"].max() or 0)


def mended(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rows of `finding_history` (E and W) that were mended in this round."""
    history = tables["finding_history"]
    return history.filter(pl.col("severity") != Severity.NOTICE, pl.col("mended_round") == latest_round(history))


def since(tables: Mapping[str, pl.DataFrame]) -> dict[str | None, Since]:
    """By city, what changed since the round before; a city without findings, now and before, is left out."""
    standing = tables["findings"].filter(pl.col("severity") != Severity.NOTICE).select("city", "state")
    both = pl.concat([standing, mended(tables).select("city", "state")])
    counts: dict[str | None, dict[str, int]] = {}
    for city, state, number in both.group_by("city", "state").len().iter_rows():
        counts.setdefault(city, {})[state] = number
    return {city: Since(**{name: counted.get(name, 0) for name in Since._fields}) for city, counted in counts.items()}
