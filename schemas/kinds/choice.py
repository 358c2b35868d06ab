"""A choice from a list: the level of a platform or project, the field of industry, and the nearest entry to a
wrong one.

Sources: form.md (the 24 fields, 国家级/省级), domain.md §3.6 (levels), rules.md B04, P01.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from schemas.kinds.marks import has_marks
from schemas.kinds.reading import Reading
from schemas.kinds.text import compact, is_placeholder, is_void, trim
from schemas.kinds.ticks import CHECKED, read_options

NOTES = frozenset({"", "both", "ministry", "below_province", "unreadable", "several", "unlisted"})

_NEAR_ENOUGH = 50
_LONGEST = 200
_LEVELS = {"国家级": ("国家级", "国家"), "省级": ("省级", "省"), "省部级": ("部级", "省部级"), "市级": ("市级", "区级", "县级")}
_MUNICIPALITY = "(?:北京|上海|天津|重庆)"
_LEVEL = (
    "(?P<ministry>省部共建|省部级?|部省级?|国家部委级?|部委级?|部级|(?:教育|科技|科学技术|工信|工业和信息化|农业农村|农业|自然资源|生态环境|住建|交通运输|交通|水利)部级?)"
    "|(?P<national>国家级?)|(?P<province>(?:江苏|浙江|安徽)?省级?)"
    rf"|(?P<below>(?!{_MUNICIPALITY}市)(?:设区|地|南京|无锡|徐州|常州|苏州|南通|连云港|淮安|盐城|扬州|镇江|泰州|宿迁|昆山|江阴)?"
    "(?:市区?县?|区县?|县)级?|(?:校|院|所|厅|企业|公司|镇|园区|集团)级|地级市)"
)
_LEVEL_FILLER = "(?:重大|重点|科技|技术|研发|创新|平台|项目|计划|课题|实验室|工程|中心|级别|类别|类|级|和|及|与|或|[,、/;:.。|+()\\- ])*"
_LEVEL_OF_GROUP = {"ministry": "省部级", "national": "国家级", "province": "省级", "below": "市级"}
# Who granted it, in brackets behind the level.
_GRANTED_BY = "\\([^()级]*\\)"
_NUMBERING = r"^(?:\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:[.、)]|\)、)|[①-⑳])"
_HEADING = r"(?:(?:战略性?)?(?:新兴|未来)产业(?:领域|方向)?|产业领域|所属领域|领域)"
_SOFT_SEPARATOR = r"\s+|和|及|与|&|[-—–－―~]"


def nearest(text: str | None, choices: Iterable[str]) -> str | None:
    """The choice most like the text (Levenshtein ratio of the compact texts at least 50 of 100), else None."""
    # 40 ms to load, and only a wrong entry needs it.
    from rapidfuzz import fuzz, process

    bare = compact(text)[:_LONGEST]
    if not bare:
        return None
    scored = {"scorer": fuzz.ratio, "processor": compact, "score_cutoff": _NEAR_ENOUGH}
    best = process.extractOne(bare, list(choices), **scored)
    return best[0] if best else None


def _level_of(names: set[str]) -> Reading[str]:
    """The reading of the set of levels named or ticked."""
    upper = frozenset(names & {"国家级", "省级"})
    if "省部级" in names and not upper:
        return Reading(None, "ministry")
    if names == {"市级"}:
        return Reading(None, "below_province")
    if len(names) != 1:
        return Reading(None, "both" if upper == {"国家级", "省级"} and names == upper else "unreadable")
    return Reading(next(iter(upper)))


def read_level(text: str | None) -> Reading[str]:
    """国家级 or 省级. Notes, all without a value: both, ministry (部级, 省部级), below_province (市级 …), unreadable.

    Ticked forms ("☑国家级 □省级") count their ticks; nothing ticked is nothing there.
    """
    bare = compact(text)
    if not bare or is_placeholder(text):
        return Reading(None)
    if len(bare) > _LONGEST:
        return Reading(None, "unreadable")
    ticks = read_options([text], _LEVELS)
    if has_marks(text) and ticks.seen:
        return _level_of(set(ticks.ticked)) if ticks.ticked else Reading(None)
    bare = re.sub(_GRANTED_BY, "", bare) or bare
    found = {match.lastgroup for match in re.finditer(_LEVEL, bare)}
    if not found or not re.fullmatch(_LEVEL_FILLER, re.sub(_LEVEL, "", bare)):
        return Reading(None, "unreadable")
    return _level_of({_LEVEL_OF_GROUP[group] for group in found})


# Each cell is compared with all fields of the list.
@lru_cache(maxsize=1024)
def _field_key(text: str) -> str:
    """A field without numbering, heading ("新兴产业：") and class word behind it; 及, 与, 和 and marks between are
    one."""
    # Before compact, which makes 1 of ①.
    key = re.sub(_NUMBERING, "", compact(re.sub(_NUMBERING, "", trim(text)))).strip("。.;,、:")
    if enclosed := re.fullmatch(rf"{_HEADING}\((.+)\)", key):
        key = enclosed[1]
    key = re.sub(rf"^(?:\({_HEADING}\)|{_HEADING}(?:[:\-—–―~/、,|>→]+|(?=.)))", "", key)
    key = re.sub(rf"(?:\({_HEADING}\))$", "", key)
    key = re.sub("(?:等|的|战略性|新兴|未来|产业|领域|行业|方向)+$", "", key) or key
    return re.sub("[及与、/&,]|以及", "和", key)


def _known(part: str, fields: dict[str, str]) -> str | None:
    key = _field_key(part)
    return fields.get(key) or fields.get(key.removesuffix("业"))


def _split_outside_brackets(text: str, separators: str) -> list[str]:
    """Parts between separators, those inside brackets not counted."""
    hidden = re.sub(r"[(（\[【][^()（）\[\]【】]*[)）\]】]", lambda bracket: "\0" * len(bracket[0]), text)
    cuts = [-1, *(at for at, char in enumerate(hidden) if char in separators), len(text)]
    return [part for left, right in zip(cuts, cuts[1:]) if compact(part := text[left + 1 : right])]


def _several(typed: str, fields: dict[str, str]) -> Reading[str] | None:
    """The reading of a cell with more than one field in it; None where it holds only one."""
    parts = _split_outside_brackets(typed, "、，,;；/／\\|｜\n\r+＋")
    soft = [part for part in re.split(_SOFT_SEPARATOR, typed) if part]
    if len(parts) < 2 and sum(_known(part, fields) is not None for part in soft) >= 2:
        parts = soft
    headings = [part for part in parts if not re.fullmatch(_HEADING, compact(part))]
    known = [_known(part, fields) for part in headings]
    if len(known) < 2:
        return Reading(known[0]) if known and known[0] else None
    if known[0] and set(known) == {known[0]}:
        return Reading(known[0])
    return Reading(typed, "several", "、".join(dict.fromkeys(name for name in known if name)))


def _ticked_field(typed: str, fields: Sequence[str]) -> Reading[str]:
    """A list of fields with boxes; nothing ticked is nothing there, a tick beside no known field is an
    unlisted one."""
    ticked = read_options([typed], {field: (field,) for field in fields}).ticked
    if len(ticked) == 1:
        return Reading(ticked[0])
    if ticked:
        return Reading(typed, "several", "、".join(ticked))
    return Reading(typed, "unlisted", _suggestion(typed, fields)) if set(typed) & CHECKED else Reading(None)


def read_field(text: str | None, fields: Sequence[str]) -> Reading[str]:
    """The canonical field. Notes: several (value: as typed; detail: those known), unlisted (value: as typed;
    detail: nearest)."""
    typed = trim(text)
    if not typed or is_placeholder(typed):
        return Reading(None)
    by_key = {_field_key(field): field for field in fields}
    if is_void(typed) or len(typed) > _LONGEST:
        return Reading(typed, "unlisted")
    if has_marks(typed):
        return _ticked_field(typed, fields)
    if known := _known(typed, by_key):
        return Reading(known)
    return _several(typed, by_key) or Reading(typed, "unlisted", _suggestion(typed, fields))


def _suggestion(typed: str, fields: Sequence[str]) -> str:
    """The field meant, as far as it can be told; remarks in brackets and a heading alone tell nothing."""
    bare = re.sub(r"\([^()]*\)", "", compact(typed))
    return "" if re.fullmatch(_HEADING, bare) else nearest(bare, fields) or ""
