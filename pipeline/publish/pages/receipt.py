"""报送回执.html: what one bureau sent, what counts, what is wrong in plain words, what to do next and by when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

import polars as pl

from pipeline import accounts, arrivals, history, inbox
from pipeline.layout import PROBLEMS
from pipeline.publish import most, problems, remembered, terms
from pipeline.publish.order import ordered
from pipeline.publish.pages import render
from pipeline.publish.pages.due import Due
from schemas import call, catalogue
from schemas.current import FORM
from schemas.register import ADMITTED, STATUS_WORDS, TO_MEND, Status
from schemas.rule import SEVERITY_WORDS, Severity
from schemas.season import SETTLED_NAMES, CityState, FindingState

# States that are said beside a problem; that it is still open goes without saying.
_TOLD_STATES = tuple(str(state) for state in FindingState if state is not FindingState.OPEN)
TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体建设试点报送回执"

# What is shown of a submission, and what it is known by.
_RECEIVED = ("submission_id", "city", "file", "sheet", "consortium_name", "received_at", "late", "size", "sha256",
             "version", "latest",
             "status", "errors", "warnings", "reason", "remark", "modified_at")
# More than a page of names would hide what the page is for.
_WAITING_LISTED = 20


class Entry(NamedTuple):
    """One form or file received."""

    number: int
    file: str
    sheet: str
    consortium: str | None
    received_at: datetime | None
    late: bool
    size: int | None
    sha256: str | None
    version: str
    status: str
    verdict: str
    errors: int
    warnings: int
    reason: str | None
    # What is to be known of the file itself: gone from the inbox, a clock ahead.
    remark: str | None = None
    modified_at: datetime | None = None
    # What became of the rows of its tables.
    rows: str = ""

    @property
    def past(self) -> bool:
        """Whether it does not count (any more)."""
        return self.status in (Status.SUPERSEDED, Status.IGNORED)


class Problem(NamedTuple):
    """One line of a form's problems; repeats of a rule stand together."""

    place: str
    message: str
    value: str | None
    suggestion: str | None
    level: str
    code: str
    clause: str
    # New or back since the round before; what settles it.
    state: str = ""


class Form(NamedTuple):
    """A form that counts, with its problems, errors first."""

    entry: Entry
    problems: tuple[Problem, ...]
    settled: tuple[Problem, ...]
    notices: tuple[Problem, ...]


class Compared(NamedTuple):
    """What changed since the round before, in numbers, and what was mended: (consortium, problem, rule)."""

    since: history.Since
    mended: tuple[tuple[str | None, str | None, str], ...]


class Known(NamedTuple):
    """What a bureau's receipt shows: of its findings, of all that it sent and the rows of its tables, and since the
    round before.

    Frames: what is shown of a form takes ten times as much room, and is made for one bureau at a time.
    """

    told: problems.Told
    received: pl.DataFrame
    rows: pl.DataFrame
    compared: Compared | None


class Step(NamedTuple):
    """What to do next with one form."""

    entry: Entry
    what: str


def by_city(waiting: Mapping[str, str]) -> dict[str | None, dict[str, str]]:
    """What waits in the inbox, path → reason, by the city whose it is."""
    found: dict[str | None, dict[str, str]] = {}
    for path, reason in sorted(waiting.items()):
        found.setdefault(inbox.city_of(path), {})[path] = reason
    return found


def known(tables: Mapping[str, pl.DataFrame], told: Mapping[str, problems.Told]) -> dict[str, Known]:
    """By city, for all cities at once: a question to polars costs the same for one of them."""
    mine = ordered({name: tables[name] for name in ("submissions", "findings", "ignored", "arrivals")})
    received, rows = problems.by_city(_received(mine)), problems.by_city(tables["rows"])
    compared = _compared(tables)
    return {city: Known(told[city], received(city), rows(city), compared.get(city)) for city in call.CITY_ORDER}


