"""Personal identity numbers (GB 11643-1999): found, so that they are never shown."""

from __future__ import annotations

import re
from datetime import date

from .code import fold, passes_both
from .divisions import PROVINCES, is_known_province
from .legacy import is_tax_number, registration_check

IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(r"[1-8]\d{16}[\dX]", re.ASCII)
_OLD_SHAPE = re.compile(r"[1-8]\d{14}", re.ASCII)
# Digits with up to two spaces, dashes or invisible characters between any two of them.
_RUN = re.compile(r"[\dXxＸｘ](?:[\s\-‐-―－−\u200b-\u200f\ufeff]{0,2}[\dXxＸｘ]){14,}")


def is_personal_id(text: str) -> bool:
    """Whether the text is an identity number: length, province, birth date, check character (mod 11-2).

    >>> is_personal_id('320199199003070058')
    False
    """
    number = fold(text)
    return looks_like_personal_id(number) and _check(number)


def looks_like_personal_id(number: str) -> bool:
    """Whether 18 characters have the province and birth date of an identity number, whatever its last one."""
    return bool(_SHAPE.fullmatch(number)) and number[:2] in PROVINCES and _is_birth_date(number[6:14])


def mask(text: str) -> str:
    """The text with every identity number in it hidden but for three characters and two; valid codes stay.

    >>> mask('联系人 320199199003070059')
    '联系人 320***********59'
    """
    return _RUN.sub(_mask_run, text) if text else ""


def _mask_run(match: re.Match[str]) -> str:
    run = match.group()
    if run.isascii() and run.isalnum():
        places, number = list(range(len(run))), run.upper()
    else:
        places = [place for place, character in enumerate(run) if fold(character)]
        number = "".join(fold(run[place]) for place in places)
    if len(number) in (15, 18):
        return _hidden(number) if _is_private(number) else run
    for start in range(len(number) - 17):
        window = number[start : start + 18]
        if looks_like_personal_id(window) and _check(window) and not passes_both(window):
            first, after = places[start], places[start + 17] + 1
            return run[:first] + _hidden(window) + _RUN.sub(_mask_run, run[after:])
    return run


def _is_private(number: str) -> bool:
    """Whether a number that stands alone is to be hidden; a mistyped identity number is personal data too."""
    if len(number) == 15:
        return _is_old_personal_id(number)
    return looks_like_personal_id(number) and not (passes_both(number) and is_known_province(number))


def _is_old_personal_id(number: str) -> bool:
    if not _OLD_SHAPE.fullmatch(number) or registration_check(number) or is_tax_number(number):
        return False
    return number[:2] in PROVINCES and _is_birth_date("19" + number[6:12])


def _hidden(number: str) -> str:
    return f"{number[:3]}{'*' * 11}{number[-2:]}"


def _check(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, IDENTITY_WEIGHTS))
    return number[17] == "10X98765432"[total % 11]


def _is_birth_date(digits: str) -> bool:
    try:
        return 1900 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2040
    except ValueError:
        return False
