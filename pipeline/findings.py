"""A finding's identity, and the register's table of findings with how each of them stands."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from pipeline.decisions.rulings import Rulings
from pipeline.memory import Disposition
from pipeline.submissions import Submission
from schemas.register import polars_schema
from schemas.rule import Finding, Severity
from schemas.season import SETTLED, FindingState


class Held(NamedTuple):
    """A finding with its number and how it stands. `returned` is why the centre has it sent back, "" if it has not."""

    finding_id: str
    finding: Finding
    state: FindingState
    note: str
    returned: str

    @property
    def severity(self) -> Severity | None:
        """What it counts as: nothing once it is settled, an error where the centre sends the form back for it."""
        if self.state in SETTLED:
            return None
        return Severity.ERROR if self.returned else self.finding.rule.severity


def finding_id(submission: Submission, finding: Finding) -> str:
    """Rule, record and field, and whose form: nothing that an inserted row would change."""
    owner = submission.consortium_id or submission.receipt.path
    parts = (owner, finding.rule.code, finding.table, finding.record, finding.field)
    return "W" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def held(submissions: Sequence[Submission], findings: Mapping[str, Sequence[Finding]],
         settled: Mapping[str, Disposition], rulings: Rulings) -> dict[str, list[Held]]:
    """The findings of each submission, in order, with what is `settled` of them, and sent back by the centre."""
    used: Counter[str] = Counter()
    return {s.submission_id: [_held(number, finding, settled, rulings)
                              for number, finding in _numbered(s, findings[s.submission_id], used)]
            for s in submissions}


def _numbered(submission: Submission, findings: Sequence[Finding],
              used: Counter[str]) -> Iterator[tuple[str, Finding]]:
    for finding in findings:
        identity = finding_id(submission, finding)
        used[identity] += 1
        # Two findings may be alike in all but their row (two blank cells of nameless rows).
        yield identity if used[identity] == 1 else f"{identity}-{used[identity]}", finding


def _held(number: str, finding: Finding, settled: Mapping[str, Disposition], rulings: Rulings) -> Held:
    stands = None if number in rulings.insisted else settled.get(number)
    if stands is None:
        return Held(number, finding, FindingState.OPEN, "", rulings.returned.get(number, ""))
    return Held(number, finding, stands.state, stands.note, "")


def table(submissions: Sequence[Submission], found: Mapping[str, Sequence[Held]]) -> pl.DataFrame:
    """The table `findings`, submissions in order."""
    rows = [_row(s, one) for s in submissions for one in found[s.submission_id]]
    return pl.DataFrame(rows, schema=polars_schema("findings"), orient="row")


def _row(submission: Submission, one: Held) -> tuple:
    finding, receipt = one.finding, submission.receipt
    message = finding.message + one.returned
    # What the centre has decided needs no mending: its words stand where the mending would be told.
    ruled = one.state in (FindingState.DECIDED, FindingState.WAIVED)
    return (one.finding_id, submission.submission_id, receipt.city, receipt.path, finding.sheet or None,
            ",".join(finding.cells), finding.rule.code, str(one.severity or finding.rule.severity), finding.table,
            finding.row, finding.field, finding.value, message, one.note if ruled else finding.suggestion,
            str(one.state))
