"""Labels that are nearly those of the form: what is left when every label that is known has been found."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from pipeline.grid import Cell, Grid, address
from pipeline.read.labels import Labels
from pipeline.read.record import Value
from pipeline.read.singles import Hit, hit_at
from schemas.label import label_key

_LONGEST = 24
_NEAR, _INSIDE = 66.0, 99.0
_COLON = re.compile("[:：]")


def guesses(grid: Grid, labels: Labels, missing: set[str], taken: set[tuple[int, int]], rows: tuple[int, int],
            stacked: set[int]) -> list[Hit]:
    """Labels in `rows` that are nearly those of `missing` values, each for the best of them.

    `taken` are cells that are something else; in the rows of `stacked` values stand below their labels.
    """
    scored = []
    for cell in grid:
        if rows[0] <= cell.row <= rows[1] and (cell.row, cell.col) not in taken and cell.stored == "text":
            scored.extend((-score, cell, name) for score, name in _likely(cell, labels, missing))
    found: dict[str, Hit] = {}
    used: set[Cell] = set()
    for _, cell, name in sorted(scored):
        if name not in found and cell not in used:
            found[name] = _guessed(grid, cell, name)._replace(above=cell.row in stacked)
            used.add(cell)
    return list(found.values())


def _likely(cell: Cell, labels: Labels, missing: set[str]) -> list[tuple[float, str]]:
    key = label_key(_COLON.split(cell.text, maxsplit=1)[0])
    if not 2 <= len(key) <= _LONGEST:
        return []
    found = []
    for known, name in labels.singles.items():
        if name in missing and len(known) >= 2:
            inside = len(known) >= 4 and known in key and len(key) <= 2 * len(known) + 2
            score = _INSIDE if inside else fuzz.ratio(known, key)
            if score >= _NEAR:
                found.append((score, name))
    return found


def _guessed(grid: Grid, cell: Cell, name: str) -> Hit:
    """The label at a cell; with its value, where that stands behind a colon in the same cell."""
    label, *rest = _COLON.split(cell.text, maxsplit=1)
    text = rest[0].strip() if rest else ""
    inline = Value(text, address(cell.row, cell.col)) if text else None
    return hit_at(grid, cell, name, inline, label.strip())
