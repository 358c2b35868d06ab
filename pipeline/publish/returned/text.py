"""Texts as they may stand in a part of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil

from pipeline.publish.celltext import FILLED, shown

# Excel takes _x0041_ for a character's number.
_NUMBERED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


def excel_escaped(text: str) -> str:
    """`text` without harmful characters, and such that Excel shows it as it is."""
    whole = shown(text)
    return _NUMBERED.sub(r"_x005F_\1", whole) if "_x" in whole else whole


# The same sentences stand in every form.
@lru_cache(maxsize=512)
def lines_in(text: str, room: float) -> int:
    """Lines that a text takes in a column `room` half-width characters wide."""
    return sum(max(1, ceil(width_of(line) / (room * FILLED))) for line in text.split("\n"))


def width_of(text: str) -> float:
    """Width in half-width characters: ASCII 1, Chinese 2."""
    return (len(text.encode("utf-8", "replace")) + len(text)) / 2
