"""A month, a day, or a period, as text, number or date cell. "2021.1" typed as a number is asked about, never
guessed.

Sources: domain.md §3.4; rules.md P03, D01, J03.
"""
from __future__ import annotations

import datetime
import re

from schemas.kinds.moment import (
    PLAIN, SPELLING, Moment, parse, parse_number, parse_reversed, parse_serial, plain_month, tidy)
from schemas.kinds.period import is_template, read_period
from schemas.kinds.reading import Reading
from schemas.kinds.text import trim

__all__ = ["NOTES", "read_day", "read_month", "read_period"]

NOTES = frozenset({"", "ambiguous", "unreadable", "year_only", "open", "duration", "single", "template"})

_LONGEST = 150
_PLAIN = re.compile(PLAIN)
_LABEL = (
    "(?:(?:建设|建成|填报|填表|成立|批准|立项|获批|认定|申报|启动|开始|起始)?(?:时间|日期|年月|年份)|于|在|自|从)?:?"
)
_EVENT = (
    "(?:正式|开始|初步|全面|获得?|被|经|由|通过|省级|国家级|省|国家|已|并)*"
    "(?:建成|建立|成立|立项|启动|获批|批复|批准|认定|设立|组建|投入使用|投入运行|投用|投运|运行|开工|动工|建设|挂牌|授牌|揭牌|验收|完工|竣工|完成|"
    "筹建|申报|备案|命名|授予|起|始)(?:为?(?:省级|国家级))?"
)
_TAIL = rf"(?:{_EVENT}){{0,3}}(?:\((?:[^()0-9]*)\)|(?:星期|周)[一二三四五六日天])?[。.,;，；、]?"
_SPELLED = rf"({SPELLING})(?:(?<=[月份])(?:初|上旬|中旬|下旬|底|末))?"
_LOOSE_SEPARATORS = r"(?<=[0-9])[、,_ ](?=[0-9])"


def _without_fringe(plain: str) -> str:
    """The spelling between a label before it and what happened after it ("建设时间：2021年10月建成")."""
    bare = re.sub(f"^{_LABEL}", "", plain)
    match = re.match(_SPELLED, bare)
    if not match:
        return bare.rstrip("。.,;、")
    return match[1] if re.fullmatch(_TAIL, bare[match.end() :]) else bare


def _moments(text: str, stored: str, date_1904: bool) -> tuple[Moment, ...]:
    """Every moment the cell may stand for, none if it cannot be read."""
    if stored == "number":
        return parse_number(text, date_1904)
    plain = tidy(text)
    if stored == "bool":
        return ()
    if moment := parse_serial(plain, date_1904):
        return (moment,)
    if partial := re.fullmatch(r"((?:19|20)[0-9]{2}年[0-9]{1,2}月)[日号]", plain):
        plain = partial[1]
    bare = _without_fringe(plain)
    moment = parse(bare) or parse(re.sub(_LOOSE_SEPARATORS, ".", bare))
    return (moment,) if moment else parse_reversed(bare)


def _either(readings: list[str]) -> Reading:
    return Reading(None, "ambiguous", "或".join(readings))


def _without_month(text: str, moments: tuple[Moment, ...]) -> Reading:
    """The note for a cell that gives no month."""
    if is_template(text):
        return Reading(None, "template")
    only_year = moments or re.fullmatch(r"(?:19|20)[0-9]{2}年(?:年?[初底末]|年[初底末])", tidy(text))
    return Reading(None, "year_only" if only_year else "unreadable")


def read_month(text: str | None, stored: str = "text", date_1904: bool = False) -> Reading[str]:
    """ "YYYY-MM". Notes: ambiguous (detail: both readings), year_only, template, unreadable; without a value, but
    for a text "2021.1": it is January as written, and still worth asking about, as Excel makes it of 2021.10."""
    text = trim(text)
    if not text or len(text) > _LONGEST:
        return Reading(None, "unreadable" if text else "")
    if stored == "text" and _PLAIN.fullmatch(text):
        return Reading(plain_month(text))
    moments = _moments(text, stored, date_1904)
    months = sorted({(moment.year, moment.month) for moment in moments if moment.month})
    if not months:
        return _without_month(text, moments)
    if len(months) > 1:
        return _either([f"{year}年{month}月" for year, month in months])
    (year, month), = months
    if re.fullmatch(r"(?:19|20)[0-9]{2}\.1", tidy(text)):
        return Reading(Moment(year, month).month_text(), "ambiguous", f"{year}年1月或{year}年10月")
    return Reading(Moment(year, month).month_text())


def read_day(text: str | None, stored: str = "text", date_1904: bool = False) -> Reading[datetime.date]:
    """One day. Notes as for read_month; a month without its day is unreadable, detail "缺少日"."""
    text = trim(text)
    if not text or len(text) > _LONGEST:
        return Reading(None, "unreadable" if text else "")
    moments = _moments(text, stored, date_1904)
    days = sorted(moment for moment in moments if moment.day)
    if len(days) > 1:
        return _either([f"{day.year}年{day.month}月{day.day}日" for day in days])
    if days:
        return Reading(datetime.date(*days[0]))
    if any(moment.month for moment in moments):
        return Reading(None, "template") if is_template(text) else Reading(None, "unreadable", "缺少日")
    return _without_month(text, moments)
