"""The short cuts of the readers: what nearly every cell holds is read as the long way would read it."""
from __future__ import annotations

import re
from re import _constants as sre
from re import _parser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import count, date, period, phone, text

_SPELLINGS = ("{}年{}月", "{}年{:02}月", "{}-{}", "{}-{:02}", "{}/{}", "{}/{:02}", "{}.{}", "{}.{:02}")
_MONTHS = [spelling.format(year, month) for spelling in _SPELLINGS for year in (1899, 1900, 2021, 2099, 2100)
           for month in range(14)]
_NEVER = re.compile("(?!)")
_PIECES = st.sampled_from([*"0123456789年月日.-/个人约_，。；内右左字以（）无不中国请填写 x×\u200b\u0301", "500字", "以内", "江苏"])


def _first(tree) -> tuple[set[str], bool]:
    """The characters with which a match can begin, and whether it can be empty."""
    found: set[str] = set()
    for kind, given_ in tree:
        characters, may_be_empty = _first_of(kind, given_)
        found |= characters
        if not may_be_empty:
            return found, False
    return found, True


def _first_of(kind, given_) -> tuple[set[str], bool]:
    if kind is sre.LITERAL:
        return {chr(given_)}, False
    if kind is sre.IN:
        ranges = [(at, at) if what is sre.LITERAL else at for what, at in given_]
        return {chr(code) for low, high in ranges for code in range(low, high + 1)}, False
    if kind is sre.BRANCH:
        branches = [_first(branch) for branch in given_[1]]
        return set().union(*(found for found, _ in branches)), any(empty for _, empty in branches)
    if kind is sre.SUBPATTERN:
        return _first(given_[3])
    if kind is sre.ATOMIC_GROUP:
        return _first(given_)
    assert kind is sre.MAX_REPEAT, kind
    found, empty = _first(given_[2])
    return found, empty or given_[0] == 0


def test_beginnings__are_those_of_the_two_patterns():
    found = _first(_parser.parse(text._TEMPLATE))[0] | _first(_parser.parse(text._VOID))[0]
    assert {one for one in found if "\u4e00" <= one <= "\u9fff"} == text._BEGINNINGS


@given(st.lists(_PIECES, max_size=8).map("".join))
def test_is_content__never_of_what_is_nothing(typed):
    nothing = text.is_blank(typed) or text.is_placeholder(typed) or text.is_void(typed)
    assert not (text.is_content(typed) and nothing)


@pytest.mark.parametrize(("typed", "content"), [
    ("江苏省某某公司", True), ("91320104", True), ("1.建成中试线；", True), ("", False), ("500字以内", False), ("无锡", False),
])
def test_is_content__by_the_beginning(typed, content):
    assert text.is_content(typed) is content


@pytest.mark.parametrize("stored", ["text", "number", "date", "bool"])
def test_read_month__short_cut_as_the_long_way(stored, monkeypatch):
    short = [date.read_month(month, stored) for month in _MONTHS]
    monkeypatch.setattr(date, "_PLAIN", _NEVER)
    assert [date.read_month(month, stored) for month in _MONTHS] == short


@pytest.mark.parametrize("join", ["-", "—", "~", "至"])
def test_read_period__short_cut_as_the_long_way(join, monkeypatch):
    spans = [start + join + end for start in _MONTHS[::7] for end in _MONTHS[::11]]
    short = [period.read_period(span) for span in spans]
    monkeypatch.setattr(period, "_PLAIN", _NEVER)
    assert [period.read_period(span) for span in spans] == short


@pytest.mark.parametrize("stored", ["text", "number", "date"])
@pytest.mark.parametrize(("reader", "short_cut", "typed"), [
    (count, "_PLAIN", ["0", "7", "007", "1200", "123456789", "1234567890"]),
    (phone, "_ALONE", ["15400000000", "12345678901", "1540000000", "154000000001"]),
])
def test_read__short_cut_as_the_long_way(reader, short_cut, typed, stored, monkeypatch):
    short = [reader.read(one, stored) for one in typed]
    monkeypatch.setattr(reader, short_cut, _NEVER)
    assert [reader.read(one, stored) for one in typed] == short
