"""What is measured, in one run: the whole job, beside it a script of the usual kind, unzipping, and what changes
later."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from tests.bench.contents import right_form
from tests.bench.forms import template, workbook
from tests.bench.generate import PLANTED, Order, file_of, generate, touched
from tests.bench.watched import Watched, watch

ROOT = Path(__file__).parent.parent.parent
# Forms that the usual script is given in each of its two turns; it takes as long for each.
TURN = 100
CHANGED_SHARE = 0.01
_FINDINGS = "outbox/省级/data/findings.parquet"

Figures = dict[str, Any]


class Plan(NamedTuple):
    """How many forms, where to work, and the Python that has pandas."""

    forms: int
    folder: Path
    usual_python: Path


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without settings of ours, of Prefect's, or that would have modules compiled each
    time."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("PREFECT_", "CONSORTIUM_", "PYTHONDONTWRITEBYTECODE"))} | more


def machine() -> Figures:
    """What the figures depend on."""
    told = Path("/proc/cpuinfo").read_text("utf-8", errors="replace")
    model = re.search(r"^model name\s*:\s*(.+)$", told, re.M)
    return {"processors": len(os.sched_getaffinity(0)), "model": model[1].strip() if model else platform.machine(),
            "python": platform.python_version()}


def night(workspace: Path) -> Watched:
    """One run by hand without Prefect; its stages by title."""
    seen = watch([sys.executable, "-m", "pipeline", "run", "--no-prefect", "-w", str(workspace)],
                 clean_environment(), ROOT)
    if seen.code not in (0, 1):
        raise RuntimeError(f"the run ended with {seen.code}: {seen.told[-400:]}")
    return seen


def figures_of(seen: Watched, forms: int) -> Figures:
    """A run in numbers."""
    return {"forms": forms, "seconds": seen.seconds, "cpu_seconds": seen.cpu_seconds, "peak_mb": seen.peak_mb,
            "stages": {title: list(spent) for title, spent in seen.stages.items()}}


def main_part(plan: Plan) -> Iterator[Figures]:
    """The cold run between two turns of the usual script and of unzipping, then the two nights after it.

    Yields figures as soon as they are there, some of them again when there are more. What was written stays until all
    is measured: for five minutes ext4 goes through deleted files one by one to find room for each new one.
    """
    order = Order(plan.folder / "whole")
    _generated(order, plan.forms)
    inbox = order.root / "inbox"
    turns = min(TURN, plan.forms // 2)
    usual = [_usual(plan, inbox, 0, turns)]
    unzipped = [alone("unzipping", inbox, plan.forms)]
    yield {"usual": _together(usual), "unzip_seconds": unzipped}
    cold = night(order.root)
    yield {"cold": figures_of(cold, plan.forms) | {"disk_mb": disk_mb(order.root)},
           "returned": _handed_back(order.root, cold)}
    yield {"read_seconds": alone("reading", order.root, plan.forms)}
    unzipped.append(alone("unzipping", inbox, plan.forms))
    usual.append(_usual(plan, inbox, turns, 2 * turns))
    told = [finding for turn in usual for finding in turn["findings"]]
    yield {"usual": _together(usual), "unzip_seconds": unzipped, "agreement": agreement(order.root, told, 2 * turns)}
    yield {"unchanged": figures_of(night(order.root), 0)}
    changed = change(order, plan.forms)
    yield {"changed": figures_of(night(order.root), changed)}


def fewer(plan: Plan) -> Figures:
    """A cold run of a tenth of the forms."""
    return _cold(plan, plan.forms // 10)


def more(plan: Plan) -> Figures:
    """A cold run of ten times as many forms."""
    return _cold(plan, plan.forms * 10)


def _cold(plan: Plan, forms: int) -> Figures:
    order = Order(plan.folder / f"cold{forms}")
    _generated(order, forms)
    return figures_of(night(order.root), forms) | {"disk_mb": disk_mb(order.root)}


def _generated(order: Order, forms: int) -> None:
    generate(order, forms)
    # What is measured next shall not wait for the disk to take in what was only made for it.
    os.sync()


def disk_mb(workspace: Path) -> float:
    """Megabytes that a workspace takes on its disk: inbox, copies, what is remembered, outputs."""
    return sum(path.lstat().st_blocks * 512 for path in workspace.rglob("*")) / 1e6


def change(order: Order, forms: int) -> int:
    """One form in a hundred comes again with another contact; how many."""
    numbers = range(0, forms, round(1 / CHANGED_SHARE))
    for number in numbers:
        filled = right_form(order.seed, number, order.members)
        filled["consortium"]["contact"] = "改由新人"
        target = file_of(order.root, number)
        target.write_bytes(workbook(template(order.members), filled))
        touched(target, number + forms)
    return len(numbers)


def agreement(workspace: Path, usual: Iterable[list[str]], forms: int) -> Figures:
    """Whether the usual script's verdicts on the first `forms` files are those of the job, and those planted."""
    files = {file_of(workspace, number).relative_to(workspace / "inbox").as_posix() for number in range(forms)}
    planted = map(json.loads, (workspace / PLANTED).read_text("utf-8").splitlines())
    truth = {(line["file"], line["rule"]) for line in planted if line["file"] in files}
    ours = pl.read_parquet(workspace / _FINDINGS).filter(pl.col("severity") != "I")
    told = {(row["file"], f"{row['code']}/{row['severity']}") for row in ours.iter_rows(named=True)
            if row["file"] in files}
    theirs = {(file, rule) for file, rule in usual}
    return {"forms": forms, "planted": len(truth), "ours": len(told), "usual": len(theirs),
            "same": truth == told == theirs}


def _usual(plan: Plan, inbox: Path, first: int, last: int) -> Figures:
    out = plan.folder / f"usual{first}"
    done = subprocess.run([plan.usual_python, Path(__file__).with_name("usual.py"), inbox, out, str(first), str(last)],
                          check=True, capture_output=True, encoding="utf-8", env=clean_environment())
    return json.loads(done.stdout)


def _together(turns: list[Figures]) -> Figures:
    return {**{name: sum(turn[name] for turn in turns) for name in ("forms", "seconds", "cpu_seconds")},
            "phases": {phase: sum(turn["phases"][phase] for turn in turns) for phase in turns[0]["phases"]}}


def alone(what: str, folder: Path, files: int) -> float:
    """Seconds that a module of this package takes for a folder's files; RuntimeError unless it has dealt with so
    many."""
    done = subprocess.run([sys.executable, "-m", f"tests.bench.{what}", folder], check=True,
                          capture_output=True, cwd=ROOT,
                          encoding="utf-8", env=clean_environment())
    seconds, dealt_with = done.stdout.split()
    if int(dealt_with) != files:
        raise RuntimeError(f"{what}: {dealt_with} files instead of {files}")
    return float(seconds)


def _handed_back(workspace: Path, cold: Watched) -> Figures:
    spent = cold.stages["发布"]
    files = sum(1 for _ in workspace.glob("outbox/*/退改/*.xlsx"))
    return {"files": files, "publish_seconds": spent.seconds, "publish_cpu_seconds": spent.cpu_seconds}
