"""Thresholds of the call in the words of a sentence."""

from __future__ import annotations

WAN_A_YI = 10_000
NUMERALS = "一二三四五六七八九"


def in_yi(wan: float) -> str:
    """A sum in 万元 as one in 亿元.

    >>> in_yi(100_000), in_yi(12_500)
    ('10 亿元', '1.25 亿元')
    """
    return f"{wan / WAN_A_YI:g} 亿元"


def in_percent(share: float) -> str:
    """A share, 1 being the whole.

    >>> in_percent(0.03), in_percent(0.125)
    ('3%', '12.5%')
    """
    return f"{100 * share:g}%"


def month_in_words(month: str) -> str:
    """A month as the register has it.

    >>> month_in_words("2020-07")
    '2020年7月'
    """
    year, number = map(int, month.split("-"))
    return f"{year}年{number}月"


def numeral(number: int) -> str:
    """A number from 1 to 9. ValueError for any other.

    >>> numeral(3)
    '三'
    """
    if not 1 <= number <= len(NUMERALS):
        raise ValueError(f"no numeral of one character: {number}")
    return NUMERALS[number - 1]
