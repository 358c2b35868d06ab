"""Workbooks with one part mutated: each gets one answer, and what is handed back is a sound workbook.

`python -m tests.faults parts --rounds 20000 --seed 1`: forms are opened in the sandbox as in a run, judged together and
marked; whatever our own code does not foresee is a line of the report, with the seed that makes the file again.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import tempfile
import traceback
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import openpyxl
import polars as pl

from pipeline.demo import PLAN
from pipeline.message import of_file
from pipeline.opening import Opened, open_file, refused
from pipeline.publish import returned
from pipeline.read import labels_of
from pipeline.sandbox import RAISED, Outcome, each
from pipeline.template import write
from pipeline.validate import About, validate
from schemas.form_2023 import FORM
from schemas.register import polars_schema
from schemas.rule import Finding
from tests.faults.mutation import mutated
from tests.template_forms import GOOD

# Drawn by hand in three ways, with form controls, with pictures, as .xls and .ods; and the official template.
_DRAWN = ("盐城市/高效电机", "无锡/先进封装", "无锡/精密轴承", "无锡/附件2 基础信息表（精密轴承", "南京市/江宁两家合报", "南通市/绿色智能船舶", "苏州市/第一批/细胞治疗.xls",
          "苏州市/第一批/生物医药")
_RECEIVED = date(2023, 9, 20)
_AT_A_TIME = 100
_SECONDS = 20
_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*[^/>])?>([^<]*)<")
_PLACE = re.compile(r"\d+")
_SHEET_PART = re.compile(r"xl[/\\]worksheets[/\\][^/\\]*\.xml", re.IGNORECASE)


class Wrong(NamedTuple):
    """What went wrong with the mutant of a number, where in our code, and its bytes."""

    number: int
    what: str
    data: bytes


class Round(NamedTuple):
    """Answers of a round by their class, and what went wrong."""

    answers: Counter[str]
    wrong: list[Wrong]


@cache
def originals() -> tuple[bytes, ...]:
    """Good forms of every make."""
    with tempfile.TemporaryDirectory() as folder:
        official = Path(folder) / "form.xlsx"
        write(official, filled=GOOD)
        made = [official.read_bytes()]
    return (*made, *(planned.make() for planned in PLAN if planned.file.startswith(_DRAWN)))


def mutant(seed: int, number: int) -> bytes:
    """The mutant of that number, always the same for a seed."""
    dice = random.Random(f"{seed}:{number}")
    return mutated(dice.choice(originals()), dice)


def play(files: Sequence[tuple[int, bytes]]) -> Round:
    """Open, judge and mark numbered files; `wrong` is empty if all went as it must."""
    with tempfile.TemporaryDirectory() as folder:
        opened = _opened([data for _, data in files], Path(folder))
        values = [outcome.value or refused(outcome.fault) for outcome in opened]
        wrong = [Wrong(number, f"raised: {outcome.detail}", data)
                 for (number, data), outcome in zip(files, opened, strict=True) if outcome.fault == RAISED]
        answers = []
        for (number, data), file, findings in zip(files, values, _findings(values), strict=True):
            try:
                answers.append((number, data, returned.answer(data, file.forms, findings, "须改正 1 处。")))
            # Whatever it is, it would have been the end of a run.
            except Exception as error:
                wrong.append(Wrong(number, f"marking: {_place(error)}", data))
        wrong += [Wrong(number, told, data) for number, data, answer in answers if (told := unsound(data, answer))]
        wrong += _read_again(answers, {number: value for (number, _), value in zip(files, values, strict=True)},
                             Path(folder))
    return Round(Counter(map(_class, opened)), wrong)


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)]
    ours = next((frame for frame in reversed(frames) if "/pipeline/" in frame.filename), frames[-1])
    return f"{type(error).__name__} {Path(ours.filename).name}:{ours.lineno}"


def _opened(files: Sequence[bytes], folder: Path) -> list[Outcome]:
    paths = [folder / f"{number}.bin" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    labels = labels_of(FORM)
    return list(each(open_file, [(labels, path) for path in paths], timeout_seconds=_SECONDS))


def _class(outcome: Outcome) -> str:
    if outcome.fault:
        return f"{outcome.fault} {outcome.detail}"
    value: Opened = outcome.value
    return "form" if value.forms else "blank" if value.blank else ",".join(spotted.rule for spotted in value.spotted)


def _findings(files: Sequence[Opened]) -> Iterator[pl.DataFrame]:
    """Each file's findings, its forms judged together with all others."""
    owners = [place for place, file in enumerate(files) for _ in file.forms]
    judged = validate(FORM, [form for file in files for form in file.forms], [About("南京市", _RECEIVED)] * len(owners))
    for place, file in enumerate(files):
        found = [finding for finding in judged.findings if owners[finding.submission] == place]
        rows = [_row(finding) for finding in [*(of_file(0, spotted) for spotted in file.spotted), *found]]
        yield pl.DataFrame(rows, schema=polars_schema("findings"))


