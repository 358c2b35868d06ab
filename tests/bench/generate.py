"""A workspace of generated forms: `python -m tests.bench generate DIR N`."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.bench.contents import city_of, right_form
from tests.bench.forms import template, workbook
from tests.bench.mistakes import mistake_of, spoil

SEED, MEMBERS, MISTAKES = 2023, 10, 0.05
PLANTED = "planted.jsonl"
# Ten past nine on 4 September 2023, Beijing time; a minute later for each form.
_FIRST_MOMENT = 1_693_789_800
# All forms of a city are to be taken in one night, and none of them is late.
_SETTINGS = "deadline = 2099-12-31\nnightly_files = 1000000\nnightly_mb = 1000000\n"
_PORTION = 250


class Order(NamedTuple):
    """What to generate."""

    root: Path
    seed: int = SEED
    members: int = MEMBERS
    mistakes: float = MISTAKES


def generate(order: Order, count: int, first: int = 0) -> None:
    """Forms `first` … `first + count - 1` into `root`/inbox/<city>; `planted.jsonl` says which mistake is where."""
    order.root.mkdir(parents=True, exist_ok=True)
    (order.root / "consortium.toml").write_text(_SETTINGS, encoding="utf-8")
    numbers = range(first, first + count)
    for number in numbers[:13]:
        file_of(order.root, number).parent.mkdir(parents=True, exist_ok=True)
    portions = [numbers[start:start + _PORTION] for start in range(0, count, _PORTION)]
    with (ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool,
          (order.root / PLANTED).open("w", encoding="utf-8") as told):
        for planted in pool.map(partial(_portion, order), portions):
            told.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in planted)


def file_of(root: Path, number: int) -> Path:
    """Where form `number` lies."""
    return root / "inbox" / city_of(number).name / f"基础信息表{number:06d}.xlsx"


def touched(target: Path, minutes: int) -> None:
    """Give a file its time: so many minutes after the first."""
    moment = _FIRST_MOMENT + 60 * minutes
    os.utime(target, (moment, moment))


def form_bytes(order: Order, number: int) -> tuple[bytes, str]:
    """Form `number` and the rule that its mistake raises, "" for none."""
    filled = right_form(order.seed, number, order.members)
    mistake = mistake_of(order.seed, number, order.mistakes)
    if mistake:
        spoil(filled, mistake, order.seed, number)
    return workbook(template(order.members), filled), mistake.rule if mistake else ""


def _portion(order: Order, numbers: range) -> list[dict[str, str]]:
    planted = []
    for number in numbers:
        content, rule = form_bytes(order, number)
        target = file_of(order.root, number)
        target.write_bytes(content)
        touched(target, number)
        if rule:
            planted.append({"file": target.relative_to(order.root / "inbox").as_posix(), "rule": rule})
    return planted
