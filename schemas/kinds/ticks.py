"""Which options of a region are ticked, wherever the marks stand.

Source: domain.md §3.6; form.md (牵头单位类型 in one merged cell, "□ 标签"); rules.md B09, B10.
"""
from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from schemas.kinds.marks import CELL_END, CHECKED, UNCHECKED, Piece, Region, cut
from schemas.kinds.text import is_placeholder, is_void, trim

__all__ = ["CHECKED", "UNCHECKED", "Ticks", "read_options"]

_LONGEST = 3000
_OPEN_OPTION = ("其它", "其他")
_HINT = r"^(?:类型|单位)(?=[:：])|[（(]?请?(?:注明|说明|填写)(?:具体)?(?:类型|名称)?[）)]?[:：]?"
_EDGE = " \t\r\n　\xa0:：,，;；、。.-—_＿|/" + CELL_END
_OPENING, _CLOSING = "(（[【〔", ")）]】〕"


class Ticks(NamedTuple):
    """Canonical labels in reading order. `explained`: what was written behind 其它; `seen`: every option found."""

    ticked: tuple[str, ...] = ()
    explained: str = ""
    seen: tuple[str, ...] = ()


class _Slot(NamedTuple):
    """A label (None: words that are no option) and the marks between it and the one before."""

    label: Piece | None
    marks: tuple[Piece, ...]


def _remark_after(text: str, mark: Piece, words: Piece) -> bool:
    """ "其它☑：产业研究院": what follows the mark explains the label before it."""
    return any(char in ":：(（" for char in text[mark.end : words.start])


def _with_owners(region: Region) -> list[Piece]:
    """Marks and what they can belong to: words after a label belong to that label, words after a mark are an
    unknown option."""
    kept: list[Piece] = []
    for piece in region.pieces:
        if piece.kind != "X":
            kept.append(piece)
        elif kept and kept[-1].kind in "LX":
            kept[-1] = kept[-1]._replace(end=piece.end)
        elif kept and kept[-1].kind == "M" and not _remark_after(region.text, kept[-1], piece):
            kept.append(piece)
    return kept


def _gap(text: str, left: Piece, right: Piece) -> int:
    """How far apart two pieces stand; a line break, a comma or a cell's border part more than blanks do."""
    between = text[left.end : right.start]
    return len(between) + 5 * sum(char in "\n,，;；、。|" + CELL_END for char in between)


def _marks_stand_before(region: Region, pieces: Sequence[Piece]) -> bool | None:
    """One answer for the whole region: before if it starts with a mark, behind if it only ends with one, else
    the side the marks stand nearer to; None where that does not tell ("甲 √ 乙").

    Where marks have cells of their own, an empty cell is a box nobody ticked.
    """
    solid = [piece for piece in pieces if piece.kind != "E"]
    pairs = zip(solid, solid[1:])
    touching = (region.text[one.end : two.start] for one, two in pairs if {one.kind, two.kind} > {"M"})
    if all(CELL_END in between for between in touching):
        solid = list(pieces)
    if solid[0].kind in "ME":
        return True
    if solid[-1].kind in "ME":
        return False
    nearer = 0
    for left, mark, right in zip(solid, solid[1:], solid[2:]):
        if mark.kind == "M" and left.kind != "M" and right.kind != "M":
            before, after = _gap(region.text, left, mark), _gap(region.text, mark, right)
            nearer += (after < before) - (before < after)
    return nearer > 0 if nearer else None


def _slots(pieces: Sequence[Piece]) -> Iterator[_Slot]:
    marks: list[Piece] = []
    for piece in pieces:
        if piece.kind == "M":
            marks.append(piece)
        elif piece.kind != "E":
            yield _Slot(piece, tuple(marks))
            marks = []
    yield _Slot(None, tuple(marks))


def _stray(text: str, last: Piece | None, slot: _Slot, before: bool) -> tuple[Piece | None, Piece | None]:
    """Of a tick and an empty box between two labels ("□甲√ □乙"): the ticked mark that goes to the other side.

    Returns (mark that belongs to the side marks do not stand on, mark whose side cannot be told).
    """
    marks = slot.marks if before else slot.marks[::-1]
    near, far = (last, slot.label) if before else (slot.label, last)
    if len(marks) < 2 or not marks[0].checked or marks[1].checked or near is None:
        return None, None
    to_label = _gap(text, near, marks[0]) if before else _gap(text, marks[0], near)
    to_box = _gap(text, marks[0], marks[1]) if before else _gap(text, marks[1], marks[0])
    if far is None or to_label < to_box:
        return marks[0], None
    return (None, marks[0]) if to_label == to_box else (None, None)


