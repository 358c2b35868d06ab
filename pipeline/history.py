"""Findings over time: what is new in a round, still open, mended, back again; and what changed since the round before.

A finding is the same one while rule, record and field are the same, and whose form it is: its number says so. The
history after a round is a function of the history before it and of the round, so that a round repeated is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

import polars as pl

from pipeline.memory import Memory, Past, Round
from pipeline.shelf import Shelf
from schemas.register import Status, polars_schema
from schemas.rule import Severity
from schemas.season import SETTLED_NAMES, FindingState

# How a suggestion begins that repeats what the bureau has explained.
EXPLAINED = "本市已说明："
_ADDRESSES = r"（[A-Z]{1,3}\d{1,7}(、[A-Z]{1,3}\d{1,7})*）"
Tables = TypeVar("Tables", dict[str, pl.DataFrame], Shelf)
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


def advance(tables: Tables, memory: Memory, round_: Round) -> Tables:
    """The tables, `findings` with the state of each in this round and `finding_history` with all that ever were."""
    findings, forms = tables["findings"], tables["submissions"]
    told = findings.with_columns(note=_said()).join(
        forms.select("submission_id", "consortium_id", "consortium_name").unique("submission_id", keep="first"),
        on="submission_id", how="left", maintain_order="left")
    known = _table(list(memory.findings.values()))
    seen = _seen(told, known, round_)
    unseen = _unseen(known.join(seen, on="finding_id", how="anti"), round_, _followed(forms))
    return tables | {"findings": findings.with_columns(seen["state"]),
                     "finding_history": pl.concat([seen.select(known.columns), unseen]).sort("finding_id")}


def _said() -> pl.Expr:
    """What is remembered of a finding: the words that settle it, else what is wrong."""
    return pl.when(pl.col("state").is_in(SETTLED_NAMES)).then(
        pl.col("suggestion").str.strip_prefix(EXPLAINED)).otherwise(
        pl.col("message").str.replace(_ADDRESSES, ""))


def _seen(told: pl.DataFrame, known: pl.DataFrame, round_: Round) -> pl.DataFrame:
    """What is told in this round, in its order, with what is remembered of it."""
    number, began = pl.lit(round_.number), pl.lit(round_.began_at).cast(known.schema["first_at"])
    past = known.select("finding_id", "first_round", "first_at", "back_round", "mended_round")
    joined = told.join(past, on="finding_id", how="left", maintain_order="left").with_columns(
        first_round=pl.col("first_round").fill_null(number), first_at=pl.col("first_at").fill_null(began),
        back_round=pl.when(pl.col("mended_round") < number).then(number).otherwise("back_round"),
        last_round=number, last_at=began, mended_round=None, note=pl.col("note").fill_null(""))
    state = pl.when(pl.col("state").is_in(SETTLED_NAMES)).then("state").when(pl.col("first_round") == number).then(
        pl.lit(str(FindingState.NEW))).when(pl.col("back_round") == number).then(
        pl.lit(str(FindingState.BACK))).otherwise(pl.lit(str(FindingState.OPEN)))
    return joined.with_columns(state=state).select(
        pl.col(name).cast(dtype) for name, dtype in known.schema.items())


def _followed(forms: pl.DataFrame) -> set[str]:
    """The consortia with a form that counts, or with one that a readable file has taken the place of.

    Of the others the form was withdrawn, or a file that nobody can read lies in its place: nothing was mended by that.
    """
    unreadable = forms.filter(status=str(Status.UNREADABLE))["file"].to_list()
    counted = ~pl.col("status").is_in([str(Status.SUPERSEDED), str(Status.IGNORED)])
    replaced = (pl.col("status") == str(Status.SUPERSEDED)) & ~pl.col("file").is_in(unreadable)
    return set(forms.filter(counted | replaced)["consortium_id"].drop_nulls())


def _unseen(known: pl.DataFrame, round_: Round, followed: Collection[str]) -> pl.DataFrame:
    """What is no longer told: mended, if its form has been followed by one without it."""
    alone = pl.col("consortium_id").fill_null("") == ""
    mended = pl.col("mended_round").is_null() & (alone | pl.col("consortium_id").is_in(list(followed)))
    return known.with_columns(
        state=pl.when(mended).then(pl.lit(str(FindingState.MENDED))).otherwise("state"),
        mended_round=pl.when(mended).then(pl.lit(round_.number, pl.Int64)).otherwise("mended_round"))


def _table(pasts: list[Past]) -> pl.DataFrame:
    schema = polars_schema("finding_history")
    columns = {name: [getattr(past, name) for past in pasts] for name in schema}
    return pl.DataFrame(columns, schema=schema)


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
