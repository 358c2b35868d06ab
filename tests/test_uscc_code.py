from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import uscc
from schemas.uscc.code import AUTHORITIES

ROOT = Path(__file__).resolve().parents[1]
FAULTS = {"", "blank", "foreign", "length", "several", "character", "number", "checksum", "complement", "inner",
          "personal_id"}
CODE = "91320100PDY00001XR"
VALID = (
    CODE,
    "91320594PDY000028K",
    "91320602PDY000159C",
    "913205009900000179",
    "913202149900001217",
    "12320000990000236Y",
    "12100000466007597C",  # 南京理工大学
    "52320500PDY000319J",
    "99440300PDY000108X",
    # python-stdnum refuses letters in front: armed forces, villages, others
    "A1110000PDY000044P",
    "N2320506PDY0000525",
    "Y1110000PDY000060Q",
)

MODULES = [module.name for module in pkgutil.iter_modules(uscc.__path__, "schemas.uscc.")]


@pytest.mark.parametrize("name", ["schemas.uscc", *MODULES])
def test_docstring_examples__hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("code", VALID)
def test_validate__returns_valid_code(code):
    assert uscc.validate(code) == code
    assert uscc.diagnose(code) == (code, "", "", False)


@pytest.mark.parametrize(
    "written",
    [
        "91320100pdy00001xr",
        "９１３２０１００ＰＤＹ００００１ＸＲ",
        "9132 0100 PDY0 0001 XR",
        "91320100-PDY00001-XR",
        "91320100—PDY00001－X\u2011R",
        "\ufeff91320100PDY00001XR\u200b",
        "91320100\u00a0PDY00001\u3000XR",
        "91320100\tPDY\r\n00001XR\x07",
        "‘91320100PDY00001XR",
        "'91320100PDY00001XR",
        "`91320100PDY00001XR`",
        "“91320100PDY00001XR”",
        "91320100PDY00001XR。",
        "（91320100PDY00001XR），",
        "[91320100PDY00001XR];",
        "统一社会信用代码：91320100PDY00001XR",
        "统一社会信用代码（18位）：91320100PDY00001XR",
        "社会信用代码 91320100PDY00001XR",
        "信用代码:91320100PDY00001XR",
        "代码91320100PDY00001XR",
        "USCC: 91320100PDY00001XR",
        "No. 91320100PDY00001XR",
        "税号：91320100PDY00001XR",
        "91320100PDY00001XR（统一社会信用代码）",
        "91320100PDY00001XR(三证合一)",
        "91320100PDY00001XR（18位）",
        # Cyrillic Р and Х, Greek Υ
        "91320100\u0420D\u03a500001\u0425R",
        "91320100\u0440dy00001\u0445r",
        # the check digits vouch for what stands between other signs
        "91320100.PDY00001.XR",
        "91320100，PDY00001XR",
        "某某公司91320100PDY00001XR",
        "91320100PDY00001XR 电话13812345678",
        "91320100PDY00001XR/91320100PDY00001XR",
    ],
)
def test_compact__loses_nothing(written):
    assert uscc.compact(written) == CODE
    assert uscc.diagnose(written) == (CODE, "", "", True)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (None, ""),
        ("", ""),
        ("统一社会信用代码", ""),
        # never exchanged: these are repairs
        ("9132O1OOPDYOOOO1XR", "9132O1OOPDYOOOO1XR"),
        ("9.13201E+17", "9.13201E+17"),
        # eighteen characters once the signs are off, but a number
        ("9.13201006082984E+17", "9.13201006082984E+17"),
        # circled and raised digits are not a way to write a code
        ("①³⑱", "①³⑱"),
        ("组织机构代码：99000012-1", "990000121"),
        ("企独苏总字第000123号", "企独苏总字第000123号"),
        ("原代码91320100PDY00001XR已注销", "原代码91320100PDY00001XR已注销"),
    ],
)
def test_compact__keeps_what_it_cannot_decide(written, kept):
    assert uscc.compact(written) == kept


def test_compact__keeps_a_code_of_digits_with_a_full_stop():
    assert uscc.diagnose("913205009900000179.") == ("913205009900000179", "", "", True)


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (None, uscc.InvalidLength),
        ("91320100PDY00001X", uscc.InvalidLength),
        ("91320100PDY00001XRR", uscc.InvalidLength),
        ("91320100PDYO0001XR", uscc.InvalidFormat),
        ("913201D0PDY00001XR", uscc.InvalidFormat),
        ("B1320100PDY00001XR", uscc.InvalidComponent),
        ("01320100PDY00001XR", uscc.InvalidComponent),
        # right but for the authority
        ("B1320100PDY00001XP", uscc.InvalidComponent),
        ("91320100PDY00001XT", uscc.InvalidChecksum),
        ("91320100PDY00010XR", uscc.InvalidChecksum),
    ],
)
def test_validate__names_the_fault(written, error):
    with pytest.raises(uscc.ValidationError) as caught:
        uscc.validate(written)
    assert type(caught.value) is error
    assert str(caught.value) == error.message
    assert not uscc.is_valid(written)


