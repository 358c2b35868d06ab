"""All current forms → organisations, findings across forms, what is admitted: the register's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import polars as pl

from pipeline import findings as findings_
from pipeline.decisions.rulings import Rulings
from pipeline.findings import Held, finding_id
from pipeline.memory import Disposition
from pipeline.message import of_file
from pipeline.organisations import members_with_organisations, organisations_of
from pipeline.submissions import Submission
from pipeline.validate import Validated, judge
from schemas import conflicts
from schemas.column import NOTE
from schemas.form import Form
from schemas.form_2023.across import READABLE
from schemas.register import ADMITTED, Status, empty, polars_schema
from schemas.rule import Finding, Severity
from schemas.season import SEASON_TABLES

_COUNTS = {"member_count": "total", "enterprise_count": "enterprise", "university_count": "university",
           "institute_count": "institute", "other_count": "other"}
_UNITS = {"platforms": "host_unit", "projects": "undertaker"}


class _Forms(NamedTuple):
    """The forms that take part: frames by block, and the submissions that the frames' `submission` counts."""

    current: list[Submission]
    raw: dict[str, pl.DataFrame]
    typed: dict[str, pl.DataFrame]


def resolve(form: Form, submissions: Sequence[Submission], validated: Validated, deadline: datetime,
            settled: Mapping[str, Disposition] | None = None,
            rulings: Rulings | None = None) -> dict[str, pl.DataFrame]:
    """The tables of `schemas.register.TABLES`; `validated` has the current submissions in order.

    `settled` are findings, by number, of which nothing more is asked: they count neither as errors nor as warnings.
    `rulings` is what the centre has decided. The tables of `schemas.season` are empty: others fill them.
    """
    settled, rulings = settled or {}, rulings or Rulings()
    received = _Forms([s for s in submissions if s.current], validated.raw, validated.typed)
    forms = _taking_part(received, rulings)
    written = conflicts.enrich(forms.typed)
    found = [*(f for f in validated.findings if forms.current[f.submission].submission_id not in rulings.removed),
             *_across(form, received, forms, written, {*rulings.settled, *rulings.returned}, rulings)]
    held = _held(submissions, forms, found, settled, rulings)
    statuses = {s.submission_id: _status(s, held[s.submission_id], rulings) for s in submissions}
    typed = _with_codes(written, forms.current, rulings.codes)
    tables = _contents(forms.current, typed, statuses, rulings)
    tables["submissions"] = _submissions(submissions, statuses, held, deadline)
    tables["findings"] = findings_.table(submissions, held)
    tables["ignored"] = _ignored(submissions, rulings)
    tables["members"], tables["organisations"], tables["sources"] = _organisations(
        forms, typed, tables.pop("whose"), held, rulings)
    return tables | {name: empty(name) for name in SEASON_TABLES}


def _taking_part(received: _Forms, rulings: Rulings) -> _Forms:
    """The forms that count, without those that the centre has put aside."""
    out = [place for place, s in enumerate(received.current) if s.submission_id in rulings.removed]
    if not out:
        return received
    raw, typed = ({name: frame.filter(~pl.col("submission").is_in(out)) for name, frame in frames.items()}
                  for frames in (received.raw, received.typed))
    return _Forms(received.current, raw, typed)


def _across(form: Form, received: _Forms, forms: _Forms, written: dict[str, pl.DataFrame], known: set[str],
            rulings: Rulings) -> list[Finding]:
    """Findings across forms: those of the forms that count, with the codes as they are read by decision.

    What was decided stays to be seen, though the decision itself has made the forms agree.
    """
    instead = rulings.codes | rulings.merged
    if not instead and not rulings.removed:
        return _judged(form, forms, written)
    typed = conflicts.enrich(_with_codes(forms.typed, forms.current, instead)) if instead else written
    ruled = _judged(form, forms, typed)
    places = {_place(finding) for finding in ruled}
    ruled += [finding for finding in _judged(form, received, conflicts.enrich(received.typed))
              if _place(finding) not in places
              and forms.current[finding.submission].submission_id not in rulings.removed
              and finding_id(forms.current[finding.submission], finding) in known]
    # In order of the rows again: what tells two findings of one identity apart is which comes first.
    order = {name: place for place, name in enumerate(conflicts.ACROSS)}
    return sorted(ruled, key=lambda finding: (order[finding.table], finding.submission, finding.row))


def _judged(form: Form, forms: _Forms, typed: dict[str, pl.DataFrame]) -> list[Finding]:
    sheets = [s.reading.sheet for s in forms.current]
    return [finding for name, model in conflicts.ACROSS.items()
            for finding in judge(form.block(name), model, forms.raw, typed, sheets)]


def _place(finding: Finding) -> tuple:
    return finding.submission, finding.rule.code, finding.table, finding.row, finding.field


def _with_codes(typed: dict[str, pl.DataFrame], current: Sequence[Submission],
                codes: Mapping[tuple[str, str, int], str]) -> dict[str, pl.DataFrame]:
    """The frames with these codes in their member rows, readable; a lead's code is its row's."""
    if not codes:
        return typed
    places = {s.submission_id: place for place, s in enumerate(current)}
    schema = {"submission": pl.Int64, "seq": pl.Int64, "ruled": pl.String}
    ruled = pl.DataFrame([(places[form], row, code) for (form, _, row), code in codes.items() if form in places],
                         schema=schema, orient="row")
    members = typed["members"].join(ruled, on=["submission", "seq"], how="left", maintain_order="left")
    leads = members.filter(pl.col("is_lead") & pl.col("ruled").is_not_null()).select("submission", "ruled").unique(
        "submission", keep="first", maintain_order=True)
    members = members.with_columns(pl.when(pl.col("ruled").is_null()).then("uscc" + NOTE).otherwise(pl.lit("")).alias(
        "uscc" + NOTE), uscc=pl.coalesce("ruled", "uscc")).drop("ruled")
    consortium = typed["consortium"].join(leads, on="submission", how="left", maintain_order="left")
    consortium = consortium.with_columns(lead_uscc=pl.coalesce("ruled", "lead_uscc")).drop("ruled")
    return typed | {"members": members, "consortium": consortium}


