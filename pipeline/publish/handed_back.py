"""退改/: every file that counts, handed back marked — and nothing else in the folder, so that it shows this run only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from pipeline.publish import returned
from pipeline.read import FormReading
from pipeline.sandbox import CONTEXT
from schemas import call
from schemas.register import ADMITTED, Status

if TYPE_CHECKING:
    from pipeline.job import Resolved
    from pipeline.settings import Workspace
    from pipeline.submissions import Submission

FOLDER = "退改"
# Below this many forms, starting processes takes longer than marking.
_WORTH_PROCESSES = 150
_AT_A_TIME = 20


class Answer(NamedTuple):
    """One file to be handed back: the private copy, what was read of it, what was found, and where it goes."""

    original: Path
    forms: tuple[FormReading, ...]
    findings: pl.DataFrame
    verdict: str
    target: Path

    def write(self) -> Path:
        """Mark the file and write it."""
        returned.write(self.original.read_bytes(), self.forms, self.findings, self.verdict, self.target)
        return self.target


@contextmanager
def writing(resolved: Resolved, workspace: Workspace) -> Iterator[dict[str, list[Path]]]:
    """Mark all files while the block runs; gives the answers' paths by city, complete when the block has ended."""
    answers = {city.name: _answers(resolved, city.name, workspace.city_outbox(city.name) / FOLDER)
               for city in call.CITIES}
    everything = [answer for of_city in answers.values() for answer in of_city]
    with _pool(len(everything)) as pool:
        done = pool.map(Answer.write, everything, chunksize=_AT_A_TIME)
        yield {city: [answer.target for answer in of_city] for city, of_city in answers.items()}
        # A fault in any of them is raised here.
        list(done)
    for city, of_city in answers.items():
        _clear(workspace.city_outbox(city) / FOLDER, {answer.target for answer in of_city})


def _pool(files: int) -> Executor:
    if files < _WORTH_PROCESSES:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(mp_context=CONTEXT)


def _clear(folder: Path, kept: set[Path]) -> None:
    """Remove the answers of an earlier run to files that count no more."""
    for left in set(folder.glob("*")) - kept:
        left.unlink()


def _answers(resolved: Resolved, city: str, folder: Path) -> list[Answer]:
    statuses = dict(resolved.tables["submissions"].select("submission_id", "status").iter_rows())
    files: dict[str, list[Submission]] = {}
    for submission in resolved.submissions:
        counts = statuses[submission.submission_id] not in (Status.IGNORED, Status.SUPERSEDED)
        if submission.receipt.city == city and counts:
            files.setdefault(submission.receipt.path, []).append(submission)
    findings = resolved.tables["findings"]
    found = findings.filter(pl.col("city") == city).partition_by("file", as_dict=True)
    names = _names(files)
    return [_answer(of_file, found.get((path,), findings.clear()), statuses, folder / names[path])
            for path, of_file in files.items()]


def _answer(submissions: Sequence[Submission], findings: pl.DataFrame, statuses: dict[str, str], target: Path) -> Answer:
    forms = tuple(submission.reading for submission in submissions if submission.reading)
    levels = Counter(findings["severity"])
    admitted = bool(forms) and all(statuses[s.submission_id] in ADMITTED for s in submissions)
    return Answer(submissions[0].receipt.original, forms, findings,
                  returned.verdict(levels["E"], levels["W"], admitted), target)


def _names(files: dict[str, list[Submission]]) -> dict[str, str]:
    """The answer's name for each file; files of one name in several folders are told apart by the folder's."""
    names = {path: returned.name_of(of_file[0].receipt.original.read_bytes(), path) for path, of_file in files.items()}
    times = Counter(names.values())
    return {path: name if times[name] == 1 else f"{PurePosixPath(path).parent.name}_{name}"
            for path, name in names.items()}
