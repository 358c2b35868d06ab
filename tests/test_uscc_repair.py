from __future__ import annotations

import pytest

from schemas import uscc

CODE = "91320100PDY00001XR"
DIGITS = "913205009900000179"


@pytest.mark.parametrize(
    "damaged",
    [
        "9132O1OOPDYOOOO1XR",
        "9I32O1OOPDYOOOOIXR",
        "91320100PDV00001XR",
        "9132D100PDY00001XR",
        "91320100PDY0000?XR",
        "91320100PDY0001XR",
        "91320100PDY000001XR",
        "91320100PDY00010XR",
        "91320100PDU00001XR",
        "91230100PDY00001XR",
        "91320100PDY00001XD",
    ],
)
def test_candidates__true_code_first(damaged):
    assert uscc.candidates(damaged)[0] == CODE


@pytest.mark.parametrize(
    "text",
    [CODE, DIGITS, "", "无", "境外", "南京大学", f"{CODE}、{DIGITS}", "3201", "9.13E+17", "320199199003070059"],
)
def test_candidates__none_where_nothing_can_be_said(text):
    assert uscc.candidates(text) == []


@pytest.mark.parametrize(
    ("damaged", "stored"),
    [
        ("913205009900000000", "number"),
        ("913205009900000000", "text"),
        ("9.13205009900000E+17", "text"),
        ("9.132050099E+17", "number"),
    ],
)
def test_candidates__what_excel_cut(damaged, stored):
    found = uscc.candidates(damaged, stored)
    assert DIGITS in found
    assert [code for code in found if not code.startswith(DIGITS[:15]) and stored == "number"] == []


def test_candidates__none_for_a_valid_code_whatever_is_known():
    near = "91320100PDY00002X" + uscc.calc_check_digit("91320100PDY00002X")
    assert uscc.candidates(CODE, known={near, CODE}) == []
    rounded = "913205009900476672"
    assert uscc.is_valid(rounded) and int(float(rounded)) == int(rounded)
    assert uscc.candidates(rounded) == []


def test_candidates__a_valid_code_in_000_may_be_itself():
    assert "913201009900064000" in uscc.candidates("913201009900064000")


def test_candidates__text_in_000_that_is_no_float64():
    assert int(float("913202149900001000")) != 913202149900001000
    assert uscc.candidates("913202149900001000")[0] == "913202149900001217"


def test_candidates__firm_before_a_rare_class():
    found = ["91320100PDY00001XR", "91320105PDY00001X2", "11320100PDY00001X2", "91340100PDY00001X2"]
    assert uscc.candidates("91320100PDY00001X2") == found


def test_candidates__what_float64_rounded():
    damaged = str(int(float(DIGITS)))
    assert damaged != DIGITS
    assert DIGITS in uscc.candidates(damaged)
    assert DIGITS in uscc.candidates(repr(float(DIGITS)), "number")


def test_candidates__known_code_comes_first():
    damaged = "913205009900000000"
    others = uscc.candidates(damaged, "number")
    last = others[-1]
    assert uscc.candidates(damaged, "number", frozenset({last, CODE})) == [last, *others[:-1]]


@pytest.mark.parametrize(
    ("damaged", "stored"),
    [
        ("PDY00001-X", "text"),
        ("320600PDY00001X", "text"),
        ("91320100PDY000", "text"),
        ("91321000PDY10001XR", "text"),
    ],
)
def test_candidates__known_code_by_its_organisation_or_likeness(damaged, stored):
    assert uscc.candidates(damaged, stored, {CODE, DIGITS})[0] == CODE


def test_candidates__known_code_for_what_excel_shows():
    assert uscc.candidates("9.13205E+17", known=[DIGITS, CODE]) == [DIGITS]
    # rounded up from 9.13205
    assert uscc.candidates("9.1321E+17", known=[DIGITS, CODE]) == [DIGITS]
    assert uscc.candidates("9.1E+17", known=[DIGITS]) == []


def test_candidates__old_tax_number_is_the_middle_of_the_code():
    assert uscc.candidates("320100PDY00001X") == [CODE]
    # a registration number that passes as a tax number by chance is none
    assert uscc.candidates("320199000000423") == []


def test_candidates__short_and_in_a_fixed_order():
    damaged = "913205009900000000"
    known = {CODE, DIGITS, "12320000990000236Y"}
    runs = {tuple(uscc.candidates(damaged, "number", sorted(known, reverse=turn))) for turn in (True, False)}
    assert len(runs) == 1
    assert max(len(uscc.candidates(f"91320500990{n:04}000", "number")) for n in range(60)) <= 8


def test_candidates__division_of_jiangsu_before_others():
    found = uscc.candidates("91320100PDY00001XM")
    assert found == [CODE, "91310100PDY00001XM", "91320180PDY00001XM"]
    assert [uscc.division(code).name for code in found] == ["南京市", "市辖区", ""]