def _held(submissions: Sequence[Submission], forms: _Forms, found: Sequence[Finding],
          settled: Mapping[str, Disposition], rulings: Rulings) -> dict[str, list[Held]]:
    findings: dict[str, list[Finding]] = {s.submission_id: [] for s in submissions}
    for finding in found:
        findings[forms.current[finding.submission].submission_id].append(finding)
    for s in submissions:
        if s.status is not Status.SUPERSEDED and s.submission_id not in rulings.removed:
            findings[s.submission_id][:0] = [of_file(0, spotted) for spotted in s.spotted]
    return findings_.held(submissions, findings, settled, rulings)


def _status(submission: Submission, held: Sequence[Held], rulings: Rulings) -> Status:
    removed = rulings.removed.get(submission.submission_id)
    if removed or submission.status:
        return removed.status if removed else submission.status
    levels = {one.severity for one in held}
    if Severity.ERROR in levels:
        return Status.RETURNED
    return Status.ACCEPTED_WITH_WARNINGS if Severity.WARNING in levels else Status.ACCEPTED


def _submissions(submissions: Sequence[Submission], statuses: dict[str, Status], held: dict[str, list[Held]],
                 deadline: datetime) -> pl.DataFrame:
    rows = []
    for s in submissions:
        levels = Counter(one.severity for one in held[s.submission_id])
        rows.append((s.submission_id, s.receipt.city, s.receipt.path, s.reading.sheet if s.reading else None,
                     s.receipt.sha256 or None, s.receipt.size, s.receipt.received_at, s.version if s.reading else None,
                     str(statuses[s.submission_id]), s.receipt.received_at > deadline, s.consortium_id or None,
                     s.name or None, levels[Severity.ERROR], levels[Severity.WARNING], levels[Severity.NOTICE]))
    return pl.DataFrame(rows, schema=polars_schema("submissions"), orient="row")


def _ignored(submissions: Sequence[Submission], rulings: Rulings) -> pl.DataFrame:
    """What is not counted, and why; forms that the centre has put aside among them."""
    said = {s.submission_id: s.reason for s in submissions} | {
        form: removed.reason for form, removed in rulings.removed.items() if removed.status is Status.IGNORED}
    return pl.DataFrame([(s.submission_id, s.receipt.city, s.receipt.path, said[s.submission_id])
                         for s in submissions if said[s.submission_id]],
                        schema=polars_schema("ignored"), orient="row")


def _contents(current: Sequence[Submission], typed: dict[str, pl.DataFrame], statuses: dict[str, Status],
              rulings: Rulings) -> dict[str, pl.DataFrame]:
    """consortia, platforms and projects with the columns that every table of contents begins with."""
    whose = pl.DataFrame(
        {"submission": range(len(current)), "submission_id": [s.submission_id for s in current],
         "consortium_id": [s.consortium_id for s in current], "city": [s.receipt.city for s in current],
         "admitted": [statuses[s.submission_id] in ADMITTED for s in current]},
        schema={"submission": pl.Int64, "submission_id": pl.String, "consortium_id": pl.String, "city": pl.String,
                "admitted": pl.Boolean})
    consortium = typed["consortium"].drop("city").with_columns(
        **{name: pl.col(f"member_counts_{part}") for name, part in _COUNTS.items()})
    return {"whose": whose, "consortia": _shaped("consortia", consortium, whose),
            **{name: _assigned(name, _shaped(name, typed[name], whose), rulings) for name in _UNITS}}


def _shaped(table: str, frame: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty():
        return empty(table)
    joined = frame.join(whose, on="submission", how="left", maintain_order="left")
    return joined.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(table).items())


def _assigned(table: str, frame: pl.DataFrame, rulings: Rulings) -> pl.DataFrame:
    """Platforms or projects with the units that the centre has assigned them to."""
    ruled = [(form, row, unit) for (form, block, row), unit in rulings.units.items() if block == table]
    if not ruled:
        return frame
    schema = {"submission_id": pl.String, "seq": pl.Int64, "ruled": pl.String}
    joined = frame.join(pl.DataFrame(ruled, schema=schema, orient="row"), on=["submission_id", "seq"], how="left",
                        maintain_order="left")
    return joined.with_columns(pl.coalesce("ruled", _UNITS[table]).alias(_UNITS[table])).drop("ruled")


def _organisations(forms: _Forms, typed: dict[str, pl.DataFrame], whose: pl.DataFrame, held: dict[str, list[Held]],
                   rulings: Rulings) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    members = members_with_organisations(typed["members"], whose, READABLE, rulings)
    members = members.with_columns(cell=forms.raw["members"]["name__at"])
    disputed: dict[tuple[int, int], set[str]] = {}
    for finding in (one.finding for of_form in held.values() for one in of_form if one.severity):
        if finding.table == "members" and finding.rule.code in ("X02", "X03", "X05", "X07", "M26"):
            disputed.setdefault((finding.submission, finding.row), set()).add(finding.rule.code)
    organisations, sources = organisations_of(members, typed["consortium"], whose, forms.current, disputed, rulings)
    contents = members.drop("city", "consortium_id", "admitted", "submission_id")
    return _shaped("members", contents, whose), organisations, sources
