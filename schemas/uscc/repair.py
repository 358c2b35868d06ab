"""The codes that a damaged one can have been, for a person to choose from: none is ever put in unasked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product

from . import excel
from .classes import CLASSES
from .code import ALPHABET, CODE_LENGTH, calc_check_digit, compact, is_organisation_code, passes, passes_both
from .divisions import CITIES, CURRENT, NATIONAL, RETIRED, ZONE, division, is_known_province
from .legacy import is_tax_number, registration_check
from .privacy import looks_like_personal_id

LIMIT = 8

# Letters that no code has, with what was meant.
OUTSIDE = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "UY"}
_ALIKE_GROUPS = ("0DQ", "1L7", "56", "6GB", "8B3", "7T", "UY", "XK", "MN", "EF", "PR", "CG")
ALIKE = {
    character: "".join(sorted(set().union(*(g for g in _ALIKE_GROUPS if character in g)) - {character}))
    for character in "".join(_ALIKE_GROUPS)
}
# For the places where only a digit can stand.
_DIGIT_FOR = {"D": "0", "Q": "0", "B": "8", "G": "6", "L": "1", "T": "7", "A": "4", "E": "3"}

# How unlikely a slip is against the others; only the order matters.
_ALIKE_COST, _SWAP_COST, _DOUBLE_COST, _LENGTH_COST, _ANY_COST = 1.0, 1.2, 0.6, 1.0, 3.0
# A candidate this much behind the best would only tempt.
_TOO_UNLIKELY = 4.0
_COMMON_PREFIXES = frozenset({"91", "12"})
# Digits until 2015; since then MA… for firms, MB… for public bodies, MJ… for associations.
_COMMON_BODY = re.compile(r"\d{8}|M[A-K]")

Edit = Callable[[str], Iterator[tuple[str, float]]]


def candidates(text: object, stored: str = "text", known: Iterable[str] = frozenset()) -> list[str]:
    """At most eight codes, best first, that the text can be a slip of; all of them pass both checks.

    `known` are codes already in the register under the same name: one that fits comes before all others.
    Empty for text that is valid, no code at all, several codes or a personal identity number.

    >>> candidates('9132O100PDY00001XR')
    ['91320100PDY00001XR']
    """
    code, number = compact(text), excel.read(text, stored)
    if looks_like_personal_id(number.digits) if number else _is_settled(code):
        return []
    costs = _costs(code, number)
    fitting = {other for other in known if passes(other) and (other in costs or _fits(code, number, other))}
    costs.update({other: costs.get(other, 9.0) for other in fitting})
    scores = {other: cost + _rarity(other) for other, cost in costs.items()}
    worst = min(scores.values(), default=0.0) + _TOO_UNLIKELY
    kept = [other for other, score in scores.items() if other in fitting or score <= worst]
    return sorted(kept, key=lambda other: (other not in fitting, scores[other], other))[:LIMIT]


def _is_settled(code: str) -> bool:
    """Whether text needs no repair, being valid, or must get none, being a personal identity number."""
    if passes_both(code) and is_known_province(code):
        return not code.endswith("000")
    return looks_like_personal_id(code)


def bad_characters(code: str) -> list[tuple[int, str, str]]:
    """Position (from 1), character and suggestion ("" if none) of each character that cannot stand there.

    >>> bad_characters('9132O100PDY00001XR')
    [(5, 'O', '0')]
    """
    found = []
    for position, character in enumerate(code, 1):
        digit_only = 2 <= position <= 8
        if character not in ALPHABET or (digit_only and not character.isdigit()):
            meant = OUTSIDE.get(character, "")[:1] or (_DIGIT_FOR.get(character, "") if digit_only else "")
            found.append((position, character, meant if not digit_only or meant.isdigit() else ""))
    return found


def _costs(code: str, number: excel.Number | None) -> dict[str, float]:
    """Every acceptable original with the cost of its cheapest slip."""
    if number:
        return _by_order(excel.originals(number))
    lost = _by_order(excel.originals(excel.Number(code, CODE_LENGTH))) if excel.is_lossy(code) else {}
    found = lost | (_edited(code) if len(code) in _EDITS else {})
    found = {other: min(cost, lost.get(other, cost)) for other, cost in found.items()}
    return found | _from_tax_number(code)


def _by_order(codes: list[str]) -> dict[str, float]:
    return {code: 0.5 + order / 1000 for order, code in enumerate(codes)}


def _edited(code: str) -> dict[str, float]:
    found: dict[str, float] = {}
    plain = list(_readings(code))
    for reading in plain:
        _keep(found, reading, 0.0)
    if found:
        return found
    for reading in plain:
        for edit in _EDITS.get(len(reading), ()):
            for other, cost in edit(reading):
                _keep(found, other, cost)
    found.pop(code, None)
    return found


def _keep(found: dict[str, float], other: str, cost: float) -> None:
    if cost < found.get(other, 99.0) and passes_both(other) and is_known_province(other):
        found[other] = cost


def _readings(code: str) -> Iterator[str]:
    """The code with each impossible character replaced by what it looks like."""
    options = [[character] for character in code]
    for place, character in enumerate(code):
        if character in OUTSIDE:
            options[place] = list(OUTSIDE[character])
        elif len(code) == CODE_LENGTH and 1 <= place <= 7 and character in _DIGIT_FOR:
            options[place] = [_DIGIT_FOR[character]]
        elif character not in ALPHABET:
            options[place] = list(ALPHABET)
    size = 1
    for choices in options:
        size *= len(choices)
    return map("".join, product(*options)) if size <= 1000 else iter(())


def _alike(code: str) -> Iterator[tuple[str, float]]:
    for place, character in enumerate(code):
        for other in ALIKE.get(character, ""):
            yield code[:place] + other + code[place + 1 :], _ALIKE_COST


def _swapped(code: str) -> Iterator[tuple[str, float]]:
    for place in range(len(code) - 1):
        yield code[:place] + code[place + 1] + code[place] + code[place + 2 :], _SWAP_COST


def _replaced(code: str) -> Iterator[tuple[str, float]]:
    for place in range(len(code)):
        for other in ALPHABET:
            yield code[:place] + other + code[place + 1 :], _ANY_COST


def _inserted(code: str) -> Iterator[tuple[str, float]]:
    for place in range(len(code) + 1):
        for other in ALPHABET:
            cost = _DOUBLE_COST if other in code[max(place - 1, 0) : place + 1] else _LENGTH_COST
            yield code[:place] + other + code[place:], cost


def _dropped(code: str) -> Iterator[tuple[str, float]]:
    for place, character in enumerate(code):
        doubled = character == code[place - 1 : place] or character == code[place + 1 : place + 2]
        yield code[:place] + code[place + 1 :], _DOUBLE_COST if doubled else _LENGTH_COST


_EDITS: dict[int, tuple[Edit, ...]] = {
    CODE_LENGTH - 1: (_inserted,), CODE_LENGTH: (_alike, _swapped, _replaced), CODE_LENGTH + 1: (_dropped,)}


def _from_tax_number(code: str) -> dict[str, float]:
    """A firm's old tax number is positions 3–17 of its code, unless the firm had moved."""
    if not is_tax_number(code) or registration_check(code):
        return {}
    other = f"91{code}{calc_check_digit('91' + code)}" if set(code) <= set(ALPHABET) else ""
    return {other: 1.0} if is_known_province(other) else {}