def write(tables: Mapping[str, pl.DataFrame], city: str, target: Path, deadline: datetime, now: datetime,
          waiting: Mapping[str, str] = MappingProxyType({}), facts: Known | None = None) -> None:
    """Write one bureau's receipt in one step; same rows and same day (of `now`, in China), same bytes.

    `tables` as in `schemas.register.TABLES`; of them only what `city` (official name) sent is shown. `waiting` are its
    files that were not received this time, each with the reason; `facts` is what is `known` of the city.
    """
    told, received, rows, compared = facts or known(tables, problems.told(tables))[city]
    due, entries = Due.of(deadline, now), _entries(received, accounts.in_words(rows))
    forms = _forms(entries, told.rows, compared is not None)
    nil = next(iter(tables["cities"].filter(city=city, state=CityState.NIL)["nil_reason"]), None)
    given = tables["cities"].filter(city=city, state=CityState.GIVEN).height > 0
    render.write(
        "receipt.html", target, title=TITLE, due=due,
        office=call.OFFICE, centre=call.CENTRE, notice=call.NOTICE,
        bureau={known.name: known.bureau for known in call.CITIES}.get(city, city),
        number=_number(city, due, entries, forms, compared, nil, *waiting.items()), nil=nil, given=given,
        waiting=list(waiting.items())[:_WAITING_LISTED], waiting_count=len(waiting),
        verdict=told.verdict,
        entries=entries.values(), files=len({(entry.file, entry.sha256) for entry in entries.values()}),
        forms=[form for form in forms if form.problems],
        listed=frozenset(form.entry.number for form in forms if form.problems),
        noticed=[form for form in forms if form.notices],
        settled=[form for form in forms if form.settled], compared=compared,
        changes=_changes(tables, city) if compared else {},
        steps=_steps(forms), finished=sum(not _pending(form) for form in forms),
        mending=any(form.entry.status in TO_MEND for form in forms),
        problems_name=PROBLEMS, problems_link=quote(PROBLEMS), form_title=FORM.title,
        levels={str(level): words for level, words in SEVERITY_WORDS.items()}, cut=most.NOTE if told.cut else "")


