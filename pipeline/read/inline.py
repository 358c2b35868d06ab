"""Labels that stand in one cell with their values: before a colon, or before a figure."""

from __future__ import annotations

import re
import unicodedata

from pipeline.grid import Cell, address
from pipeline.read.labels import Labels
from pipeline.read.record import Value

_COLON = re.compile("[:：]")
_BREAK = re.compile(r"[\s，,；;。、]")
_DIGIT = re.compile(r"\d")
# Folded, these are as they were, or punctuation in which no label ends; to fold a sentence takes as long as many cells.
_FAMILIAR = re.compile(r"[\u4e00-\u9fff\x00-`{-\x7f—‘-”、。，；：（）]*")
_FILLING = re.compile(r"[\s_:：]+")
_LONGEST_LABEL = 60
_LONGEST_FIGURES = 160


def colon_labels(text: str, labels: Labels) -> list[tuple[int, int, str]]:
    """(start, end, field) of each label that a colon follows; the longest label that ends at the colon counts."""
    marks, floor = [], 0
    for colon in _COLON.finditer(text):
        low = max(floor, colon.start() - _LONGEST_LABEL)
        starts = [low, *(low + gap.end() for gap in _BREAK.finditer(text[low:colon.start()]))]
        for start in starts:
            name = labels.field(text[start:colon.start()])
            if name is not None:
                marks.append((start, colon.end(), name))
                floor = colon.end()
                break
    return marks


def next_label(text: str, labels: Labels, field: str) -> int | None:
    """Where the first label of another value than `field` begins that a colon follows."""
    marks = colon_labels(text, labels) if ":" in text or "：" in text else ()
    return next((start for start, _, name in marks if name != field), None)


def figures(cell: Cell, labels: Labels) -> list[tuple[str, Value]]:
    """Whole numbers that follow their label without a colon, in one cell."""
    # Nothing in ASCII becomes a character outside it.
    if len(cell.text) > _LONGEST_FIGURES or cell.text.isascii() and not labels.has_ascii_figures:
        return []
    if not _DIGIT.search(cell.text) or _FAMILIAR.fullmatch(cell.text) and labels.figure_ends.isdisjoint(cell.text):
        return []
    folded = unicodedata.normalize("NFKC", cell.text).upper()
    if labels.figure_ends.isdisjoint(folded):
        return []
    compact = _FILLING.sub("", folded)
    found: dict[str, Value] = {}
    for key, name in labels.figures:
        if key in compact and name not in found:
            match = re.search(re.escape(key) + r"(?:数量|数|总数)?[为是共约]?([\d,.]+[^\d,，;；。()]{0,2})", compact)
            if match:
                found[name] = Value(match[1], address(cell.row, cell.col))
    return list(found.items())


def begins_with_figure(text: str, labels: Labels) -> bool:
    """Whether a text begins with the label of a figure."""
    compact = _FILLING.sub("", unicodedata.normalize("NFKC", text).upper())
    return compact.startswith(tuple(key for key, _ in labels.figures))
