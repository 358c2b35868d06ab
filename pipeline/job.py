"""The stages as plain functions; the Prefect flow and `run --no-prefect` call the same ones."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline import intake as intake_
from pipeline import sandbox
from pipeline.intake import Receipt, Taken
from pipeline.opening import open_file, refused
from schemas import call

if TYPE_CHECKING:
    import polars as pl

    from pipeline.settings import Settings, Workspace
    from pipeline.submissions import FileReading, Submission
    from pipeline.validate import Validated
    from schemas.rule import Finding

NO_CITY = "未识别城市"
_SUSPICIOUSLY_MANY = 3
log = logging.getLogger(__name__)


class Judged(NamedTuple):
    """All submissions, the current ones' frames and findings, and what `resolve` needs besides."""

    submissions: list[Submission]
    validated: Validated
    deadline: datetime


class Resolved(NamedTuple):
    """The tables of `schemas.register.TABLES`, the submissions they were made from, and the deadline in force."""

    tables: dict[str, pl.DataFrame]
    submissions: list[Submission]
    deadline: datetime


@dataclass(frozen=True)
class Summary:
    """What a run did, in numbers, and where its outputs are (paths under the outbox)."""

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

    with Ledger(workspace.database) as ledger:
        return intake_.take(workspace, ledger, now, settings)


def chunks(taken: Taken, settings: Settings) -> list[list[Receipt]]:
    """The receipts to be read, in portions for one task each."""
    wanted = [receipt for receipt in taken.receipts if not receipt.ignored]
    size = settings.chunk_files
    return [wanted[start:start + size] for start in range(0, len(wanted), size)]


def read(chunk: list[Receipt], settings: Settings) -> list[FileReading]:
    """Open a chunk's files, each in a child with limits, and find the forms in them."""
    from pipeline.read.labels import labels_of
    from pipeline.submissions import FileReading
    from schemas.form_2023 import FORM

    labels = labels_of(FORM)
    small = [receipt for receipt in chunk if receipt.size <= settings.max_file_mb * 1_000_000]
    outcomes = sandbox.each(open_file, [(labels, receipt.original) for receipt in small],
                            workers=settings.workers, timeout_seconds=settings.read_timeout_seconds,
                            chunk=settings.chunk_files, memory_mb=settings.read_memory_mb)
    answered = list(zip(small, outcomes, strict=True))
    _heed([outcome.detail for _, outcome in answered if outcome.fault], len(answered))
    opened = {receipt: outcome.value if not outcome.fault else refused(outcome.fault) for receipt, outcome in answered}
    answers = [(receipt, opened.get(receipt) or refused("too_large")) for receipt in chunk]
    return [FileReading(receipt, file.forms, file.spotted, file.blank) for receipt, file in answers]


def _heed(faults: Sequence[str], files: int) -> None:
    """A file that breaks its reader is told to its bureau; files that all break it the same way are our own fault."""
    for detail in faults:
        log.warning("读取一个文件时子进程出错：%s", detail)
    if len(faults) >= _SUSPICIOUSLY_MANY and len(faults) == files and len(set(faults)) == 1:
        raise RuntimeError("every file of a chunk broke its reader in the same way")


def validate(readings: Sequence[FileReading], taken: Taken, settings: Settings) -> Judged:
    """Decide which forms count, and judge those."""
    from pipeline.submissions import submissions_of
    from pipeline.validate import About
    from pipeline.validate import validate as judge
    from schemas.form_2023 import FORM

    submissions = submissions_of(readings, taken.receipts)
    current = [s for s in submissions if s.current]
    about = [About(s.receipt.city, s.receipt.received_at.astimezone(call.CHINA).date()) for s in current]
    validated = judge(FORM, [s.reading for s in current], about)
    return Judged(submissions, validated, settings.deadline or call.DEADLINE)


def resolve(judged: Judged) -> Resolved:
    """The register's tables, with what its answers need besides."""
    from pipeline.resolve import resolve as tables_of
    from schemas.form_2023 import FORM

    tables = tables_of(FORM, judged.submissions, judged.validated, judged.deadline)
    return Resolved(tables, judged.submissions, judged.deadline)


def publish(resolved: Resolved, workspace: Workspace, now: datetime) -> Summary:
    """Write what is answered; `now` is the run's, and the day of its receipts."""
    from pipeline.publish import answers

    outputs = answers.write(resolved, workspace, now)
    return _summary(resolved.tables, outputs)


def _summary(tables: dict[str, pl.DataFrame], outputs: tuple[str, ...]) -> Summary:
    from schemas.register import ADMITTED, Status

    submissions = tables["submissions"]
    number = {status: submissions.filter(status=str(status)).height for status in Status}
    reported = set(submissions.filter(submissions["status"] != str(Status.IGNORED))["city"])
    severities = tables["findings"]["severity"].to_list()
    return Summary(
        forms=submissions.filter(submissions["consortium_id"].is_not_null()).height,
        admitted=sum(number[status] for status in ADMITTED), returned=number[Status.RETURNED],
        unreadable=number[Status.UNREADABLE], superseded=number[Status.SUPERSEDED], ignored=number[Status.IGNORED],
        errors=severities.count("E"), warnings=severities.count("W"), notices=severities.count("I"),
        missing_cities=tuple(c.name for c in call.CITIES if c.name not in reported), outputs=outputs)


def check(paths: Sequence[Path]) -> list[CheckedFile]:
    """Judge files by themselves, without workspace: no city, no other forms, no history."""
    from pipeline.message import of_file
    from pipeline.read.labels import labels_of
    from pipeline.validate import About
    from pipeline.validate import validate as judge
    from schemas.form_2023 import FORM

    labels = labels_of(FORM)
    opened = [open_file((labels, path)) for path in paths]
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
