"""What stands in the rows of a block as written, form after form, as one frame: text, cell, stored type and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, repeat
from operator import attrgetter

import polars as pl

from pipeline.read.packed import Run
from schemas.form import Block

AT, STORED, UNIT = "__at", "__stored", "__unit"
_PARTS = ("", AT, STORED, UNIT)
# Text, cell, stored type and unit where a form has no such label.
_ABSENT = ("", "", "absent", "")


def raw_of(block: Block, forms: Sequence[Mapping[str, list[Run]]]) -> pl.DataFrame:
    """What stands in the rows of a block, as written; `submission` is a form's place."""
    submissions: list[int] = []
    rows: list[int] = []
    runs: list[Run] = []
    for place, form in enumerate(forms):
        seq = 1
        for run in form.get(block.name, ()):
            submissions.extend([place] * run.number)
            rows.extend(range(seq, seq + run.number))
            seq += run.number
            runs.append(run)
    columns = {name: tuple(_Strip() for _ in _PARTS) for name in block.columns}
    # Nearly all forms have the same fields in the same order.
    for fields, group in groupby(runs, key=attrgetter("fields")):
        _take(columns, fields, list(group))
    frame = [pl.Series("submission", submissions, dtype=pl.Int64), pl.Series("seq", rows, dtype=pl.Int64)]
    frame += [strip.series(name + part) for name, strips in columns.items()
              for part, strip in zip(_PARTS, strips, strict=True)]
    return pl.DataFrame(frame)


class _Strip:
    """A column as it is put together: texts one by one, or one word for so many rows."""

    def __init__(self) -> None:
        self._pieces: list[tuple[list[str] | str, int]] = []

    def add(self, texts: list[str] | str, number: int) -> None:
        """Texts of the next `number` rows."""
        self._pieces.append((texts, number))

    def series(self, name: str) -> pl.Series:
        """The column; where all its rows have the same word, no row was looked at."""
        if len(words := {texts if isinstance(texts, str) else None for texts, _ in self._pieces}) == 1:
            if (word := words.pop()) is not None:
                return pl.Series(name, [word], pl.String).new_from_index(0, sum(number for _, number in self._pieces))
        texts: list[str] = []
        for some, number in self._pieces:
            texts.extend(some if isinstance(some, list) else repeat(some, number))
        return pl.Series(name, texts, dtype=pl.String)


def _take(columns: Mapping[str, tuple[_Strip, ...]], fields: list[str], runs: Sequence[Run]) -> None:
    """Add the rows to the columns, each column in one go: the values of one field are every so manyth."""
    width, number = len(fields), sum(run.number for run in runs)
    where = {field: place for place, field in enumerate(fields)}
    wholes = _ABSENT
    if fields:
        wholes = [_whole([run.parts[part] for run in runs], [run.number * width for run in runs])
                  for part in range(len(_PARTS))]
    for name, strips in columns.items():
        first = where.get(name)
        for strip, whole, absent in zip(strips, wholes, _ABSENT, strict=True):
            if first is None:
                strip.add(absent, number)
            else:
                strip.add(whole[first::width] if isinstance(whole, list) else whole, number)


def _whole(parts: Sequence[list[str] | str], sizes: Sequence[int]) -> list[str] | str:
    """One part of the values of several runs: a word where it is the same for all."""
    first = parts[0]
    if isinstance(first, str) and all(part == first for part in parts):
        return first
    whole: list[str] = []
    for part, size in zip(parts, sizes, strict=True):
        whole.extend(part if isinstance(part, list) else repeat(part, size))
    return whole
