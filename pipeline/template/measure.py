"""How much room a wrapped text needs: no program sets the height of a merged cell, so the form must."""

from __future__ import annotations

from math import ceil
from unicodedata import east_asian_width

# The width of a column counts digits of the workbook's font; a letter of 11 points is a little wider.
_NARROW, _WIDE, _FONT, _LINE, _PADDING = 1.1, 2.15, 11, 15, 7
# Kept free at the two sides of a cell.
_SIDES = 1.5


def height(text: str, width: float, size: float = _FONT) -> float:
    """Points for `text` in letters of `size` points, wrapped in a column of `width` characters."""
    room = (width - _SIDES) * _FONT / size
    lines = sum(max(1, ceil(characters(line) / room)) for line in text.split("\n"))
    return lines * _LINE * size / _FONT + _PADDING


def characters(text: str) -> float:
    """Width of a line of 11 points in characters of a column's width."""
    return sum(_WIDE if east_asian_width(char) in "WFA" else _NARROW for char in text)
