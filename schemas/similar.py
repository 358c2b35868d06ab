"""Which long texts are nearly the same. Comparing each with each is quadratic; sharing a sentence is not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

_CLAUSE_END = re.compile(r"[。；;！!\n，,]")
_SHORTEST_CLAUSE = 8
# A clause that so many texts share says nothing about copying.
_MOST_SHARED = 30


def near_twins(texts: Sequence[str | None], ratio: float) -> list[int | None]:
    """For each text the place of another that is at least `ratio` per cent the same; None if there is none.

    Only texts of 50 characters or more are compared, and only those that share a clause.
    """
    first_of: dict[str, int] = {}
    twins: list[int | None] = [None] * len(texts)
    distinct: list[int] = []
    for place, text in enumerate(texts):
        if not text or len(text) < 50:
            continue
        if text in first_of:
            twins[place] = first_of[text]
            twins[first_of[text]] = place if twins[first_of[text]] is None else twins[first_of[text]]
        else:
            first_of[text] = place
            distinct.append(place)
    for one, other in _pairs(distinct, texts):
        if (twins[one] is None or twins[other] is None) and fuzz.ratio(texts[one], texts[other]) >= ratio:
            twins[one] = other if twins[one] is None else twins[one]
            twins[other] = one if twins[other] is None else twins[other]
    return twins


def _pairs(places: Sequence[int], texts: Sequence[str | None]) -> list[tuple[int, int]]:
    sharing: dict[str, list[int]] = {}
    for place in places:
        for clause in set(_CLAUSE_END.split(texts[place] or "")):
            if len(clause) >= _SHORTEST_CLAUSE:
                sharing.setdefault(clause, []).append(place)
    return sorted({(one, other) for group in sharing.values() if len(group) <= _MOST_SHARED
                   for n, one in enumerate(group) for other in group[n + 1:]})