def _received(mine: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Everything received, in the order of arrival, with what is said of it."""
    said = terms.first_message(mine["findings"], mine["ignored"])
    frame = arrivals.of_submissions(mine).join(said, on="submission_id", how="left", maintain_order="left")
    frame = frame.with_columns(
        reason=terms.reason("consortium_id"), latest=pl.col("version").max().over("consortium_id"))
    return frame.select(*_RECEIVED).sort("received_at", "file", "sheet", "version", "submission_id", nulls_last=True)


def _entries(received: pl.DataFrame, rows: Mapping[str, str]) -> dict[str, Entry]:
    """By submission, what one bureau sent; `rows` is what became of the rows of each form's tables."""
    found: dict[str, Entry] = {}
    for row in received.iter_rows(named=True):
        key = row["submission_id"]
        found[key] = _entry(len(found) + 1, row, rows.get(key, ""))
    return found


def _entry(number: int, row: Mapping, rows: str) -> Entry:
    status = Status(row["status"])
    past = status in (Status.SUPERSEDED, Status.IGNORED)
    version = f"第 {row['version']} 版" if row["version"] else "—"
    if row["version"] and not past and row["latest"] > 1:
        version += "，以此版为准"
    sheet = row["sheet"] if row["sheet"] not in (None, FORM.sheet) else ""
    return Entry(
        number, row["file"], sheet, row["consortium_name"], row["received_at"],
        bool(row["late"]) and not past, row["size"], row["sha256"], version, str(status),
        STATUS_WORDS[status], row["errors"] or 0, row["warnings"] or 0, row["reason"],
        row["remark"], row["modified_at"], rows)


def _compared(tables: Mapping[str, pl.DataFrame]) -> dict[str | None, Compared]:
    """By city; not in a city's first round, and where there never was anything to mend."""
    told, latest = tables["finding_history"], history.latest_round(tables["finding_history"])
    firsts = told.group_by("city").agg(pl.col("first_round").min()).iter_rows()
    later = [city for city, first in firsts if first is not None and first != latest]
    if not later:
        return {}
    since, rows = history.since(tables), history.mended(tables).sort(
        "consortium_name", terms.by_severity(), "code", "finding_id")
    mended = problems.by_city(rows.select("city", "consortium_name", "note", "code"))
    return {city: Compared(since.get(city, history.Since()), tuple(mended(city).drop("city").iter_rows()))
            for city in later if city is not None}


def _changes(tables: Mapping[str, pl.DataFrame], city: str) -> dict[str, list[dict]]:
    """What new versions changed, by consortium and versions."""
    listed: dict[str, list[dict]] = {}
    for row in remembered.changes(tables, city).iter_rows(named=True):
        listed.setdefault(f"{row['consortium_name'] or ''}（{row['versions']}）", []).append(row)
    return listed


def _forms(entries: Mapping[str, Entry], rows: pl.DataFrame, compared: bool) -> list[Form]:
    """Forms that count: those to be mended first, then in the order of arrival."""
    notice, settled = SEVERITY_WORDS[Severity.NOTICE], set(SETTLED_NAMES)
    split: tuple[dict[str, list[Problem]], ...] = ({}, {}, {})
    for row in rows.iter_rows(named=True):
        part = split[2 if row["severity"] == notice else int(row["standing"] in settled)]
        part.setdefault(row["submission_id"], []).append(_problem(row, compared))
    forms = [Form(entry, *(tuple(part.get(key, ())) for part in split)) for key, entry in entries.items()
             if not entry.past]
    return sorted(forms, key=lambda form: (form.entry.status not in TO_MEND, form.entry.number))


def _problem(row: Mapping, compared: bool) -> Problem:
    return Problem(
        row["place"] or "整个文件", row["message"] or "", row["value"], row["suggestion"], row["severity"], row["code"],
        _clauses().get((row["code"], row["severity"]), ""),
        row["state"] if compared and row["standing"] in _TOLD_STATES else "")


@cache
def _clauses() -> Mapping[tuple[str, str], str]:
    """The clause by code and level in words; several variants of a code may rest on several."""
    clauses: dict[tuple[str, str], list[str]] = {}
    for rule in catalogue.rules():
        listed = clauses.setdefault((rule.code, SEVERITY_WORDS[rule.severity]), [])
        if rule.clause and rule.clause not in listed:
            listed.append(rule.clause)
    return {key: "、".join(listed) for key, listed in clauses.items()}


def _pending(form: Form) -> bool:
    return form.entry.status in TO_MEND or form.entry.warnings > 0


def _steps(forms: list[Form]) -> list[Step]:
    return [Step(form.entry, _what(form)) for form in forms if _pending(form)]


def _what(form: Form) -> str:
    entry = form.entry
    if entry.status == Status.UNREADABLE:
        return (form.problems[0].suggestion if form.problems else None) or "请另存后重新报送。"
    explain = f"有 {entry.warnings} 处需核实：改正后重报，或在“{PROBLEMS}”的说明栏写明情况。"
    if entry.status in ADMITTED:
        return f"已入库；{explain}"
    also = f"另{explain}" if entry.warnings else ""
    return f"在原表中改正 {entry.errors} 处，重新放入本市收件夹。{also}"


def _number(city: str, due: Due, entries: Mapping[str, Entry], forms: list[Form], *others: object) -> str:
    """City, day, and eight digits that change with anything that the receipt states."""
    code = {known.name: known.code for known in call.CITIES}.get(city, "000000")
    stated = hashlib.sha256()
    for place, each in enumerate((*entries.values(), *forms, *others)):
        stated.update(("\n" * bool(place) + repr(each)).encode())
    return f"{code}-{due.today:%Y%m%d}-{stated.hexdigest()[:8].upper()}"