@pytest.mark.parametrize("code", VALID)
def test_validate__catches_every_single_slip(code):
    slips = {code[:i] + c + code[i + 1 :] for i in range(18) for c in uscc.ALPHABET} - {code}
    swaps = {code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(17)} - {code}
    assert [slip for slip in slips | swaps if uscc.is_valid(slip)] == []


@pytest.mark.parametrize("code", VALID)
def test_check_digits__follow_from_the_rest(code):
    assert uscc.calc_check_digit(code[:17]) == code[17]
    assert uscc.calc_organisation_check_digit(code[8:16]) == code[16]
    assert uscc.is_organisation_code(code[8:17])
    assert uscc.inner_ok(code)


def test_calc_check_digit__refuses_other_input():
    with pytest.raises(uscc.InvalidLength):
        uscc.calc_check_digit("9132")
    with pytest.raises(uscc.InvalidFormat):
        uscc.calc_check_digit("9132O100PDY00001X")
    with pytest.raises(uscc.InvalidLength):
        uscc.calc_organisation_check_digit("1234567")


def test_is_complement_variant__only_for_the_issuers_slip():
    values = [uscc.ALPHABET.index(c) for c in CODE[:17]]
    complement = uscc.ALPHABET[sum(v * pow(3, i) for i, v in enumerate(values)) % 31]
    assert uscc.is_complement_variant(CODE[:17] + complement)
    others = [c for c in uscc.ALPHABET if uscc.is_complement_variant(CODE[:17] + c)]
    assert others == [complement]


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("91320214PDY", "江苏某某研究院有限公司", "企业"),
        ("91320214PDY", "某某大学科技园", "企业"),
        ("92320100PDY", "", "企业"),
        ("99440300PDY", "", "企业"),
        ("12100000466007597C", "南京理工大学", "高校"),
        ("1210", "清华大学深圳国际研究生院", "高校"),
        ("1232", "无锡职业技术学院", "高校"),
        ("1210", "中国科学院苏州纳米技术与纳米仿生研究所", "科研院所"),
        ("1210", "中国科学院", "科研院所"),
        ("1232", "苏州大学附属第一医院", "其它"),
        ("1232", "江苏省生产力促进中心", "其它"),
        ("52320500PDY000319J", "江苏省产业技术研究院", "科研院所"),
        ("52320500PDY000319J", "某某职业培训学校", "其它"),
        ("51320500PDY", "江苏省机械研究院协会", "其它"),
        ("A1110000PDY000044P", "海军工程大学", "高校"),
        ("", "德国某某有限公司", "企业"),
        ("", "Siemens AG", "企业"),
        ("", "University of Oxford", "高校"),
        ("", "Massachusetts Institute of Technology", "高校"),
        ("", "Fraunhofer IPT", "科研院所"),
        ("", "", "其它"),
    ],
)
def test_kind_of__by_code_then_name(code, name, kind):
    assert uscc.kind_of(code, name) == kind


def test_classes__agree_with_the_form_and_the_alphabet():
    assert {found.kind for found in uscc.CLASSES.values()} == {"企业", "其它", None}
    assert all(prefix[0] in AUTHORITIES and prefix[1].isdigit() for prefix in uscc.CLASSES)


@pytest.mark.parametrize(
    ("prefix", "unusual"),
    [("91", False), ("12", False), ("92", True), ("93", True), ("99", True), ("42", True)],
)
def test_is_unusual_prefix__outside_table_or_not_for_a_member(prefix, unusual):
    assert uscc.is_unusual_prefix(prefix + CODE[2:]) is unusual


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.none(), st.text(), st.text(alphabet=uscc.ALPHABET + "OISVZ³⑱٣.E+-Ｘ统代码 ", max_size=40)))
def test_public_functions__take_any_text(text):
    assert uscc.compact(uscc.compact(text)) == uscc.compact(text)
    assert uscc.is_valid(text) in (True, False)
    for stored in ("text", "number"):
        assert uscc.diagnose(text, stored).fault in FAULTS
        assert all(map(uscc.is_valid, uscc.candidates(text, stored)))
    assert uscc.mask(uscc.mask(text or "")) == uscc.mask(text or "")
    assert uscc.is_foreign_name(text or "") in (True, False)


def test_import__is_light():
    program = "import sys; import schemas.uscc; print({'stdnum', 'polars', 'pandera'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True, cwd=ROOT) == "set()\n"
