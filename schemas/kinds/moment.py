"""A year, month or day in the spellings of domain.md §3.4, and the clean-up its readers share. Pattern
matching, no judgement."""
from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from schemas.kinds.numeral import parse_chinese
from schemas.kinds.text import DASHES, half_width

_YEAR = "(?<![0-9])(?:19|20)[0-9]{2}"
_MONTH = "(?:1[0-2]|0?[1-9])(?![0-9])"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])"
_CLOSED = "(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12][0-9]|3[01]))?(?![0-9])"
# Within a spelling the separator stays the same: "2021.01-12" is a span, not the 12th.
SPELLING = (
    rf"(?:{_YEAR}年度?(?:{_MONTH}(?:月份?(?:{_DAY}[日号]?)?)?)?"
    rf"|{_YEAR}(?P<separator>[-./·。\\])(?:{_MONTH})(?:(?P=separator){_DAY}日?|月份?(?:{_DAY}[日号]?)?)?"
    rf"|{_YEAR}{_CLOSED}|{_YEAR}(?![0-9])|(?<![0-9])[0-9]{{2}}年{_MONTH}月份?(?:{_DAY}[日号]?)?)"
)
# What nearly every cell holds: a month in a spelling that has one reading (2021.1 has two).
PLAIN = "(?:19|20)[0-9]{2}(?:年(?:1[0-2]|0?[1-9])月|[-/](?:1[0-2]|0?[1-9])|[.](?:1[0-2]|0[1-9]))"
_MONTH_NAMES = dict(zip("jan feb mar apr may jun jul aug sep oct nov dec".split(), range(1, 13)))
_NAME = rf"({'|'.join(_MONTH_NAMES)})[a-z]*\.?"
_ZERO = "零〇○◯oO0"
_SPOKEN_YEAR = rf"[一二12][{_ZERO}一二三四五六七八九1-9]{{3}}(?=年|[-.]|$)"
_SPOKEN_PART = "(?<![一二三四五六七八九十])[一二三四五六七八九十廿卅]{1,4}(?=[月日号])"
_CLOCK = (
    r"(?<=[0-9日号 t])[t ]?(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[ap]m)?"
    r"(?:z|[+-][0-9]{2}:?[0-9]{2})?|(?<=[日号 ])[0-9]{1,2}时(?:[0-9]{1,2}分)?(?:[0-9]{1,2}秒)?)$"
)
_SERIAL_RANGE = range(20000, 60001)


class Moment(NamedTuple):
    """A year, or a month, or a day of it."""

    year: int
    month: int | None = None
    day: int | None = None

    def exists(self) -> bool:
        """False for 2023-02-30."""
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            return False
        return True

    def month_text(self) -> str:
        """YYYY-MM; only where the month is known."""
        return f"{self.year:04d}-{self.month:02d}"


def plain_month(spelling: str) -> str:
    """YYYY-MM of a text that fits PLAIN."""
    return f"{spelling[:4]}-{spelling[5:].rstrip('月'):0>2}"


def _arabic(text: str) -> str:
    """Chinese date numerals to digits: 二〇二三年六月二十九日, 二零二一年; the letter O between Chinese digits is a zero."""
    def year(match: re.Match[str]) -> str:
        if not re.search("[一二三四五六七八九]", match[0]):
            return match[0]
        zeros = re.sub(f"[{_ZERO}]", "0", match[0])
        return re.sub("[^0-9]", lambda char: str(parse_chinese(char[0])), zeros)
    def part(match: re.Match[str]) -> str:
        value = parse_chinese(match[0])
        return match[0] if value is None else str(value)
    return re.sub(_SPOKEN_PART, part, re.sub(_SPOKEN_YEAR, year, text))


