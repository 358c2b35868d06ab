"""The marks of tick boxes as characters, and a region of cells cut into marks, option labels and other text.

Source: domain.md §3.6 (boxes, Wingdings). A Wingdings letter counts only as U+F0xx: plain R or P is a letter.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.kinds.text import compact

CHECKED = frozenset("☑☒■▣◼⬛√✓✔🗸✅🗹🗵●◉⦿⊠✗✘" "\uf0fe\uf0fd\uf0fc\uf0fb\uf06e\uf052\uf053\uf050\uf054")
UNCHECKED = frozenset("□☐▢◻⬜❏❑❒○◯〇" "\uf06f\uf0a8\uf0a3\uf071")

# A cross is "yes" in a box of its own; beside ticks it is "no".
_CROSSES = frozenset("✗✘×✕✖\uf0fb")
_TICKS = frozenset("☑√✓✔🗸✅🗹\uf0fe\uf0fc\uf052\uf050")
# Kanji and kana that look like an empty box.
_KOU = "口ロ囗"
_KOU_WORD = "[进出窗人港关门路端接渡入江河海虎缺]"
_YES = frozenset({"true", "是", "1", "y", "yes"})
_NO = frozenset({"false", "否", "0", "n", "no"})
_ANY_MARK = "".join(sorted(CHECKED | UNCHECKED | _CROSSES))
_BRACKETED = rf"[\[(（【〔［]\s*([{re.escape(_ANY_MARK)}xXvV])?[\s_]*[\])）】〕］]"
_EMPTY_BRACKET = r"[\[(（【〔［][\s_]*[\])）】〕］]"
CELL_END = "\x1e"


class Piece(NamedTuple):
    """A run of the region's text. `kind`: M a mark, L a label, X other words, E an empty cell."""

    kind: str
    start: int
    end: int
    label: str = ""
    checked: bool = False


class Region(NamedTuple):
    """A text cut into marks and what stands between them."""

    text: str
    pieces: tuple[Piece, ...]


def _label_pattern(options: Mapping[str, Sequence[str]]) -> tuple[str, dict[str, str]]:
    """A pattern for every spelling of every option, blanks allowed inside, longest first; and whose spelling
    it is."""
    owner = {}
    for label, spellings in options.items():
        owner |= {compact(spelling).lower(): label for spelling in (*spellings, label)}
    longest_first = sorted((spelling for spelling in owner if spelling), key=len, reverse=True)
    words = (r"\s*".join(map(re.escape, spelling)) for spelling in longest_first)
    return "|".join(words) or "(?!)", owner


def _fold(text: str) -> str:
    """Half width and lower case with every character kept in its place."""
    return "".join(folded if len(folded := compact(char).lower()) == 1 else char for char in text)


def _as_cell_marks(texts: Sequence[str]) -> list[str]:
    """Cells that hold nothing but a yes or no beside a label (TRUE, 是, 1) become marks; a list of numbers
    does not."""
    words = [compact(text).lower() for text in texts]
    numbered = any(re.fullmatch("[0-9]+", word) and word not in ("0", "1") for word in words)
    labelled = any(word and word not in _YES | _NO for word in words)
    def mark(text: str, word: str) -> str:
        if word not in _YES | _NO or not labelled or (numbered and word in ("0", "1")):
            return text
        return "√" if word in _YES else "□"
    return [mark(text, word) for text, word in zip(texts, words)]


def without_brackets(text: str) -> str:
    """ "[√]", "（ ）", "[x]" as the single mark they are, the length kept."""
    def mark(match: re.Match[str]) -> str:
        inner = match[1] or "□"
        return ("√" if inner in "xXvV" else inner).ljust(len(match[0]))
    return re.sub(_BRACKETED, mark, text)


def has_marks(text: str) -> bool:
    """A box or a tick is somewhere in `text`, "[x]" included; empty brackets alone are none."""
    return not (CHECKED | UNCHECKED).isdisjoint(without_brackets(re.sub(_EMPTY_BRACKET, "", text)))


def _boxes_for_kou(folded: str, labels: str) -> str:
    """口 as a box where it stands against a label, and is not the end of a word as in 进出口, or the start of 口岸."""
    before = rf"(?<!{_KOU_WORD})[{_KOU}](?=\s*(?:{labels}))"
    hidden = re.sub(labels, lambda match: "\0" * len(match[0]), folded)
    folded = re.sub(before, "□", folded)
    after = rf"(?<=\0)(\s*)[{_KOU}](?=\s*(?:\0|$|{CELL_END}))"
    spots = {match.end() - 1 for match in re.finditer(after, hidden)}
    return "".join("□" if at in spots else char for at, char in enumerate(folded))


def cut(texts: Sequence[str | None], options: Mapping[str, Sequence[str]]) -> Region:
    """The region's cells joined, and its pieces in reading order."""
    cells = _as_cell_marks([text or "" for text in texts])
    shown = (re.sub("[\ufe0e\ufe0f\u200b\ufeff\u2060]", "", cell) for cell in cells)
    written = without_brackets(CELL_END.join(shown))
    labels, owner = _label_pattern(options)
    folded = _boxes_for_kou(_fold(written), labels)
    ticks_there = any(char in _TICKS for char in folded)
    pattern = (
        rf"(?P<L>{labels})|(?P<M>[{re.escape(_ANY_MARK)}])|(?P<E>(?:^|(?<={CELL_END}))\s*(?={CELL_END}|$))"
        r"|[0-9a-z]{1,2}\s*[.、)]|(?P<X>[^\W_])"
    )
    pieces = []
    for match in re.finditer(pattern, folded):
        kind = match.lastgroup
        if not kind:
            # A list number between a mark and its label is nobody's.
            continue
        label = owner[compact(match[0])] if kind == "L" else ""
        checked = match[0] not in UNCHECKED and not (ticks_there and match[0] in _CROSSES)
        pieces.append(Piece(kind, match.start(), match.end(), label, kind == "M" and checked))
    return Region(written, tuple(pieces))
