"""A count of people, members or patents: a whole number, not negative.

Sources: rules.md T01 (accept "1200人"), B12–B14 (the member-count phrase).
"""
from __future__ import annotations

import re

from schemas.kinds.member_phrase import read_phrase
from schemas.kinds.numeral import AMOUNT, CHINESE, parse_chinese, tight, to_decimal
from schemas.kinds.reading import Reading
from schemas.kinds.text import half_width, is_placeholder

__all__ = ["NOTES", "read", "read_phrase"]

NOTES = frozenset({"", "about", "negative", "unreadable", "blank"})

_UNREADABLE = Reading(None, "unreadable")
# What nearly every cell holds.
PLAIN = "0|[1-9][0-9]{0,8}"
_PLAIN = re.compile(PLAIN)
_MOST_DIGITS = 15
_LONGEST = 100
_SCALE = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_LABEL = (
    "(?>(?:其中|截至目前|目前|牵头及成员单位|从业人员|专业技术人员|有效知识产权|知识产权|发明专利|人员|成员|总人?数|数量?|"
    "共|总计|合计|一共|总共|现有|拥有|有|为|计|:)*)"
)
_ABOUT = "约为?|大约|大概|近|将近|逾|超过?|>=?|≥|≧|≈|不少于|不低于|至少"
_COUNT = (
    rf"{_LABEL}(?P<before>{_ABOUT})?(?P<sign>[-−－–+]?)"
    rf"(?:(?P<amount>{AMOUNT})|(?P<chinese>{CHINESE}+))(?P<scale>[十百千万亿]?)"
    r"(?P<odd>[余多来])?(?P<scale_late>万?)(?:人次|个人|人员|人|名|位|个|家|项|件|条|篇|种|户|所|台|套)?(?P<after>[余多]|左右|以上|上下|\+)?"
    r"(?:\([^()0-9]*\))?[。.,;，；]?"
)


def _whole(text: str) -> Reading[int]:
    """A number cell: formula noise below a millionth is not a fraction."""
    number = re.fullmatch(r"(-?)([0-9]+(?:\.[0-9]+)?)", text)
    value = to_decimal(number[2]) if number else None
    if value is None or abs(value - round(value)) > 1e-6 or value >= 10**_MOST_DIGITS:
        return _UNREADABLE
    return Reading(None, "negative") if number[1] and round(value) else Reading(round(value))


def _spelled(match: re.Match[str]) -> Reading[int]:
    value = to_decimal(match["amount"]) if match["amount"] else parse_chinese(match["chinese"])
    if value is None or (match["scale"] and match["scale_late"]):
        return _UNREADABLE
    if match["odd"] and not match["amount"]:
        # "一千多人" is no number at all.
        return _UNREADABLE
    value *= _SCALE[match["scale"]] * _SCALE[match["scale_late"]]
    if match["sign"] not in ("", "+"):
        return Reading(None, "negative")
    if value != int(value) or value >= 10**_MOST_DIGITS:
        return _UNREADABLE
    return Reading(int(value), "about" if match["before"] or match["odd"] or match["after"] else "")


def read(text: str | None, stored: str = "text") -> Reading[int]:
    """A whole number ≥ 0 ("1,200", "１２００人", "一千二百", "1.2万人"). Notes: about ("约1200人"), negative, unreadable.

    A blank or template cell is Reading(None). "无" and "/" are unreadable: the clerk must say 0.
    """
    if stored in ("text", "number") and _PLAIN.fullmatch(text or ""):
        return Reading(int(text))
    typed = half_width(text)
    if not typed or is_placeholder(typed):
        return Reading(None)
    if stored == "number":
        return _whole(typed)
    match = re.fullmatch(_COUNT, tight(typed)) if stored == "text" and len(typed) <= _LONGEST else None
    return _spelled(match) if match else _UNREADABLE
