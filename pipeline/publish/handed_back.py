"""退改/: every file that counts, handed back marked — and nothing else in the folder, so that it shows this run only."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from pipeline.publish import atomic, most, remembered, returned
from pipeline.read import FormReading
from pipeline.sandbox import Outcome, each
from schemas import call
from schemas.register import ADMITTED, Status

if TYPE_CHECKING:
    from pipeline.job import Resolved
    from pipeline.publish.returned.lines import Entry
    from pipeline.settings import Workspace
    from pipeline.submissions import Submission

FOLDER = "退改"
# To a child: few enough that what is done again when one breaks it is soon done.
_AT_A_TIME = 40
# Bytes; file systems take 255.
_LONGEST_NAME = 230
log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """One file to be handed back: the private copy, what was read of it, what was found, and where it goes."""

    original: Path
    forms: tuple[FormReading, ...]
    findings: pl.DataFrame
    verdict: str
    target: Path

    @property
    def entries(self) -> list[Entry]:
        """What was found, in the order in which it is told."""
        return returned.entries_of(self.findings.iter_rows(named=True))


class Marking(NamedTuple):
    """What a child needs to mark a file: not what was read of it, which takes longer to send than to mark."""

    original: Path
    subject: str | None
    entries: list[Entry]
    verdict: str

    def bytes(self) -> bytes | None:
        """The file marked; None if its contents must be moved to another."""
        return returned.mark(self.original.read_bytes(), *self[1:])


class Moving(NamedTuple):
    """What a child needs to move a file's contents to the template."""

    original: Path
    forms: tuple[FormReading, ...]
    entries: list[Entry]
    verdict: str

    def bytes(self) -> bytes:
        """The template with the contents."""
        return returned.moved(self.original.read_bytes(), *self[1:])


@contextmanager
def writing(resolved: Resolved, workspace: Workspace) -> Iterator[dict[str, list[Path]]]:
    """Mark all files while the block runs; gives the answers' paths by city, complete when the block has ended."""
    answers = _by_city(resolved, workspace)
    everything = [answer for of_city in answers.values() for answer in of_city]
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(_write, everything)
        yield {city: [answer.target for answer in of_city] for city, of_city in answers.items()}
        # A fault of the disk is raised here.
        done.result()
    for city, of_city in answers.items():
        kept = {place for answer in of_city for place in (answer.target, atomic.place_of(answer.target))}
        _clear(workspace.city_outbox(city) / FOLDER, kept)


def _write(answers: Sequence[Answer]) -> None:
    """Write all answers; what is done with a bureau's bytes is done in children, as when they were read."""
    lost = []
    for answer, outcome in _in_children(Marking.bytes, answers, [
            Marking(a.original, returned.subject(a.forms), a.entries, a.verdict) for a in answers]):
        if outcome.value is None:
            lost.append(answer)
        else:
            returned.put(outcome.value, answer.target)
    for answer, outcome in _in_children(Moving.bytes, lost, [
            Moving(a.original, a.forms, a.entries, a.verdict) for a in lost]):
        returned.put(outcome.value or returned.blank(returned.subject(answer.forms), answer.entries, answer.verdict),
                     answer.target)


def _in_children(function: Callable[[Any], bytes | None], answers: Sequence[Answer], items: Sequence[Any],
                 ) -> Iterator[tuple[Answer, Outcome]]:
    # This process has the bureaus' lists and the register to write meanwhile.
    workers = max(1, len(os.sched_getaffinity(0)) - 1)
    for answer, outcome in zip(answers, each(function, items, workers=workers, chunk=_AT_A_TIME), strict=True):
        if outcome.fault:
            log.warning("一份退改表没有按通常方式生成，改用其他方式：%s", outcome.detail)
        yield answer, outcome


def _clear(folder: Path, kept: set[Path]) -> None:
    """Remove the answers of an earlier run to files that count no more."""
    for left in set(folder.glob("*")) - kept:
        try:
            left.unlink()
        except PermissionError:
            # Open in a program; the next run removes it.
            log.warning("退改文件夹里有一个不再有效的文件正被打开，没有移走")


def _by_city(resolved: Resolved, workspace: Workspace) -> dict[str, list[Answer]]:
    """The answers of each city; the thirteen all have their place."""
    tables = resolved.tables
    statuses = dict(tables["submissions"].select("submission_id", "status").iter_rows())
    files: dict[str, dict[str, list[Submission]]] = {city.name: {} for city in call.CITIES}
    for submission in resolved.submissions:
        counts = statuses[submission.submission_id] not in (Status.IGNORED, Status.SUPERSEDED)
        if submission.receipt.city in files and counts:
            files[submission.receipt.city].setdefault(submission.receipt.path, []).append(submission)
    findings = remembered.with_history(tables["findings"], tables)
    found = findings.partition_by("city", "file", as_dict=True)
    cut = {key: most.NOTE for key, of_file in found.items() if most.is_cut(of_file)}
    asked = findings.filter(~remembered.settled()).select("city", "file", "severity")
    levels = Counter(asked.iter_rows())
    answers = {}
    for city, of_city in files.items():
        names, folder = _names(of_city), workspace.city_outbox(city) / FOLDER
        answers[city] = [
            Answer(of_file[0].receipt.original, _forms(of_file), most.listed(found.get((city, path), findings.clear())),
                   _verdict(of_file, statuses, *(levels[city, path, level] for level in "EW")) + cut.get((city, path), ""),
                   folder / names[path])
            for path, of_file in of_city.items()]
    return answers


def _forms(submissions: Sequence[Submission]) -> tuple[FormReading, ...]:
    return tuple(submission.reading for submission in submissions if submission.reading)


def _verdict(submissions: Sequence[Submission], statuses: Mapping[str, str], errors: int, warnings: int) -> str:
    admitted = bool(_forms(submissions)) and all(statuses[s.submission_id] in ADMITTED for s in submissions)
    return returned.verdict(errors, warnings, admitted)


def _names(files: dict[str, list[Submission]]) -> dict[str, str]:
    """The answer's name for each file; files of one name in several folders are told apart by the folder's."""
    names = {path: returned.name_of(of_file[0].receipt.original.read_bytes(), path) for path, of_file in files.items()}
    for tell_apart in (_by_folder, _by_number):
        names = {path: _short(name) for path, name in names.items()}
        # Names that differ by case alone are one file on Windows.
        times = Counter(name.casefold() for name in names.values())
        names = {path: name if times[name.casefold()] == 1 else tell_apart(path, name, files)
                 for path, name in names.items()}
    return names


def _by_folder(path: str, name: str, _files: Mapping[str, object]) -> str:
    return f"{PurePosixPath(path).parent.name}_{name}"


def _by_number(path: str, name: str, files: Mapping[str, object]) -> str:
    return f"{sorted(files).index(path) + 1}_{name}"


def _short(name: str) -> str:
    """The name as far as a file system takes it, with room for what is put before it and for the name it is written under."""
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    while len(f"{stem}…{suffix}".encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return name if len(name.encode()) <= _LONGEST_NAME else f"{stem}…{suffix}"
