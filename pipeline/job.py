"""The stages as plain functions; the Prefect flow and `run --no-prefect` call the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline import intake as intake_
from pipeline import sandbox
from pipeline.intake import Receipt, Taken
from pipeline.opening import open_file, refused
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
    from schemas.rule import Finding

__all__ = ["CheckedFile", "Judged", "Portion", "Resolved", "Summary", "broken", "check", "chunks", "intake", "publish",
           "read", "resolve", "summary_of", "validate"]

NO_CITY = "未识别城市"


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

    tables: dict[str, pl.DataFrame]
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
        """0 nothing to mend, 1 with returned or unreadable forms."""
        return 1 if self.returned or self.unreadable else 0


class CheckedFile(NamedTuple):
    """One file's findings, form by form: (consortium name, findings)."""

    path: Path
    forms: list[tuple[str, list[Finding]]]


def intake(workspace: Workspace, settings: Settings, now: datetime) -> Taken:
    """Take what is in the inbox."""
    from pipeline.ledger import Ledger

    with Ledger.of(workspace, settings) as ledger:
        return intake_.take(workspace, ledger, now, settings)


def validate(readings: Sequence[FileReading], taken: Taken, settings: Settings) -> Judged:
    """Decide which forms count, and judge those."""
    from pipeline.bounded import validate as judge
    from pipeline.decisions import entries_of
    from pipeline.decisions.words import day_of
    from pipeline.submissions import submissions_of
    from pipeline.validate import About
    from schemas.form_2023 import FORM

    submissions = submissions_of(readings, taken.receipts, settings.due)
    current = [s for s in submissions if s.current]
    about = [About(s.receipt.city, s.receipt.received_at.astimezone(call.CHINA).date()) for s in current]
    validated = judge(FORM, [s.head for s in current], about)
    entries = entries_of(readings)
    turns = tuple(sorted({day for entry in entries if (day := day_of(entry.until))}))
    return Judged(submissions, validated, settings.due, taken.receipts, entries, turns, taken.reasons)


def resolve(judged: Judged, memory: Memory, round_: Round) -> Resolved:
    """The tables of a round, with what its answers need besides, and what is to be remembered of it.

    A decision's last day is compared with the day on which the round began: repeated on any later day, a round has
    the same tables (the next round begins when a decision lapses).
    """
    from pipeline import accounts, arrivals, cities, decisions, explanations, history, privacy, versions
    from pipeline.publish.order import ordered
    from pipeline.resolve import Register
    from schemas.form_2023 import FORM

    register = Register(FORM, judged.submissions, judged.validated, judged.deadline)
    tables = register.tables()
    explained = explanations.taken(tables["findings"], judged.submissions, memory, round_)

    def again(rulings: Rulings) -> dict[str, pl.DataFrame]:
        return register.tables({**explained.settled, **rulings.settled}, rulings)

    rulings = decisions.ruled(judged.entries, tables, round_.began_at.astimezone(call.CHINA).date(), again)
    if explained.settled or judged.entries:
        tables = again(rulings)
    tables["decisions"] = rulings.table
    tables = history.advance(explanations.said(tables, explained), memory, round_)
    tables["changes"] = versions.changes(judged.submissions)
    tables["rows"] = accounts.table(judged.submissions)
    tables["arrivals"] = arrivals.table(judged.receipts, judged.deadline)
    tables["cities"] = cities.table(tables, memory.nils)
    tables = privacy.masked(tables)
    # The long ones are put in the order of their lists here, or each output would hold an ordered copy beside them.
    for name in ("members", "platforms", "projects", "organisations", "sources"):
        tables |= ordered({name: tables[name]})
    return Resolved(tables, judged.submissions, judged.deadline, round_, judged.turns, explained.stored, rulings,
                    judged.waiting)


def publish(resolved: Resolved, workspace: Workspace, now: datetime) -> Summary:
    """Write what is answered, then the manifest; `now` is the run's, and the day of its receipts."""
    from pipeline import manifest
    from pipeline.publish import answers, refusal

    with refusal.told():
        written = answers.write(resolved, workspace, now)
        manifest.write(workspace, written.everything, manifest.Stand(
            resolved.round.number, resolved.round.key, resolved.turns, manifest.clock(resolved.deadline, now, resolved.waiting)),
            written.sources)
    return replace(summary_of(resolved.tables, written.outputs), elsewhere=answers.elsewhere(workspace))


def summary_of(tables: dict[str, pl.DataFrame], outputs: tuple[str, ...]) -> Summary:
    """The tables of a run in numbers."""
    from schemas.register import ADMITTED, Status
    from schemas.season import SETTLED, CityState

    submissions = tables["submissions"]
    number = {status: submissions.filter(status=str(status)).height for status in Status}
    findings, cities = tables["findings"], tables["cities"]
    severities = findings.filter(~findings["state"].is_in(list(map(str, SETTLED))))["severity"].to_list()
    return Summary(
        forms=submissions.filter(submissions["consortium_id"].is_not_null()).height,
        admitted=sum(number[status] for status in ADMITTED), returned=number[Status.RETURNED],
        unreadable=number[Status.UNREADABLE], superseded=number[Status.SUPERSEDED], ignored=number[Status.IGNORED],
        errors=severities.count("E"), warnings=severities.count("W"), notices=severities.count("I"),
        missing_cities=tuple(cities.filter(state=str(CityState.MISSING))["city"]), outputs=outputs)


def check(paths: Sequence[Path]) -> list[CheckedFile]:
    """Judge files by themselves, without workspace: no city, no other forms, no history."""
    sandbox.warm(open_file)
    from pipeline.message import of_file
    from pipeline.read.labels import labels_of
    from pipeline.validate import About
    from pipeline.validate import validate as judge
    from schemas.form_2023 import FORM

    labels = labels_of(FORM)
    opened = [outcome.value or refused(outcome.fault) for outcome in sandbox.each(
        open_file, [(labels, path) for path in paths])]
    today = datetime.now(call.CHINA).date()
    forms = [(place, form) for place, file in enumerate(opened) for form in file.forms]
    validated = judge(FORM, [form for _, form in forms], [About(None, today)] * len(forms))
    found = []
    for place, (path, file) in enumerate(zip(paths, opened, strict=True)):
        of_forms = [(_name(form), [f for f in validated.findings if f.submission == number])
                    for number, (owner, form) in enumerate(forms) if owner == place]
        of_files = [("", [of_file(0, spotted) for spotted in file.spotted])] if file.spotted else []
        found.append(CheckedFile(path, of_files + of_forms))
    return found


def _name(form) -> str:
    value = form.blocks["consortium"][0].get("name")
    return value.text.strip() if value else ""