def _checked_labels(region: Region, pieces: Sequence[Piece], before: bool | None) -> list[Piece]:
    """Labels with a checked mark of their own, unknown options included."""
    if before is None:
        beside = zip(slots := list(_slots(pieces)), slots[1:])
        return [label for left, right in beside for label in (left.label, right.label)
                if label and any(mark.checked for mark in right.marks)]
    found: list[Piece] = []
    last: Piece | None = None
    for slot in _slots(pieces):
        crossing, unclear = _stray(region.text, last, slot, before)
        own = [mark for mark in slot.marks if mark.checked and mark != crossing]
        # Behind the last label, marks can only be that label's.
        mine, other = (slot.label, last) if before and slot.label else (last, slot.label)
        found += [mine] if own and mine else []
        found += [other] if (crossing or unclear) and other else []
        last = slot.label or last
    return found


def _unwrapped(words: str) -> str:
    """The words without a bracket round all of them, or one that was never closed or opened."""
    while words and words[0] in _OPENING and (words[-1] in _CLOSING or not set(words) & set(_CLOSING)):
        words = words[1:].rstrip(_CLOSING).strip(_EDGE)
    return words if set(words) & set(_OPENING) else words.rstrip(_CLOSING).rstrip(_EDGE)


def _explanation(region: Region, before: bool) -> str:
    """The words behind 其它 (behind its own marks, where these follow it), up to the next mark or option."""
    at = next((n for n, piece in enumerate(region.pieces) if piece.label.startswith(_OPEN_OPTION)), None)
    if at is None:
        return ""
    rest = list(region.pieces[at + 1 :])
    start = region.pieces[at].end
    while rest and rest[0].kind == "M" and (not before or re.match(r"\s*[:：(（]", region.text[rest[0].end :])):
        start = rest.pop(0).end
    ends = (piece.start for piece in rest if piece.kind == "M" or (
        piece.kind == "L" and region.text[piece.start - 1] in " \t\n　、,，;；" + CELL_END))
    words = region.text[start : next(ends, len(region.text))]
    words = _unwrapped(re.sub(_HINT, "", _unwrapped(words.strip(_EDGE))).strip(_EDGE))
    return "" if is_placeholder(words) or is_void(words) else trim(words.replace(CELL_END, " "))


def _without_marks(region: Region, labels: Sequence[Piece]) -> tuple[str, ...]:
    """A drop-down's answer: the only option named, unless it is negated."""
    names = tuple(dict.fromkeys(piece.label for piece in labels))
    negated = re.search("(?:非|不是|不属于)$", region.text[: labels[0].start]) if labels else None
    return names if len(names) == 1 and not negated else ()


def read_options(texts: Sequence[str | None], options: Mapping[str, Sequence[str]]) -> Ticks:
    """The ticks of a region: its cells' texts in reading order, and accepted spellings by canonical label.

    Marks may stand before or after their labels, in cells of their own, in brackets, or as a lone √ while the
    others have
    none. A tick that could as well be the neighbour's counts for both, so that somebody asks. No marks and
    one option named:
    a drop-down's answer.
    """
    if sum(len(text or "") for text in texts) > _LONGEST:
        return Ticks()
    region = cut(texts, options)
    labels = [piece for piece in region.pieces if piece.kind == "L"]
    seen = tuple(dict.fromkeys(piece.label for piece in labels))
    pieces = _with_owners(region)
    if not any(piece.kind == "M" for piece in pieces):
        return Ticks(_without_marks(region, labels), _explanation(region, before=True), seen)
    before = _marks_stand_before(region, pieces)
    checked = {piece.start for piece in _checked_labels(region, pieces, before)}
    ticked = tuple(dict.fromkeys(piece.label for piece in labels if piece.start in checked))
    return Ticks(ticked, _explanation(region, before is not False), seen)
