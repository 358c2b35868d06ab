"""The kinds of value, as columns use them: a cell's text and stored type in, typed parts with a note out.

The reading itself is in `schemas.kinds`, one file a kind; here each is given its polars types and, where one cell fills
several columns of the register (实施期, 成员情况), the names of its parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas import call, uscc
from schemas.kinds import Reading, choice, count, date, money, phone, text, ticks
from schemas.label import CELL_BREAK


class Typed(NamedTuple):
    """The typed parts in the order of `Kind.parts`, the note, and what a message needs to know."""

    parts: tuple[Any, ...]
    note: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Kind:
    """`parts` maps column suffix ("" for the column itself) to the Python type of the value; `region` means that the
    value is every cell right of the label, not one cell."""

    name: str
    read: Callable[[str, str, str], Typed]
    parts: tuple[tuple[str, type], ...]
    region: bool = False


def _text(value: str, stored: str, unit: str) -> Typed:
    return Typed((text.trim(value),))


def _code(value: str, stored: str, unit: str) -> Typed:
    seen = uscc.diagnose(value, stored)
    return Typed((seen.code, seen.cleaned), seen.fault, seen.detail)


def _money(value: str, stored: str, unit: str) -> Typed:
    seen = money.read(value, stored, unit or "万元")
    return Typed((seen.value,), seen.note, seen.detail)


def _reader(read: Callable) -> Callable[[str, str, str], Typed]:
    def typed(value: str, stored: str, unit: str) -> Typed:
        seen = read(value, stored)
        return Typed((seen.value,), seen.note, seen.detail)
    return typed


def _period(value: str, stored: str, unit: str) -> Typed:
    seen = date.read_period(value, stored)
    start, end = seen.value or (None, None)
    return Typed((text.trim(value), start, end), seen.note, seen.detail)


def _phrase(value: str, stored: str, unit: str) -> Typed:
    seen, value = _read_phrase(value)
    found = seen.value or {}
    kinds = tuple(found.get(key) for key in ("enterprise", "university", "institute", "other"))
    # A kind that the phrase leaves blank (其它___个) is none of that kind, once any number stands there.
    given = tuple(number or 0 for number in kinds) if any(n is not None for n in kinds) else kinds
    total = found.get("total")
    if total is None and any(n is not None for n in kinds):
        total = sum(given)
    return Typed((text.trim(value), total, *given), seen.note, seen.detail)


def _read_phrase(value: str) -> tuple[Reading[dict], str]:
    """A phrase as it was read, and the text that was: without words that follow it in cells of their own (已核对)."""
    whole = value.replace(CELL_BREAK, " ")
    seen = count.read_phrase(whole)
    first, *others = value.split(CELL_BREAK)
    if seen.note == "unreadable" and others and not any(char.isdigit() for cell in others for char in cell):
        alone = count.read_phrase(first)
        if alone.value and len([number for number in alone.value.values() if number is not None]) > 1:
            return alone, first
    return seen, whole


def _ticks(value: str, stored: str, unit: str) -> Typed:
    seen = ticks.read_options(value.split(CELL_BREAK), call.LEAD_TYPES)
    only = seen.ticked[0] if len(seen.ticked) == 1 else None
    return Typed((only, len(seen.ticked), "、".join(seen.ticked), seen.explained))


def _field(value: str, stored: str, unit: str) -> Typed:
    seen = choice.read_field(value, call.FIELDS)
    return Typed((seen.value,), seen.note, seen.detail)


def _level(value: str, stored: str, unit: str) -> Typed:
    seen = choice.read_level(value)
    return Typed((seen.value,), seen.note, seen.detail)


TEXT = Kind("文本", _text, (("", str),))
LONG_TEXT = Kind("长文本", _text, (("", str),))
USCC = Kind("统一社会信用代码", _code, (("", str), ("_cleaned", bool)))
COUNT = Kind("整数", _reader(count.read), (("", int),))
MONEY = Kind("金额", _money, (("", float),))
MONTH = Kind("年月", _reader(date.read_month), (("", str),))
DAY = Kind("日期", _reader(date.read_day), (("", object),))
PERIOD = Kind("起止年月", _period, (("", str), ("_start", str), ("_end", str)))
PHONE = Kind("电话", _reader(phone.read), (("", str),))
LEVEL = Kind("级别", _level, (("", str),), region=False)
FIELD = Kind("产业领域", _field, (("", str),))
TICKS = Kind("单选框", _ticks, (("", str), ("_ticks", int), ("_ticked", str), ("_explained", str)), region=True)
PHRASE = Kind("数量短语", _phrase, (("", str), ("_total", int), ("_enterprise", int), ("_university", int),
                                  ("_institute", int), ("_other", int)), region=True)
KINDS = (TEXT, LONG_TEXT, USCC, COUNT, MONEY, MONTH, DAY, PERIOD, PHONE, LEVEL, FIELD, TICKS, PHRASE)
