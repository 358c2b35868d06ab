"""What the centre should look at: files gone or withdrawn, clocks, declarations, changes, lapsed decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipeline import arrivals, cities, history
from pipeline.inbox import DECISIONS, NO_CITY
from pipeline.layout import PROVINCE
from pipeline.publish.order import by_city
from schemas import call
from schemas.register import Status
from schemas.season import DECISION_STATE_WORDS, DecisionState

MOST = 100
_LOOK_AGAIN = (DecisionState.REFUSED, DecisionState.LAPSED, DecisionState.EXPIRED)


class File(NamedTuple):
    """One file of which something is to be said."""

    city: str | None
    file: str
    received_at: datetime | None
    modified_at: datetime | None
    said: str


class Change(NamedTuple):
    """What became of a city's E and W findings since the round before."""

    city: str
    new: int
    back: int
    mended: int
    settled: int
    standing: int


class Again(NamedTuple):
    """One decision that has no effect as it stands."""

    title: str
    state: str
    ruling: str
    by: str
    answer: str
    place: str


def files(tables: Mapping[str, pl.DataFrame]) -> list[File]:
    """Withdrawn files of the centre's decisions; then the bureaus' vanished and withdrawn files, and those whose own
    time is after their arrival, by city, then by name."""
    frame = arrivals.of_submissions(tables).join(
        tables["ignored"].select("submission_id", "reason"), on="submission_id", how="left", maintain_order="left")
    withdrawn = pl.col("withdrawn").is_not_null() & (pl.col("status") == str(Status.IGNORED))
    superseded = pl.col("status") == str(Status.SUPERSEDED)
    said = pl.when(withdrawn).then("reason").when(~superseded).then("remark")
    chosen = frame.with_columns(said=said).filter(pl.col("said").is_not_null()).unique(
        ["file", "sha256"], keep="first", maintain_order=True)
    rows = chosen.sort(by_city(), "file", "received_at", nulls_last=True, maintain_order=True)
    return [*_decisions_withdrawn(tables["arrivals"]), *(File(*row) for row in rows.select(File._fields).iter_rows())]


def _decisions_withdrawn(received: pl.DataFrame) -> list[File]:
    """They are no submissions, and their decisions are in no other list any more."""
    rows = received.filter(pl.col("withdrawn").is_not_null(), pl.col("file").str.starts_with(f"{DECISIONS}/"))
    return [File(PROVINCE, row["file"], row["received_at"], row["modified_at"], f"{row['withdrawn']}；所载裁定不再生效")
            for row in rows.sort("file", "sequence").iter_rows(named=True)]


def voided(tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, str]]:
    """City and declaration, where 零申报 has no effect because a form or file of that city counts."""
    return cities.without_effect(tables["cities"]).select("city", "nil_reason").rows()


def changes(tables: Mapping[str, pl.DataFrame]) -> list[Change] | None:
    """The cities with changes since the round before, in official order; None in the first round."""
    if history.latest_round(tables["finding_history"]) < 2:
        return None
    lines = [Change(city or NO_CITY, since.new, since.back, since.mended,
                    since.explained + since.waived + since.decided, since.standing)
             for city, since in history.since(tables).items()]
    order = call.CITY_ORDER
    return sorted((line for line in lines if line.new or line.back or line.mended),
                  key=lambda line: order.get(line.city, len(order)))


def decisions(tables: Mapping[str, pl.DataFrame]) -> list[Again]:
    """Decisions refused, lapsed or expired, in the order of their files."""
    frame = tables["decisions"].filter(pl.col("state").is_in([str(state) for state in _LOOK_AGAIN]))
    return [_again(row) for row in frame.head(MOST).iter_rows(named=True)]


def _again(row: Mapping) -> Again:
    title = " ".join(filter(None, (row["number"], row["kind"], row["says"])))
    by = "，".join(filter(None, (row["judge"], row["day"])))
    place = " ".join(filter(None, (row["file"], row["sheet"], f"第 {row['row']} 行" if row["row"] else "")))
    ruling = "：".join(filter(None, (row["ruling"], row["reason"])))
    state = DECISION_STATE_WORDS[DecisionState(row["state"])]
    return Again(title or "整个文件", state, ruling, by, row["answer"] or "", place)
