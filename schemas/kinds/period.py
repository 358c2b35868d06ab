"""A span of months: "2021.01-2023.12", "2021年1月至今" and their relatives.

Sources: domain.md §3.4 (实施期, the dashes); rules.md J03.
"""
from __future__ import annotations

import re

from schemas.kinds.moment import PLAIN, SPELLING, Moment, parse, parse_number, parse_serial, plain_month, tidy
from schemas.kinds.reading import Reading
from schemas.kinds.text import compact, is_placeholder, trim

_LONGEST = 150
_PLAIN = re.compile(f"({PLAIN})[-—~至]({PLAIN})")
# One pattern cannot hold a named group twice.
_END_SPELLING = SPELLING.replace("separator", "end_separator")
_JOIN = r"(?:[,;]?(?:-+>?|~+|→|—|至|到| ?to ?)(?:至|到)?|\n| )"
_NOW = "(?:今|至今|迄今|到今|现在|目前|当前|present|now|未结题|尚未结题|未结束|在研|进行中|持续|长期)"
_NUMERAL = r"(?:[0-9]{1,2}(?:\.[0-9])?|[一二两三四五六七八九十半]{1,3})"
_LENGTH = f"(?:{_NUMERAL}个?(?:半)?(?:年|个?月)半?(?:期|间|左右)?)"
_LENGTH_WORD = "(?:共计?|合计|为期|历时|周期为?|期限为?|实施期为?|执行期为?|项目期|建设期为?|总)"
_DURATION = rf"{_LENGTH_WORD}?:?{_LENGTH}(?:\({_LENGTH}\))?|半年"
_LABEL = "(?:项目|课题|计划)?(?:实施|执行|研究|起止|起讫|合同|建设)?(?:期限|期间|时间|日期|年限|年月|周期|期)?:?(?=[0-9(自从])"
_LENGTH_BEFORE = rf"{_LENGTH_WORD}?{_LENGTH}(?:[,;:]|(?=\())"
_LENGTH_AFTER = (
    rf"(?:\({_LENGTH_WORD}?:?{_LENGTH}\)|[,;、 \n]{_LENGTH_WORD}?{_LENGTH}|{_LENGTH_WORD}{_LENGTH})$"
)
_STATE_AFTER = r"\((?:在研|已结题|已验收|结题|已完成|进行中|实施中|延期|拟)[^()]*\)$"
_BEGINS_ENDS = r"^(?:起|始|开始)(?:时间|日期)?:?(.+?)[,;、 \n]*(?:止|终|结束|完成)(?:时间|日期)?:?([0-9].+)$"
_STARTS = "(?:(?:开始|起|始|启动|立项)?)"
_SPAN = (
    rf"[自从由]?(?P<start>{SPELLING}){_STARTS}[,;]?{_JOIN}(?:(?P<end>{_END_SPELLING})"
    r"|(?P<end_month>(?:1[0-2]|0?[1-9]))(?:月份?|(?:月|[./])(?:3[01]|[12][0-9]|0?[1-9])[日号]?)?)"
    "(?:底|末|为?止|结束|完成|结题|期间)?"
)
_OPEN = rf"[自从由]?(?P<start>{SPELLING})(?:(?:{_JOIN}|[,;])?{_NOW}|(?:开始|起|始|以来)(?:(?:{_JOIN}|[,;])?{_NOW})?)"
_SINGLE = rf"[于在]?(?P<start>{SPELLING})"
_TEMPLATE_CHARACTERS = r"[0-9年月日度\-~至到.x×(),:;起止自从/]+"


def is_template(text: str | None) -> bool:
    """The template's "  年  月" with a gap left open, or another hint of the template instead of a date."""
    bare = re.sub("_", "", compact(tidy(text).replace("_", "")))
    gap = re.search("(?<![0-9])[年月日]", bare) and re.fullmatch(_TEMPLATE_CHARACTERS, bare)
    return bool(gap) or is_placeholder(text)


def _from_number(number: str, date_1904: bool) -> Reading:
    moments = parse_number(number, date_1904)
    if len(moments) > 1:
        return Reading(None, "ambiguous", "或".join(f"{moment.year}年{moment.month}月" for moment in moments))
    return _single(moments[0]) if moments else Reading(None, "unreadable")


def _first_month(moment: Moment) -> str:
    return Moment(moment.year, moment.month or 1).month_text()


def _last_month(moment: Moment) -> str:
    return Moment(moment.year, moment.month or 12).month_text()


def _single(moment: Moment) -> Reading:
    return Reading((_first_month(moment), _last_month(moment)), "single")


def _span(match: re.Match[str]) -> Reading:
    """Two moments, or a moment and a month of the same year ("2021.01-12")."""
    start = parse(match["start"])
    if not start or (match["end_month"] and not start.month):
        return Reading(None, "unreadable")
    end = parse(match["end"]) if match["end"] else Moment(start.year, int(match["end_month"]))
    return Reading((_first_month(start), _last_month(end))) if end else Reading(None, "unreadable")


def _without_remarks(plain: str) -> str:
    """The span itself, without a label before it and its length said beside it ("三年（2021.01-2023.12）")."""
    bare = re.sub(_LABEL, "", plain, count=1) if re.match(_LABEL, plain) else plain
    bare = re.sub(_LENGTH_BEFORE, "", bare, count=1) if re.match(_LENGTH_BEFORE, bare) else bare
    bare = re.sub(_LENGTH_AFTER, "", bare).rstrip("。.,;、")
    bare = re.sub(_STATE_AFTER, "", bare)
    bare = re.sub(_BEGINS_ENDS, r"\1-\2", bare)
    return bare[1:-1] if re.fullmatch(r"\([^()]*\)", bare) else bare


def read_period(
    text: str | None, stored: str = "text", date_1904: bool = False
) -> Reading[tuple[str, str | None]]:
    """Start and end as "YYYY-MM"; years alone run from January to December. The end may lie before the start.

    Notes: open (no end), single (one month or year), duration, ambiguous, template, unreadable; the last four
    have no value.
    """
    text = trim(text)
    if not text or len(text) > _LONGEST or stored == "bool":
        return Reading(None, "unreadable" if text else "")
    if stored == "number":
        return _from_number(text, date_1904)
    if match := _PLAIN.fullmatch(text):
        return Reading((plain_month(match[1]), plain_month(match[2])))
    plain = tidy(text)
    if is_template(text):
        return Reading(None, "template")
    if re.fullmatch(_DURATION, plain):
        return Reading(None, "duration")
    return _spelled(_without_remarks(plain), date_1904)


def _spelled(bare: str, date_1904: bool) -> Reading[tuple[str, str | None]]:
    if match := re.fullmatch(_SINGLE, bare):
        moment = parse(match["start"])
        return _single(moment) if moment else Reading(None, "unreadable")
    if serial := parse_serial(bare, date_1904):
        return _single(serial)
    if match := re.fullmatch(_SPAN, bare):
        return _span(match)
    if (match := re.fullmatch(_OPEN, bare)) and (start := parse(match["start"])):
        return Reading((_first_month(start), None), "open")
    return Reading(None, "unreadable")
