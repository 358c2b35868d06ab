"""Which long texts are nearly the same. Comparing each with each is quadratic; sharing a sentence is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import combinations, pairwise
from operator import or_

from rapidfuzz import fuzz

_CLAUSE_END = re.compile(r"[。；;！!\n，,]")
_SHORTEST_CLAUSE = 8
# Of more texts that share a clause each is compared with the next in the order of texts alone.
_MOST_SHARED = 30
_BITS = 512
# A text's place, its length, and its characters as bits.
_Known = tuple[int, int, int]


class _Bits(dict[int, int]):
    """The bit of a character, by its number."""

    def __missing__(self, number: int) -> int:
        return self.setdefault(number, 1 << number % _BITS)


def near_twins(texts: Sequence[str | None], ratio: float) -> list[int | None]:
    """For each text the place of another that is at least `ratio` per cent the same; None if there is none.

    Only texts of 50 characters or more are compared, and only those that share a clause.
    """
    first_of: dict[str, int] = {}
    twins: list[int | None] = [None] * len(texts)
    for place, text in enumerate(texts):
        if not text or len(text) < 50:
            continue
        if text in first_of:
            twins[place] = first_of[text]
            twins[first_of[text]] = place if twins[first_of[text]] is None else twins[first_of[text]]
        else:
            first_of[text] = place
    for one, other in _pairs(first_of, ratio):
        if (twins[one] is None or twins[other] is None) and fuzz.ratio(texts[one], texts[other]) >= ratio:
            twins[one] = other if twins[one] is None else twins[one]
            twins[other] = one if twins[other] is None else twins[other]
    return twins


def _pairs(places: Mapping[str, int], ratio: float) -> list[tuple[int, int]]:
    """The places, in order, of texts that share a clause and may be so much the same."""
    sharing: dict[str, list[_Known]] = {}
    bits = _Bits()
    for text, place in sorted(places.items()):
        known = place, len(text), _characters(text, bits)
        for clause in set(_CLAUSE_END.split(text)):
            if len(clause) >= _SHORTEST_CLAUSE:
                sharing.setdefault(clause, []).append(known)
    # What only one of two texts has must be taken out or put in: so many may be, and one for rounding.
    share = 1 - ratio / 100
    return sorted({(min(one[0], other[0]), max(one[0], other[0]))
                   for group in sharing.values() for one, other in _compared(group)
                   if (one[2] ^ other[2]).bit_count() <= share * (one[1] + other[1]) + 1})


def _compared(group: Sequence[_Known]) -> Iterable[tuple[_Known, _Known]]:
    """Each with each; of many, neighbours: copies of one text differ by a name and stand together."""
    return combinations(group, 2) if len(group) <= _MOST_SHARED else pairwise(group)


def _characters(text: str, bits: _Bits) -> int:
    """The set of a text's characters, as the bits of a number."""
    numbers = set(memoryview(text.encode("utf-32-le", "surrogatepass")).cast("I"))
    return reduce(or_, map(bits.__getitem__, numbers))