def _row(finding: Finding) -> dict[str, object]:
    told = {"sheet": finding.sheet or None, "cell": ",".join(finding.cells), "code": finding.rule.code,
            "severity": str(finding.rule.severity), "table": finding.table, "row": finding.row, "field": finding.field,
            "value": finding.value, "message": finding.message, "suggestion": finding.suggestion}
    return {name: "" for name in polars_schema("findings")} | told


def unsound(original: bytes, answer: bytes) -> str:
    """What is wrong with a returned workbook; "" if it is sound, as far as its original was."""
    with zipfile.ZipFile(io.BytesIO(answer)) as package:
        names = package.namelist()
        if package.testzip() is not None or len(set(names)) < len(names):
            return "answer: no sound package"
    added = formulas(answer) - formulas(original)
    # Contents that were moved stand in the official template, which has formulas of its own.
    if any(_PLACE.sub("", formula) not in _official() for formula in added):
        return "answer: formulas that the original does not have"
    if _taken(original) and not _taken(answer):
        return "answer: openpyxl opens the original, not the answer"
    return ""


def formulas(data: bytes) -> Counter[str]:
    """The formulas in the worksheets of a package, each as often as it stands there; none for what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            sheets = [package.read(name) for name in package.namelist() if _SHEET_PART.fullmatch(name)]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        return Counter()
    return Counter(found.decode("utf-8", "replace") for sheet in sheets for found in _FORMULA.findall(sheet))


@cache
def _official() -> frozenset[str]:
    """The formulas of the official template, without the numbers of their rows."""
    return frozenset(_PLACE.sub("", formula) for formula in formulas(originals()[0]))


def _taken(data: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            openpyxl.load_workbook(io.BytesIO(data))
    # openpyxl refuses by whatever exception damage leads to.
    except Exception:
        return False
    return True


def _read_again(answers: Sequence[tuple[int, bytes, bytes]], before: dict[int, Opened], folder: Path) -> list[Wrong]:
    """Answers that do not say what their originals said."""
    again = _opened([answer for *_, answer in answers], folder)
    return [Wrong(number, f"answer: read again it is {_class(outcome)}", data)
            for (number, data, _), outcome in zip(answers, again, strict=True)
            if before[number].forms and (outcome.fault or not outcome.value.forms)]


def main(arguments: Sequence[str]) -> int:
    """Play rounds; print answers by class and what went wrong, keep the files of it; 1 if anything did."""
    parser = argparse.ArgumentParser("python -m tests.faults parts")
    parser.add_argument("--rounds", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that something went wrong with")
    given = parser.parse_args(arguments)
    answers: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for start in range(0, given.rounds, _AT_A_TIME):
        numbers = range(start, min(start + _AT_A_TIME, given.rounds))
        played = play([(number, mutant(given.seed, number)) for number in numbers])
        answers += played.answers
        for one in played.wrong:
            if not wrong[one.what]:
                print(f"{given.seed}:{one.number} {one.what}", flush=True)
            wrong[one.what] += 1
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                (given.keep / f"{given.seed}-{one.number}.bin").write_bytes(one.data)
    for title, counted in (("answers", answers), ("wrong", wrong)):
        print(f"{title}:", *(f"  {count:>7} {name}" for name, count in counted.most_common()), sep="\n")
    return 1 if wrong else 0