def _fits(code: str, number: excel.Number | None, other: str) -> bool:
    """Whether a code of the register, under the same name, is close to the damaged one."""
    if number:
        return excel.agrees(number, other)
    organisation = code if len(code) == 9 else code[6:] if len(code) == 15 else ""
    if is_organisation_code(organisation):
        return other[8:17] == organisation
    if len(code) == CODE_LENGTH:
        return code != other and sum(a != b for a, b in zip(code, other)) <= 3
    shorter, longer = sorted((code, other), key=len)
    return len(shorter) >= 14 and len(longer) - len(shorter) <= 4 and _is_subsequence(shorter, longer)


def _is_subsequence(shorter: str, longer: str) -> bool:
    rest = iter(longer)
    return all(character in rest for character in shorter)


def _rarity(code: str) -> float:
    """What makes a candidate unlikely before any slip: its division, prefix and organisation code."""
    found = division(code)
    if found.code == NATIONAL or found.code[:4] in CITIES and found.status in (CURRENT, ZONE):
        place = 0.0
    elif found.code[:2] == "32" and found.status in (CURRENT, RETIRED):
        place = 0.2
    else:
        place = 1.5 if found.name else 2.5
    prefix = 0.0 if code[:2] in _COMMON_PREFIXES else 0.5 if code[:2] in CLASSES else 1.0
    return place + prefix + (0.0 if _COMMON_BODY.match(code, 8) else 0.8)
