"""Rounds without an inbox: drawn files in, what a round leaves behind, and what the ledger would remember of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from pipeline import explanations, history, versions
from pipeline.bounded import validate
from pipeline.explanations import Explained
from pipeline.memory import Memory, Round
from pipeline.resolve import resolve
from pipeline.submissions import FileReading, submissions_of
from pipeline.validate import About
from schemas.call import CHINA, DEADLINE
from schemas.form_2023 import FORM

FIRST = datetime(2023, 9, 21, 2, tzinfo=CHINA)


class Played(NamedTuple):
    """A round's tables, what it took of explanations, and what is remembered after it."""

    tables: dict[str, pl.DataFrame]
    explained: Explained
    memory: Memory

    def states(self, code: str) -> list[str]:
        """The states of a rule's findings."""
        return self.tables["findings"].filter(code=code)["state"].to_list()

    def asked(self) -> dict[str, str]:
        """E and W rules with the state of their (last) finding."""
        return dict(self.tables["findings"].filter(pl.col("severity") != "I").select("code", "state").iter_rows())

    def number(self, code: str) -> str:
        """The number of a rule's first finding."""
        return self.tables["findings"].filter(code=code)["finding_id"][0]

    def row(self, code: str) -> dict:
        """A rule's first finding."""
        return self.tables["findings"].filter(code=code).row(0, named=True)


def played(*files: FileReading, memory: Memory | None = None, number: int | None = None,
           deadline: datetime | None = None) -> Played:
    """One round, as `pipeline.job` plays it, after what is remembered; its number is the next one."""
    memory = memory or Memory()
    number = number or (memory.round.number if memory.round else 0) + 1
    round_ = Round(number, str(number), FIRST + timedelta(days=number - 1))
    submissions = submissions_of(files, [one.receipt for one in files], deadline)
    current = [one for one in submissions if one.current]
    about = [About(one.receipt.city, one.receipt.received_at.date()) for one in current]
    given = FORM, submissions, validate(FORM, [one.reading for one in current], about), DEADLINE
    tables = resolve(*given)
    explained = explanations.taken(tables["findings"], submissions, memory, round_)
    tables = resolve(*given, settled=explained.settled)
    tables = history.advance(explanations.said(tables, explained), memory, round_)
    tables["changes"] = versions.changes(submissions)
    pasts = {past.finding_id: past for past in history.pasts(tables["finding_history"])}
    return Played(tables, explained, Memory(round_, pasts, {one.finding_id: one for one in explained.stored}))


def explaining(reading: FileReading, *remarks: tuple[str, str] | tuple[str, str, str]) -> FileReading:
    """The file with explanations in its list: (number, text), or (number, rule and place, text)."""
    told: Sequence[tuple[str, str, str]] = [(one[0], one[1] if len(one) == 3 else "", one[-1]) for one in remarks]
    return replace(reading, remarks=tuple(told))
