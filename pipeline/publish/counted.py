"""Which files count, and what the bureau is told of each: a row of figures a file, and the findings in one frame.

Nothing here grows with what stands in the forms, and no frame is filtered file by file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from pipeline.opening import kind_at
from pipeline.publish import most, remembered, returned
from pipeline.publish.names import names_of
from pipeline.sandbox import each
from schemas import call
from schemas.register import ADMITTED, Status

if TYPE_CHECKING:
    from pipeline.held import Head
    from pipeline.job import Resolved
    from pipeline.settings import Workspace
    from pipeline.submissions import Submission

# Findings are taken out of the frame for so many files at once.
_AT_A_TIME = 200
# City and path of a file.
_Key = tuple[str, str]


class File(NamedTuple):
    """A file that counts: the private copy and its SHA-256, the forms in it, how it stands, where its answer goes."""

    original: Path
    sha256: str
    forms: tuple[Head, ...]
    verdict: str
    target: Path


class Counted(NamedTuple):
    """The files in the order of the cities, then of arrival; their findings in the same order, so many for each."""

    files: Sequence[File]
    findings: pl.DataFrame
    numbers: Sequence[int]
    targets: Mapping[str, list[Path]]

    def told(self) -> Iterator[tuple[File, list[tuple[Any, ...]]]]:
        """Each file with its findings, in their order: rows of `returned.TOLD`."""
        ends = [0, *accumulate(self.numbers)]
        for first in range(0, len(self.files), _AT_A_TIME):
            files = self.files[first:first + _AT_A_TIME]
            start, end = ends[first], ends[first + len(files)]
            rows = self.findings.slice(start, end - start).rows()
            for place, file in enumerate(files, first):
                yield file, rows[ends[place] - start:ends[place + 1] - start]


def counted(resolved: Resolved, workspace: Workspace) -> Counted:
    """The files of the thirteen cities; those that are superseded or ignored do not count."""
    tables = resolved.tables
    statuses = dict(tables["submissions"].select("submission_id", "status").iter_rows())
    of_file = _by_file(resolved.submissions, statuses)
    findings = remembered.with_history(tables["findings"], tables)
    cut = most.cut(findings)
    asked = findings.filter(~remembered.settled()).group_by("city", "file", "severity").len()
    levels = Counter({(city, file, level): number for city, file, level, number in asked.iter_rows()})
    targets = _targets(of_file, workspace)
    files = [
        File(found[0].receipt.original, found[0].receipt.sha256, _forms(found),
             _verdict(found, statuses, *(levels[*key, level] for level in "EW")) + (most.NOTE if key in cut else ""),
             targets[key]) for key, found in of_file.items()]
    ordered, numbers = _in_order(most.listed(findings), list(of_file))
    by_city = {city.name: [targets[key] for key in of_file if key[0] == city.name] for city in call.CITIES}
    return Counted(files, ordered, numbers, by_city)


def _by_file(submissions: Sequence[Submission], statuses: Mapping[str, str]) -> dict[_Key, list[Submission]]:
    found: dict[str, dict[_Key, list[Submission]]] = {city.name: {} for city in call.CITIES}
    for submission in submissions:
        city, status = submission.receipt.city, statuses[submission.submission_id]
        if city in found and status not in (Status.IGNORED, Status.SUPERSEDED):
            found[city].setdefault((city, submission.receipt.path), []).append(submission)
    return {key: of_file for of_city in found.values() for key, of_file in of_city.items()}


def _in_order(findings: pl.DataFrame, files: Sequence[_Key]) -> tuple[pl.DataFrame, list[int]]:
    """The findings of these files, file by file, and how many each has; of a state only that something is settled."""
    cities, paths = zip(*files, strict=True) if files else ((), ())
    places = pl.DataFrame({"city": cities, "file": paths, "_place": range(len(files))},
                          schema={"city": pl.String, "file": pl.String, "_place": pl.Int64})
    # That a finding is new, or still open, is not told in the form itself: it changes from round to round.
    state = pl.when(remembered.settled()).then("state").otherwise(pl.lit(""))
    # No column more is put in order than will be told: the whole table twice over is the peak of a large night.
    needed = list(dict.fromkeys((*returned.TOLD, "city", "file")))
    found = findings.with_columns(state=state).select(needed).join(
        places, on=["city", "file"], maintain_order="left").sort("_place", maintain_order=True)
    numbers = dict(found.group_by("_place").len().iter_rows())
    return found.select(returned.TOLD), [numbers.get(place, 0) for place in range(len(files))]


def _forms(submissions: Sequence[Submission]) -> tuple[Head, ...]:
    return tuple(submission.head for submission in submissions if submission.head)


def _verdict(submissions: Sequence[Submission], statuses: Mapping[str, str], errors: int, warnings: int) -> str:
    admitted = any(s.has_form for s in submissions) and all(statuses[s.submission_id] in ADMITTED for s in submissions)
    return returned.verdict(errors, warnings, admitted)


def _targets(of_file: Mapping[_Key, Sequence[Submission]], workspace: Workspace) -> dict[_Key, Path]:
    """Where the answer to each file goes."""
    kinds: dict[str, dict[str, str]] = {}
    for (city, path), kind in _kinds(of_file).items():
        kinds.setdefault(city, {})[path] = kind
    return {(city, path): folder / name for city, of_city in kinds.items()
            for folder in [workspace.returned_outbox(city)] for path, name in names_of(of_city).items()}


def _kinds(of_file: Mapping[_Key, Sequence[Submission]]) -> dict[_Key, str]:
    """The kind of each file, "" for none; where its reader could not tell, a child looks: it is a stranger's file."""
    kinds = {key: found[0].kind for key, found in of_file.items()}
    unknown = [key for key, kind in kinds.items() if kind is None]
    answers = each(kind_at, [of_file[key][0].receipt.original for key in unknown])
    kinds.update((key, answer.value or "") for key, answer in zip(unknown, answers, strict=True))
    return kinds
