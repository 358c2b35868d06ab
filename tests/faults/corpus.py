"""Workbooks of strangers beside five good forms: each gets one answer, the good forms' answers stay as they are.

`python -m tests.faults corpus FOLDER`: any folder of files, in batches, each a whole run in a fresh workspace. Nothing
of the folder is kept; the report has names of files and codes only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from pipeline.errors import RunError
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from pipeline.template import write
from tests.season import FIRST_NIGHT, city_of, form

GOOD = 5
# Where the strangers' files lie: cities that have no good form.
_CITIES = tuple(city_of(number).name for number in range(GOOD, 13))
_A_BATCH = 80
_SETTINGS = "second_look_seconds = 0\n"
# What no answer to a clerk may hold, apart from what the file itself says.
_FOREIGN = re.compile(
    r"Traceback|Exception|Error\b|panicked|NoneType|site-packages|\.py\b|File \"|/tmp/|/work/|/home/|/root/|"
                      r"[A-Za-z]{3,} [A-Za-z]{3,} [A-Za-z]{3,}")
_QUOTED = re.compile(r"“[^”]*”|（看过的工作表：.*）")


class Batch(NamedTuple):
    """A run with strangers: file → its answer in codes, what is wrong."""

    answers: dict[str, str]
    wrong: list[str]


def good_workspace(root: Path) -> Workspace:
    """A workspace with five good forms, each of a city of its own."""
    workspace = Workspace(root)
    workspace.create()
    workspace.settings_file.write_text(_SETTINGS, encoding="utf-8")
    for number in range(GOOD):
        target = workspace.inbox / city_of(number).name / f"{number:02d}.xlsx"
        target.parent.mkdir(parents=True)
        write(target, filled=form(number))
        _touch(target)
    return workspace


def of_the_good(workspace: Workspace) -> dict[str, str]:
    """Path → hash of what the good forms' cities are answered, and their rows in the tables."""
    found = {}
    for number in range(GOOD):
        folder = workspace.city_outbox(city_of(number).name)
        found |= {path.relative_to(workspace.outbox).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
                  for path in sorted(folder.rglob("*")) if path.is_file()}
    cities = [city_of(number).name for number in range(GOOD)]
    for name in ("consortia", "members", "platforms", "projects", "findings", "submissions"):
        table = pl.read_parquet(workspace.data_outbox / f"{name}.parquet")
        if "city" in table.columns:
            rows = table.filter(pl.col("city").is_in(cities)).drop("sequence", strict=False)
            found[name] = hashlib.sha256(str(rows.rows()).encode("utf-8", "backslashreplace")).hexdigest()
    return found


def beside(files: Sequence[Path], right: Mapping[str, str], moment: datetime = FIRST_NIGHT) -> Batch:
    """Run once over five good forms and these files; `right` is what `of_the_good` says without them."""
    with tempfile.TemporaryDirectory(prefix="strangers-") as folder:
        workspace = good_workspace(Path(folder))
        names = dict(_placed(files, workspace))
        try:
            run(workspace, Settings.of(workspace), moment)
        except RunError as error:
            log = "".join(path.read_text("utf-8") for path in (workspace.state / "logs").glob("*.log"))
            return Batch({}, [f"the run failed: {error}\n{log}"])
        answers = _answers(workspace)
        wrong = [f"{names[path].name}: no answer" for path in names.keys() - answers.keys()]
        wrong += [f"{names[path].name}: {told}" for path in names.keys() & answers.keys()
                  for told in _unclear(answers[path], folder)]
        now = of_the_good(workspace)
        wrong += [f"changed for a good form: {name}" for name in sorted(right.keys() | now.keys())
                  if right.get(name) != now.get(name)]
        return Batch({str(names[path]): " ".join(answers[path].codes) for path in names.keys() & answers.keys()}, wrong)


def _placed(files: Iterable[Path], workspace: Workspace) -> Iterator[tuple[str, Path]]:
    """Copy the files into the inbox; (path there, file)."""
    for number, file in enumerate(files):
        place = f"{_CITIES[number % len(_CITIES)]}/{number:04d}{file.suffix.lower()}"
        (workspace.inbox / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, workspace.inbox / place)
        _touch(workspace.inbox / place)
        yield place, file


def _touch(path: Path) -> None:
    """Every file is as old as every other, in every run."""
    os.utime(path, (FIRST_NIGHT.timestamp() - 18_000,) * 2)


class Answer(NamedTuple):
    """What one file was answered: statuses of its forms, codes of its own findings, sentences."""

    codes: tuple[str, ...]
    sentences: tuple[str, ...]


def _answers(workspace: Workspace) -> dict[str, Answer]:
    submissions = pl.read_parquet(workspace.data_outbox / "submissions.parquet")
    findings = pl.read_parquet(workspace.data_outbox / "findings.parquet")
    given = {}
    for (file,), rows in submissions.partition_by("file", as_dict=True).items():
        found = findings.filter(file=file)
        codes = found.filter(pl.col("code").str.starts_with("F"))["code"].unique().sort().to_list()
        said = [text for name in ("message", "suggestion") for text in found[name].drop_nulls()]
        given[file] = Answer((*sorted(set(rows["status"])), *codes), tuple(said))
    return given


def _unclear(answer: Answer, folder: str) -> Iterator[str]:
    """What is wrong with an answer: none in words, foreign words, a place on this machine."""
    if answer.codes[0] == "unreadable" and len(answer.codes) != 2:
        yield f"not one reason but {answer.codes[1:]}"
    for sentence in answer.sentences:
        if folder in sentence or _FOREIGN.search(_QUOTED.sub("", sentence)):
            yield f"foreign words: {sentence}"


def main(arguments: Sequence[str]) -> int:
    """Try a folder; print answers by class and what is wrong; 1 if anything is."""
    parser = argparse.ArgumentParser("python -m tests.faults corpus")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", type=int, default=_A_BATCH)
    given = parser.parse_args(arguments)
    files = sorted(path for path in given.folder.rglob("*") if path.is_file() and not path.is_symlink())
    with tempfile.TemporaryDirectory() as folder:
        workspace = good_workspace(Path(folder))
        run(workspace, Settings.of(workspace), FIRST_NIGHT)
        right = of_the_good(workspace)
    classes: Counter[str] = Counter()
    wrong = 0
    for start in range(0, len(files), given.batch):
        batch = beside(files[start:start + given.batch], right)
        classes.update(batch.answers.values())
        wrong += len(batch.wrong)
        for line in batch.wrong:
            print(line, flush=True)
    print(f"{len(files)} files, {sum(classes.values())} answered, {wrong} wrong")
    print(*(f"  {count:>6} {name}" for name, count in classes.most_common()), sep="\n")
    return 1 if wrong else 0