@lru_cache(maxsize=8_192)
def tidy(text: str | None) -> str:
    """Half width, lower case, one dash and one tilde, digits Arabic, blanks only where they part two digits
    or letters."""
    plain = re.sub(f"[{re.escape(DASHES)}]", "-", half_width(text).lower())
    plain = re.sub("[～〜∼˜]", "~", _arabic(plain))
    if re.search("[年月]", plain):
        plain = plain.replace("_", " ")
        # The form prints "20" before a gap: "20 23 年".
        plain = re.sub(r"(?<![0-9])(19|20) +([0-9]{2})(?= *年)", r"\1\2", plain)
    plain = re.sub(r"[\s]*([^\w\s])[\s]*", r"\1", plain)
    plain = re.sub(r"\s*([一-鿿])", r"\1", plain)
    # Between two dates a blank is content.
    plain = re.sub(
        r"([年月日号度])\s+(?=(?:19|20)[0-9]{2})|([一-鿿])\s+", lambda at: f"{at[1]}\n" if at[1] else at[2], plain)
    return re.sub(_CLOCK, "", plain)


@lru_cache(maxsize=8_192)
def parse(spelling: str) -> Moment | None:
    """The moment a text that fits SPELLING stands for; None when it fits none, or is no day of the calendar."""
    if not re.fullmatch(SPELLING, spelling):
        return None
    if re.fullmatch("[0-9]{6}|[0-9]{8}", spelling):
        parts = [spelling[:4], spelling[4:6], *([spelling[6:]] if spelling[6:] else [])]
    else:
        parts = re.findall("[0-9]+", spelling)
    if len(parts[0]) == 2:
        parts[0] = ("19" if parts[0] >= "70" else "20") + parts[0]
    moment = Moment(*(int(part) for part in parts))
    return moment if moment.exists() else None


def _existing(*moments: Moment) -> tuple[Moment, ...]:
    return tuple(sorted({moment for moment in moments if moment.month in range(1, 13) and moment.exists()}))


def parse_reversed(text: str) -> tuple[Moment, ...]:
    """Month or day first, and English month names; two moments where day and month could change places
    ("9/8/2023")."""
    if match := re.fullmatch(rf"([0-9]{{1,2}})[-/. ]({_YEAR}|(?:19|20)[0-9]{{2}})", text):
        return _existing(Moment(int(match[2]), int(match[1])))
    if match := re.fullmatch(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2((?:19|20)[0-9]{2})", text):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        return _existing(Moment(year, one, two), Moment(year, two, one))
    day_and_name = rf"(?:([0-9]{{1,2}})[-/., ]*)?{_NAME}[-/., ]*(?:([0-9]{{1,2}}),[ ]?)?"
    if match := re.fullmatch(day_and_name + "((?:19|20)?[0-9]{2})", text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        day = match[1] or match[3]
        return _existing(Moment(year, _MONTH_NAMES[match[2]], int(day) if day else None))
    if match := re.fullmatch(rf"((?:19|20)[0-9]{{2}})[-/., ]*{_NAME}(?:[-/., ]*([0-9]{{1,2}}))?", text):
        return _existing(Moment(int(match[1]), _MONTH_NAMES[match[2]], int(match[3]) if match[3] else None))
    return ()


def parse_serial(number: str, date_1904: bool) -> Moment | None:
    """A day as Excel counts them (45106 = 2023-06-29); None outside 1954–2064, where a figure is more likely
    something else."""
    match = re.fullmatch(r"([0-9]{5})(?:\.[0-9]+)?", number)
    if not match or int(match[1]) not in _SERIAL_RANGE:
        return None
    epoch = date(1904, 1, 1) if date_1904 else date(1899, 12, 30)
    day = epoch + timedelta(days=int(match[1]))
    return Moment(day.year, day.month, day.day)


def parse_number(number: str, date_1904: bool) -> tuple[Moment, ...]:
    """The moments a number cell may stand for. 2021.1 is January, or October that lost its zero; 2021.2 is
    February only."""
    if serial := parse_serial(number, date_1904):
        return (serial,)
    if match := re.fullmatch(r"((?:19|20)[0-9]{2})\.([0-9]{1,2})", number):
        year, month = int(match[1]), int(match[2])
        return _existing(Moment(year, month), *([Moment(year, 10)] if match[2] == "1" else []))
    moment = parse(number) if re.fullmatch("[0-9]+", number) else None
    return (moment,) if moment else ()
