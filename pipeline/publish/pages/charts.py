"""Bars drawn for reading: names on the left, numbers on the right, fills that differ without colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 360
ROW = 24
LEGEND = 26
_BAR = 14
_SIZE = 13
_GAP = 8
_NUMBER = 38
_LONGEST_NAME = 11
# Dark, hatched, light: told apart in black and white too.
FILLS = ("solid", "hatch", "light")


class Part(NamedTuple):
    """One piece of a bar, in the units of the drawing."""

    x: float
    width: float
    fill: str


class Bar(NamedTuple):
    """One line of a chart; `y` is its middle."""

    name: str
    y: float
    parts: tuple[Part, ...]
    total: int
    end: float


class Key(NamedTuple):
    """A legend's entry."""

    name: str
    x: float
    fill: str


class Chart(NamedTuple):
    """A drawing ready for the template; `said` is the same in words."""

    name: str
    title: str
    said: str
    height: float
    left: float
    keys: tuple[Key, ...]
    bars: tuple[Bar, ...]


def bars(name: str, title: str, series: Sequence[str], rows: Sequence[tuple[str, tuple[int, ...]]]) -> Chart:
    """A chart with one bar a row, its numbers one after another; `name` (a-z) tells a page's charts apart."""
    left = _SIZE * min(_LONGEST_NAME, max((len(row) for row, _ in rows), default=0)) + _GAP
    most = max((sum(numbers) for _, numbers in rows), default=0) or 1
    scale = (WIDTH - left - _NUMBER) / most
    top = LEGEND if len(series) > 1 else 0
    lines = tuple(_bar(row, numbers, left, top + ROW * (place + 0.5), scale)
                  for place, (row, numbers) in enumerate(rows))
    return Chart(name, title, _said(series, rows), top + ROW * len(rows) + 4, left, _keys(series), lines)


def _bar(row: str, numbers: tuple[int, ...], left: float, y: float, scale: float) -> Bar:
    parts, x = [], left
    for number, fill in zip(numbers, FILLS, strict=False):
        if number:
            parts.append(Part(round(x, 1), round(number * scale, 1), fill))
            x += number * scale
    return Bar(_cut(row), y, tuple(parts), sum(numbers), round(x + 5, 1))


def _keys(series: Sequence[str]) -> tuple[Key, ...]:
    if len(series) < 2:
        return ()
    placed, x = [], 0
    for name, fill in zip(series, FILLS, strict=False):
        placed.append(Key(name, x, fill))
        x += _BAR + 6 + _SIZE * len(name) + 18
    return tuple(placed)


def _cut(row: str) -> str:
    return row if len(row) <= _LONGEST_NAME else row[:_LONGEST_NAME - 1] + "…"


def _said(series: Sequence[str], rows: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    if len(series) < 2:
        return "；".join(f"{_cut(row)} {numbers[0]}" for row, numbers in rows)
    told = [(row, "、".join(map("{} {}".format, series, numbers))) for row, numbers in rows]
    return "；".join(f"{_cut(row)} {words}" for row, words in told)
