"""Telephone numbers: mobile, landline with area code, 400/800, several in a cell, names beside them.

Source: domain.md §3.3 (the notice itself prints "025-85485971、85485928": the second number inherits the area
code).
"""
from __future__ import annotations

import re

from schemas.kinds.reading import Reading
from schemas.kinds.text import DASHES, half_width, is_blank, is_placeholder, trim

NOTES = frozenset({"", "unreadable", "no_area", "lost_zero"})

_LONGEST = 300
_GAP = "[-. ]{0,2}"
_COUNTRY = r"(?:\(?(?:\+|00)?86\)?[-. ]{0,2})?"
_EXTENSION = (
    r"(?:[-,，]? ?(?:转|分机号?|ext\.?|x|#|\*):? ?[0-9]{1,6}"
    r"|-{1,2}[0-9]{1,6}|\((?:转|分机:?)?[0-9]{1,6}\))?(?![0-9])"
)
_LOCAL = "[2-9](?:[-. ]?[0-9]){6,7}(?![0-9])"
_FULL = (
    rf"(?<![0-9])(?:(?P<mobile>{_COUNTRY}0?\(?1[3-9]\)?(?:[-. ]?[0-9]){{9}}(?![0-9]))"
    rf"|(?P<free>[48]00(?:[-. ]?[0-9]){{7}}(?:转[0-9]{{1,6}})?(?![0-9]))"
    # 010 and 02x have eight digits after them; "(0)25" is how the area code is written for callers from
    # abroad.
    rf"|(?P<land>{_COUNTRY}\(?(?:\(0\)|0)(?:10|2[0-9])\)?{_GAP}(?=(?:[-. ]?[0-9]){{8}}){_LOCAL}{_EXTENSION}"
    rf"|{_COUNTRY}\(?(?:\(0\)|0)[3-9][0-9]{{2}}\)?{_GAP}{_LOCAL}{_EXTENSION}"
    rf"|(?:\+|00)86[-. ]{{0,2}}\(?(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{_GAP}{_LOCAL}{_EXTENSION})"
    r"|(?P<abroad>(?:\+|00)(?!86)[1-9][0-9]{0,2}[- ]{0,2}(?:\([0-9]{1,4}\))?(?:[-. ]?[0-9]){6,12}(?![0-9]))"
    rf"|(?P<lost>(?:10|2[0-9]){_GAP}[2-9](?:[-. ]?[0-9]){{7}}(?![0-9])"
    rf"|[3-9][0-9]{{2}}{_GAP}[2-9](?:[0-9]){{6,7}}(?![0-9]))"
    rf"|(?P<local>[2-9][0-9]{{3}}[- ]?[0-9]{{4}}{_EXTENSION}|[2-9][0-9]{{6}}{_EXTENSION}))"
)
_LIST_NUMBER = r"(?:^|(?<=[\n;；,，、]))\(?[0-9]{1,2}[.、)](?=[^\W0-9])"
_LOST_ZERO = r"((?:10|2[0-9])|[3-9][0-9]{2})([2-9][0-9]{6,7})"


# What nearly every cell holds: one mobile number.
_ALONE = re.compile("1[3-9][0-9]{9}")


def _plain(text: str) -> str:
    """Half width, one kind of dash, lower case, list numbers before names off, ".0" of a number saved as text
    off."""
    plain = re.sub(f"[{re.escape(DASHES)}]", "-", half_width(text).lower())
    plain = re.sub(r"(?<=[0-9]{7})\.0+$", "", plain)
    return re.sub(_LIST_NUMBER, "", plain)


def _proposal(digits: str) -> str:
    """ "2583359254" → "025-83359254"."""
    match = re.fullmatch(_LOST_ZERO, digits)
    return f"0{match[1]}-{match[2]}" if match else ""


def _judge(numbers: list[re.Match[str]]) -> Reading[str]:
    """The first doubt about the numbers, in their order. A short one is whole after a landline with its area
    code, as long as numbers there can be that short."""
    area = ""
    for number in numbers:
        digits = re.sub("[^0-9]", "", number[0])
        if number["lost"]:
            return Reading(None, "lost_zero", _proposal(digits))
        eight = re.match("[0-9]{4}[- ]?[0-9]{4}", number[0]) is not None
        if number["local"] and (not area or not eight and re.match("0?(?:10|2)", area)):
            return Reading(None, "no_area" if eight else "unreadable")
        area = re.sub("^(?:00)?86", "", digits)[:4] if number["land"] else area
    return Reading(None)


def read(text: str | None, stored: str = "text") -> Reading[str]:
    """The numbers as typed, whatever the note: a doubtful number is still the only one there is.

    Notes: unreadable (something is no telephone number), no_area (detail ""), lost_zero (detail:
    "025-83359254").
    """
    if stored == "text" and _ALONE.fullmatch(text or ""):
        return Reading(text)
    if is_blank(text) or is_placeholder(text):
        return Reading(None)
    typed, plain = trim(text), _plain(text)
    readable = stored in ("text", "number") and len(plain) <= _LONGEST
    numbers = list(re.finditer(_FULL, plain)) if readable else []
    left_over = re.search("[0-9*]", re.sub(_FULL, " ", plain))
    if not numbers or left_over:
        return Reading(typed, "unreadable")
    return _judge(numbers)._replace(value=typed)
