"""`schemas.uscc.sound`: what is found of a whole column of codes is what is found of each, whatever stands in it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.validate import _values
from schemas import uscc
from schemas.form_2023 import FORM
from schemas.uscc.code import ALPHABET, passes_both
from schemas.uscc.divisions import is_known_province
from schemas.uscc.sound import sound
from tests.test_kinds_columns import at_once, cells
from tests.test_uscc_code import VALID

_USCC = FORM.block("members").columns["uscc"]
_UNLISTED = "99"


def _one_by_one(text: str) -> bool:
    return text == text.upper() and passes_both(text) and text[:2] in uscc.CLASSES and is_known_province(text)


@st.composite
def _codes(draw) -> str:
    """Codes of which one part or another is wrong, or none."""
    head = draw(st.sampled_from(["91", "12", "52", "A1", "N2", "Y1", "99", "1X", "01"]))
    head += draw(st.sampled_from(["320100", "110000", "100000", "100001", "000000", "81000A"]))
    body = draw(st.text(ALPHABET, min_size=8, max_size=8))
    inner = uscc.calc_organisation_check_digit(body)
    first17 = head + body + draw(st.sampled_from([inner, inner, inner, "0", "X", "Y"]))
    outer = uscc.calc_check_digit(first17)
    code = first17 + draw(st.sampled_from([outer, outer, outer, "0", "X"]))
    return draw(st.sampled_from([code, code, code, code.lower(), f"{code}\n", f" {code}", code[:17], code + "0", "",
                                 "无", "南京"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(_codes(), max_size=12))
def test_any_codes__as_each_by_itself(codes) -> None:
    found = sound(pl.Series(codes, dtype=pl.String)).to_list()
    assert found == list(map(_one_by_one, codes))
    assert [uscc.diagnose(code) for code, is_sound in zip(codes, found, strict=True) if is_sound] == [
        (code, "", "", False) for code in codes if _one_by_one(code)]


def test_valid_codes__sound_but_for_a_prefix_that_is_not_listed() -> None:
    assert [code for code, is_sound in zip(VALID, sound(pl.Series(VALID)), strict=True) if not is_sound] == [
        code for code in VALID if code.startswith(_UNLISTED)]


@pytest.mark.parametrize("place", range(18))
def test_one_character_changed__never_sound_unless_all_checks_pass(place: int) -> None:
    changed = [VALID[0][:place] + sign + VALID[0][place + 1:] for sign in ALPHABET]
    assert sound(pl.Series(changed)).to_list() == list(map(_one_by_one, changed))
    assert sound(pl.Series(changed)).sum() == 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_codes(), st.sampled_from(["text", "text", "number", "error", "absent", "formula"])),
                min_size=1,
                max_size=10))
def test_cells__as_each_by_itself(rows) -> None:
    raw = cells(_USCC, [row[0] for row in rows], [row[1] for row in rows])
    assert [(one.name, one.dtype, one.to_list()) for one in at_once(_USCC, raw)] == [
        (one.name, one.dtype, one.to_list()) for one in _values(_USCC, raw)]


def test_sound_codes__need_no_look(monkeypatch) -> None:
    looked = []
    monkeypatch.setattr("pipeline.validate._read", lambda column, text, *rest: looked.append(text)
                        or ("", False, "", ""))
    at_once(_USCC, cells(_USCC, [VALID[0], VALID[0].lower(), VALID[1], VALID[2]], ["text", "text", "text", "number"]))
    assert looked == [VALID[0].lower(), VALID[2]]
