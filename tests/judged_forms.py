"""Forms with their heads as reading gives them, stored or not, and what judging them gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from pipeline import bounded
from pipeline.bounded import Gathered
from pipeline.held import Head, InMemory, InStore, heads
from pipeline.judgings import Judgings
from pipeline.read.packed import headings, mark_of, pack
from pipeline.read.record import FormReading, Opened
from pipeline.readings import Readings
from pipeline.validate import About
from schemas.form_2023 import FORM
from tests.drawn import form, other, readings
from tests.received import receipt

EDITION = "e" * 64
FIRST_DAY = date(2023, 9, 20)
NANJING = About("南京市", FIRST_DAY)
# The firm of row 17 with two digits mistyped: only the forms that are as drawn tell its right code.
DAMAGED = {"D17": "91321100PDY000203N"}
SHEETS = (form(), form(DAMAGED), form({"B4": "", "F19": ""}), other({"B4": "另一个创新联合体"}), form({"G14": "甲"}),
          form({"C17": "只在这一份里的单位"}), other({"B4": "再一个创新联合体", "C15": "南京某某半导体公司", "D15": "91320100PDY000204N"}),
          form({**DAMAGED, "B4": "代码写错的创新联合体", "G15": "#REF!"}))


def store_in(folder: Path) -> Readings:
    """An empty store of readings and judgings."""
    kept = Readings(folder / "readings", EDITION, judgings=Judgings(folder / "judgings", EDITION))
    kept.prune()
    kept.judgings.prune()
    return kept


@cache
def forms() -> tuple[FormReading, ...]:
    return tuple(reading for sheet in SHEETS for reading in readings(sheet))


def file_of(numbers: Sequence[int], store: Readings | None) -> tuple[Head, ...]:
    """The heads of a file with these forms, as reading gives them."""
    packed = pack(Opened(tuple(forms()[number] for number in numbers)))
    name = replace(receipt("南京市/a.xlsx"), sha256=f"{'.'.join(map(str, numbers)):0>64}")
    stored = InStore(store, name, mark_of(packed)) if store and store.put(name, packed) else InMemory.of(packed)
    return heads(headings(packed).forms, stored)


def held(numbers: Sequence[int], store: Readings | None = None) -> list[Head]:
    return [file_of([number], store)[0] for number in numbers]


def same(one: Gathered, other: Gathered) -> bool:
    return one.findings.equals(other.findings) and one.typed.keys() == other.typed.keys() and all(
        frame.equals(other.typed[name]) and frame.schema == other.typed[name].schema
        for name, frame in one.typed.items())


def judge(heads: Sequence[Head], about: Sequence[About] | None = None, at_a_time: int = 100) -> Gathered:
    return bounded.validate(FORM, heads, about or [NANJING] * len(heads), at_a_time)
