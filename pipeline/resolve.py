"""All current forms → organisations, findings across forms, what is admitted: the register's tables."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipeline.message import of_file
from pipeline.organisations import members_with_organisations, organisations_of
from pipeline.submissions import Submission
from pipeline.validate import Validated, judge
from schemas import conflicts
from schemas.form import Form
from schemas.form_2023.across import READABLE
from schemas.register import ADMITTED, Status, empty, polars_schema
from schemas.rule import Finding, Severity

_COUNTS = {"member_count": "total", "enterprise_count": "enterprise", "university_count": "university",
           "institute_count": "institute", "other_count": "other"}


def resolve(form: Form, submissions: Sequence[Submission], validated: Validated,
            deadline: datetime) -> dict[str, pl.DataFrame]:
    """The tables of `schemas.register.TABLES`; `validated` has the current submissions in order."""
    current = [s for s in submissions if s.current]
    typed = conflicts.enrich(validated.typed)
    found = [*validated.findings, *_across(form, current, validated.raw, typed)]
    findings = {s.submission_id: [] for s in submissions}
    for finding in found:
        findings[current[finding.submission].submission_id].append(finding)
    for submission in submissions:
        if submission.status is not Status.SUPERSEDED:
            findings[submission.submission_id][:0] = [of_file(0, spotted) for spotted in submission.spotted]
    statuses = {s.submission_id: s.status or _status(findings[s.submission_id]) for s in submissions}
    tables = _contents(current, typed, statuses)
    tables["submissions"] = _submissions(submissions, statuses, findings, deadline)
    tables["findings"] = _findings(submissions, findings)
    tables["ignored"] = pl.DataFrame(
        [(s.submission_id, s.receipt.city, s.receipt.path, s.reason) for s in submissions if s.reason],
        schema=polars_schema("ignored"), orient="row")
    tables["members"], tables["organisations"], tables["sources"] = _organisations(
        current, validated, typed, tables, found)
    return tables


def _across(form: Form, current: Sequence[Submission], raw: dict, typed: dict) -> list[Finding]:
    sheets = [s.reading.sheet for s in current]
    return [finding for name, model in conflicts.ACROSS.items()
            for finding in judge(form.block(name), model, raw, typed, sheets)]


def _status(findings: Sequence[Finding]) -> Status:
    levels = {finding.rule.severity for finding in findings}
    if Severity.ERROR in levels:
        return Status.RETURNED
    return Status.ACCEPTED_WITH_WARNINGS if Severity.WARNING in levels else Status.ACCEPTED


def _submissions(submissions: Sequence[Submission], statuses: dict[str, Status], findings: dict[str, list[Finding]],
                 deadline: datetime) -> pl.DataFrame:
    rows = []
    for s in submissions:
        levels = Counter(finding.rule.severity for finding in findings[s.submission_id])
        rows.append((s.submission_id, s.receipt.city, s.receipt.path, s.reading.sheet if s.reading else None,
                     s.receipt.sha256 or None, s.receipt.size, s.receipt.received_at, s.version if s.reading else None,
                     str(statuses[s.submission_id]), s.receipt.received_at > deadline, s.consortium_id or None,
                     s.name or None, levels[Severity.ERROR], levels[Severity.WARNING], levels[Severity.NOTICE]))
    return pl.DataFrame(rows, schema=polars_schema("submissions"), orient="row")


def _findings(submissions: Sequence[Submission], findings: dict[str, list[Finding]]) -> pl.DataFrame:
    rows, used = [], Counter()
    for s in submissions:
        for finding in findings[s.submission_id]:
            identity = _finding_id(s, finding)
            used[identity] += 1
            # Two findings may be alike in all but their row (two blank cells of nameless rows).
            identity = identity if used[identity] == 1 else f"{identity}-{used[identity]}"
            rows.append((identity, s.submission_id, s.receipt.city, s.receipt.path, finding.sheet or None,
                         ",".join(finding.cells), finding.rule.code, str(finding.rule.severity), finding.table,
                         finding.row, finding.field, finding.value, finding.message, finding.suggestion, "open"))
    return pl.DataFrame(rows, schema=polars_schema("findings"), orient="row")


def _finding_id(submission: Submission, finding: Finding) -> str:
    """Rule, record and field, and whose form: nothing that an inserted row would change."""
    owner = submission.consortium_id or submission.receipt.path
    parts = (owner, finding.rule.code, finding.table, finding.record, finding.field)
    return "W" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def _contents(current: Sequence[Submission], typed: dict[str, pl.DataFrame],
              statuses: dict[str, Status]) -> dict[str, pl.DataFrame]:
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
            "platforms": _shaped("platforms", typed["platforms"], whose),
            "projects": _shaped("projects", typed["projects"], whose)}


def _shaped(table: str, frame: pl.DataFrame, whose: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty():
        return empty(table)
    joined = frame.join(whose, on="submission", how="left", maintain_order="left")
    return joined.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(table).items())


def _organisations(current: Sequence[Submission], validated: Validated, typed: dict[str, pl.DataFrame], tables: dict,
                   found: Sequence[Finding]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    whose = tables.pop("whose")
    members = members_with_organisations(typed["members"], whose, READABLE)
    places = validated.raw["members"].select(pl.col("name__at").alias("cell"))
    members = members.with_columns(places["cell"])
    disputed = {(f.submission, f.row): set() for f in found if f.table == "members"}
    for finding in found:
        if finding.table == "members" and finding.rule.code in ("X02", "X03", "X05", "X07", "M26"):
            disputed[finding.submission, finding.row].add(finding.rule.code)
    organisations, sources = organisations_of(members, typed["consortium"], whose, current, disputed)
    contents = members.drop("city", "consortium_id", "admitted", "submission_id")
    return _shaped("members", contents, whose), organisations, sources
