"""The stages as plain functions; the Prefect flow and `run --no-prefect` call the same ones."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pipeline import exits
from pipeline import intake as intake_
from pipeline.intake import Receipt, Taken
from pipeline.portions import Portion, broken, chunks, read
from schemas import call

if TYPE_CHECKING:
    import polars as pl

    from pipeline.bounded import Gathered
    from pipeline.decisions import Entry
    from pipeline.decisions.rulings import Rulings
    from pipeline.memory import Explanation, Memory, Round
    from pipeline.settings import Settings, Workspace
    from pipeline.submissions import FileReading, Submission

__all__ = ["Judged", "Portion", "Resolved", "Summary", "broken", "chunks", "intake", "publish", "read", "resolve",
           "summary_of", "validate"]

_LISTED = ("members", "platforms", "projects", "organisations", "sources")
# The module of the children that mark the forms handed back.
MARKING = "pipeline.publish.handed_back"


class Judged(NamedTuple):
    """All submissions, the current ones' frames and findings, and what `resolve` needs besides.

    `entries` are the centre's decisions as handed in, `turns` the last days of those that hold for a time, `waiting`
    the files that were not received this time, each with the reason.
    """

    submissions: list[Submission]
    validated: Gathered
    deadline: datetime
    receipts: Sequence[Receipt] = ()
    entries: Sequence[Entry] = ()
    turns: tuple[date, ...] = ()
    waiting: Mapping[str, str] = {}


class Resolved(NamedTuple):
    """The tables of `schemas.register.TABLES`, what they were made from, and what is to be remembered with them."""

    tables: Mapping[str, pl.DataFrame]
    submissions: list[Submission]
    deadline: datetime
    round: Round
    turns: tuple[date, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    rulings: Rulings | None = None
    waiting: Mapping[str, str] = {}


@dataclass(frozen=True)
class Summary:
    """What a run did, in numbers, and where its outputs are (paths under the outbox).

    `unchanged_since` is the time of the run before, where nothing had changed; `elsewhere` are outputs that were open
    and stayed as they were, each with where the new one is.
    """

    forms: int
    admitted: int
    returned: int
    unreadable: int
    superseded: int
    ignored: int
    errors: int
    warnings: int
    notices: int
    missing_cities: tuple[str, ...]
    outputs: tuple[str, ...]
    unchanged_since: datetime | None = None
    elsewhere: tuple[tuple[str, str], ...] = ()

    @property
    def exit_code(self) -> int:
        """DONE where nothing is to be mended, FLAWED with returned or unreadable forms."""
        return exits.FLAWED if self.returned or self.unreadable else exits.DONE


def intake(workspace: Workspace, settings: Settings, now: datetime) -> Taken:
    """Take what is in the inbox."""
    from pipeline.ledger import Ledger

    with Ledger.of(workspace, settings) as ledger:
        return intake_.take(workspace, ledger, now, settings)


def validate(readings: Sequence[FileReading], taken: Taken, settings: Settings, strict: bool = False) -> Judged:
    """Decide which forms count, and judge those; `strict` as in `pipeline.bounded.validate`."""
    from pipeline.bounded import validate as judge
    from pipeline.decisions import entries_of
    from pipeline.decisions.words import day_of
    from pipeline.submissions import submissions_of
    from pipeline.validate import About
    from schemas.current import FORM

    submissions = submissions_of(readings, taken.receipts, settings.due)
    current = [s for s in submissions if s.current]
    about = [About.of(s.receipt, settings.due) for s in current]
    validated = judge(FORM, [s.head for s in current], about, strict=strict)
    entries = entries_of(readings)
    turns = tuple(sorted({day for entry in entries if (day := day_of(entry.until))}))
    return Judged(submissions, validated, settings.due, taken.receipts, entries, turns, taken.reasons)


def resolve(judged: Judged, memory: Memory, round_: Round) -> Resolved:
    """The tables of a round, with what its answers need besides, and what is to be remembered of it.

    A decision's last day is compared with the day on which the round began: repeated on any later day, a round has
    the same tables (the next round begins when a decision lapses). The frames of what was judged are taken out of it:
    they are as large as the tables.
    """
    from pipeline import accounts, arrivals, cities, decisions, explanations, history, versions
    from pipeline.resolve import Register
    from pipeline.shelf import Shelf
    from schemas.current import FORM

    gathered = judged.validated._replace(typed=Shelf.emptying(judged.validated.typed))
    register = Register(FORM, judged.submissions, gathered, judged.deadline)
    tables = register.tables()
    explained = explanations.taken(tables["findings"], judged.submissions, memory, round_)

    def again(rulings: Rulings) -> Shelf:
        return register.tables({**explained.settled, **rulings.settled}, rulings)

    rulings = decisions.ruled(judged.entries, tables, round_.began_at.astimezone(call.CHINA).date(), again)
    if explained.settled or judged.entries:
        tables = again(rulings)
    # Everything is settled: what it was made from is needed no more.
    del gathered, register, again
    tables["decisions"] = rulings.table
    tables = history.advance(explanations.said(tables, explained), memory, round_)
    tables["changes"] = versions.changes(judged.submissions)
    tables["rows"] = accounts.table(judged.submissions)
    tables["arrivals"] = arrivals.table(judged.receipts, judged.deadline)
    tables["cities"] = cities.table(tables, memory.nils)
    for name in list(tables):
        _make_shown(name, tables)
    return Resolved(tables, judged.submissions, judged.deadline, round_, judged.turns, explained.stored, rulings,
                    judged.waiting)


def _make_shown(name: str, tables: MutableMapping[str, pl.DataFrame]) -> None:
    """Put a table as it is shown in its place. By itself, so that none is there while the next is made."""
    from pipeline import privacy
    from pipeline.publish.order import ordered

    frame = tables[name]
    shown = privacy.masked(frame)
    # The long ones are put in the order of their lists here, or each output would hold an ordered copy beside them.
    shown = ordered({name: shown})[name] if name in _LISTED else shown
    if shown is not frame:
        del frame
        tables[name] = shown


def publish(resolved: Resolved, workspace: Workspace, now: datetime) -> Summary:
    """Write what is answered, then the manifest; `now` is the run's, and the day of its receipts."""
    from pipeline import manifest
    from pipeline.publish import answers, refusal

    with refusal.told(workspace.outbox):
        written = answers.write(resolved, workspace, now)
        manifest.write(workspace, written.everything, manifest.Stand(
            resolved.round.number, resolved.round.key, resolved.turns,
            manifest.clock(resolved.deadline, now, resolved.waiting)),
            written.sources, written.last, written.matters)
    return replace(summary_of(resolved.tables, written.outputs), elsewhere=answers.elsewhere(workspace))


def summary_of(tables: Mapping[str, pl.DataFrame], outputs: tuple[str, ...]) -> Summary:
    """The tables of a run in numbers."""
    from schemas.register import ADMITTED, Status
    from schemas.season import SETTLED_NAMES, CityState

    submissions = tables["submissions"]
    number = {status: submissions.filter(status=str(status)).height for status in Status}
    findings, cities = tables["findings"], tables["cities"]
    severities = findings.filter(~findings["state"].is_in(SETTLED_NAMES))["severity"].to_list()
    return Summary(
        forms=submissions.filter(submissions["consortium_id"].is_not_null()).height,
        admitted=sum(number[status] for status in ADMITTED), returned=number[Status.RETURNED],
        unreadable=number[Status.UNREADABLE], superseded=number[Status.SUPERSEDED], ignored=number[Status.IGNORED],
        errors=severities.count("E"), warnings=severities.count("W"), notices=severities.count("I"),
        missing_cities=tuple(cities.filter(state=str(CityState.MISSING))["city"]), outputs=outputs)
