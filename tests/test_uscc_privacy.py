from __future__ import annotations

import pytest

from schemas import uscc

# Made up, all of them: there is no division 320199.
PERSON = "320199199003070059"
UNKNOWN_PROVINCE = "70019919900307005X"
HIDDEN = "320***********59"


def test_is_personal_id__needs_province_date_and_check():
    assert uscc.is_personal_id(PERSON)
    assert uscc.is_personal_id("32019919900307018x")
    assert not uscc.is_personal_id("320199199003070058")
    assert not uscc.is_personal_id("320199199002300059")
    assert not uscc.is_personal_id(UNKNOWN_PROVINCE)


@pytest.mark.parametrize(
    "written",
    [
        PERSON,
        "320199 19900307 0059",
        "身份证号：320199199003070059",
        # passes the outer check as well, as 1 in 31 does
        "320199199003070438",
        # passes both checks with the prefix of a notary, but its province 01 is none
        "320199199003072193",
        # mistyped, yet no code can look like it
        "320199199003070058",
    ],
)
def test_diagnose__personal_id_is_not_shown(written):
    found = uscc.diagnose(written)
    assert (found.code, found.fault, found.detail) == ("", "personal_id", "")
    assert uscc.candidates(written) == []


def test_diagnose__personal_id_in_a_number_cell():
    assert uscc.diagnose("320199199003070000", "number")[:3] == ("", "personal_id", "")
    assert uscc.candidates("321199199003070000", "number") == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (PERSON, HIDDEN),
        (f"张三{PERSON}，电话13812345678", f"张三{HIDDEN}，电话13812345678"),
        (f"{PERSON}、{PERSON}", f"{HIDDEN}、{HIDDEN}"),
        (f"{PERSON} {PERSON}", f"{HIDDEN} {HIDDEN}"),
        ("320199 19900307 0059", HIDDEN),
        ("３２０１９９１９９００３０７００５９", HIDDEN),
        ("32019919900307018x", "320***********8X"),
        # mistyped, cut by Excel, with two more digits as a tax number, and of the old length
        ("320199199003070058", "320***********58"),
        ("320199199003070000", "320***********00"),
        (f"{PERSON}01", f"{HIDDEN}01"),
        ("320199900307001", "320***********01"),
        # passes both checks as a code, too
        ("320199199003072193", "320***********93"),
        # no personal data
        ("320199000000423", "320199000000423"),
        ("13812345678 13912345678", "13812345678 13912345678"),
        ("913205009900000179", "913205009900000179"),
        ("12320000990000236Y", "12320000990000236Y"),
        ("", ""),
    ],
)
def test_mask__hides_identity_numbers_only(text, masked):
    assert uscc.mask(text) == masked
