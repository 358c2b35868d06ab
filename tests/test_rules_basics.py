"""B, M17 to M19: 基本信息. Addresses are those of `drawn.RIGHT`."""

from __future__ import annotations

import pytest

from tests.drawn import (
    NO_RESULT,
    PICTURE,
    REF_ERROR,
    RIGHT,
    Book,
    Case,
    found,
    outcome,
    sheet,
    still_right,
    without_row,
    without_rows,
    wrong,
)

LEADING = "☑ 创新型领军企业 □ 龙头骨干企业 □ 国家级技术创新中心 □ 省级技术创新中心 □ 其它"
NATIONAL_CENTRE = "□ 创新型领军企业 □ 龙头骨干企业 ☑ 国家级技术创新中心 □ 省级技术创新中心 □ 其它"
PROVINCIAL_CENTRE = "□ 创新型领军企业 □ 龙头骨干企业 □ 国家级技术创新中心 ☑ 省级技术创新中心 □ 其它"
OTHER_TYPE = "□ 创新型领军企业 □ 龙头骨干企业 □ 国家级技术创新中心 □ 省级技术创新中心 ☑ 其它"
COUNTS = "{}个，其中：企业{}个，高校{}个，科研院所{}个， 其它{}个"
COVER = """
| 创新联合体建设试点申请书 |
| 创新联合体名称 | {} |
"""
LEAD_UNLISTED = {"B6": "江苏某某重工有限公司"}
TWO_LEADS = "江苏某某电气股份有限公司、南京某某半导体有限公司"


def counts(*numbers: int) -> str:
    return COUNTS.format(*numbers)


def with_cover(name: str, *expected: tuple) -> Case:
    return Case((Book((sheet(drawing=COVER.format(name), name="封面"), sheet())),), expected)


WRONG = {
    "B01 blank": wrong({"B4": ""}, ("B01", "E", "B4")),
    "B01 spaces": wrong({"B4": "　 "}, ("B01", "E", "B4")),
    "B01 void": wrong({"B4": "无"}, ("B01", "E", "B4")),
    "B01 hint left": wrong({"B4": "____"}, ("B01", "E", "B4")),
    "B02 no 创新联合体": wrong({"B4": "江苏省智能电网联盟"}, ("B02", "W", "B4")),
    "B02 unlike cover": with_cover("江苏省智能配电网创新联合体", ("B02", "W", "B4")),
    "B03 blank": wrong({"B5": ""}, ("B03", "E", "B5")),
    "B03 void": wrong({"B5": "/"}, ("B03", "E", "B5")),
    "B03 hint left": wrong({"B5": "请选择"}, ("B03", "E", "B5")),
    "B04 unlisted": wrong({"B5": "电力装备"}, ("B04", "W", "B5")),
    "B04 unlisted, nothing near": wrong({"B5": "农作物育种"}, ("B04", "W", "B5")),
    "B04 several": wrong({"B5": "新材料、元宇宙"}, ("B04", "W", "B5")),
    "B05 blank": wrong({"B6": ""}, ("B05", "E", "B6")),
    "B05 void": wrong({"B6": "/"}, ("B05", "E", "B6")),
    "B06 legal representative": wrong({"F6": ""}, ("B06", "E", "F6")),
    "B06 contact": wrong({"B9": "无"}, ("B06", "E", "B9")),
    "B06 phone": wrong({"F9": ""}, ("B06", "E", "F9")),
    "B06 all three": wrong(
        {"F6": "", "B9": "", "F9": "/"}, ("B06", "E", "F6"), ("B06", "E", "B9"), ("B06", "E", "F9")
    ),
    "B07 scientist": wrong({"B7": ""}, ("B07", "W", "B7")),
    "B07 title": wrong({"F7": "无"}, ("B07", "W", "F7")),
    "B07 address": wrong({"F5": "/"}, ("B07", "W", "F5")),
    "B08 no area code": wrong({"F9": "83359254"}, ("B08", "W", "F9")),
    "B08 ten digits": wrong({"F9": "1381234567"}, ("B08", "W", "F9")),
    "B08 zero lost in a number cell": wrong({"F9": 2583359254}, ("B08", "W", "F9")),
    "B08 no number": wrong({"F9": "见名片"}, ("B08", "W", "F9")),
    "B09 none ticked": wrong({"B8": LEADING.replace("☑", "□")}, ("B09", "E", "B8")),
    "B09 two ticked": wrong({"B8": LEADING.replace("□ 龙头", "☑ 龙头")}, ("B09", "E", "B8")),
    "B09 blank": wrong({"B8": ""}, ("B09", "E", "B8")),
    "B10 other unexplained": wrong({"B8": OTHER_TYPE}, ("B10", "W", "B8")),
    "B10 other explained by lines": wrong({"B8": OTHER_TYPE + "：____"}, ("B10", "W", "B8")),
    "B11 an enterprise with a public body's code": wrong({"B6": "东南大学"}, ("B11", "W", "B8,D15")),
    "B11 a centre without a code": wrong(
        {"B8": NATIONAL_CENTRE, "D14": ""}, ("B11", "W", "B8,D14"), ("M02", "E", "D14")
    ),
    "B12 sum": wrong({"B10": counts(6, 3, 2, 1, 1)}, ("B12", "E", "B10")),
    "B12 total alone wrong": wrong({"B10": counts(8, 3, 2, 1, 0)}, ("B12", "E", "B10")),
    "B12 no number": wrong({"B10": "企业、高校若干家"}, ("B12", "E", "B10")),
    "B13 two too many": wrong({"B10": counts(8, 4, 3, 1, 0)}, ("B13", "E", "B10")),
    "B13 one too many, lead listed": wrong({"B10": counts(7, 3, 2, 2, 0)}, ("B13", "E", "B10")),
    "B13 without the lead, lead listed": wrong({"B10": counts(5, 2, 2, 1, 0)}, ("B13", "W", "B10")),
    "B13 with the lead, lead not listed": wrong(
        LEAD_UNLISTED | {"B10": counts(7, 4, 2, 1, 0)}, ("B13", "W", "B10"), ("M18", "W", "B6")
    ),
    "B13 without the lead, lead not listed": wrong(
        LEAD_UNLISTED | {"B10": counts(5, 2, 2, 1, 0)}, ("B13", "E", "B10"), ("M18", "W", "B6")
    ),
    "B14 an enterprise counted as university": wrong({"B10": counts(6, 2, 3, 1, 0)}, ("B14", "W", "B10")),
    "B14 a university counted as other": wrong({"B10": counts(6, 3, 1, 1, 1)}, ("B14", "W", "B10")),
    "B15 city": wrong(None, ("B15", "W", "D14"), city="苏州市"),
    "B16 address": wrong({"F5": "苏州市吴中区某某路8号"}, ("B16", "I", "F5")),
    "M18 lead not listed": wrong(LEAD_UNLISTED, ("M18", "W", "B6")),
    "M17 two leads": wrong({"B6": TWO_LEADS}, ("M17", "W", "B6")),
    "M19 company form": wrong(
        {"B6": "江苏某某半导体有限责任公司", "C17": "江苏某某半导体有限公司"}, ("M19", "W", "B6,C17")
    ),
    "M19 brackets": wrong(
        {"B6": "南京某某(江苏)半导体有限公司", "C17": "南京某某（江苏）半导体有限公司"},
        ("M19", "W", "B6,C17"),
    ),
    "F06 name is an error": wrong({"B4": REF_ERROR}, ("F06", "E", "B4")),
    "F06 phone is a formula": wrong({"F9": NO_RESULT}, ("F06", "E", "F9")),
    "F06 title is an error": wrong({"F7": REF_ERROR}, ("F06", "W", "F7")),
    "F06 a picture in a cell": wrong({"B7": PICTURE}, ("F06", "W", "B7")),
    "F12 scientist": wrong({"B7": "____"}, ("F12", "W", "B7")),
    "F12 address": wrong({"F5": "请填写通讯地址"}, ("F12", "W", "F5")),
    "F12 crosses in the lead's name": wrong(
        {"B6": "江苏××××有限公司"}, ("F12", "W", "B6"), ("M18", "W", "B6")
    ),
    "F12 phrase not filled in": wrong(
        {"B10": "___个，其中：企业___个，高校___个，科研院所___个， 其它___个"}, ("F12", "W", "B10")
    ),
    "M18 no member and no number": wrong(
        {"B10": ""}, ("F12", "W", "B10"), ("M18", "W", "B6"), ("P02", "E", "F20"),
        ("J02", "E", "G25"), drawing=without_rows(RIGHT, 14, 19)
    ),
    "F12 phrase void": wrong({"B10": "无"}, ("F12", "W", "B10")),
    "F12 phrase of dots": wrong({"B10": "……"}, ("F12", "W", "B10")),
    "F12 phrase blank": wrong({"B10": ""}, ("F12", "W", "B10")),
}

RIGHT_STILL = {
    "as drawn": still_right(None),
    "B02 创新联合体 inside": still_right({"B4": "江苏省智能电网创新联合体（筹）"}),
    "B02 same as cover but for width": with_cover("江苏省 智能电网创新联合体"),
    "B04 class word": still_right({"B5": "新型电力装备产业"}),
    "B04 future field": still_right({"B5": "氢能与新型储能"}),
    "B08 mobile": still_right({"F9": "13812345678"}),
    "B08 mobile in a number cell": still_right({"F9": 13812345678}),
    "B08 several": still_right({"F9": "025-83359254、83359255；13812345678（李工）"}),
    "B09 tick behind": still_right(
        {
            "B8": "创新型领军企业（√） 龙头骨干企业（ ） 国家级技术创新中心（ ） 省级技术创新中心（ ） 其它（ ）"
        }
    ),
    "B09 drop-down's answer": still_right({"B8": "创新型领军企业"}),
    "B10 explained": still_right({"B8": OTHER_TYPE + "：省级新型研发机构"}),
    "B11 other with a public body's code": still_right({"B6": "东南大学", "B8": OTHER_TYPE + "：高等学校"}),
    "B11 a centre with a code": still_right({"B8": PROVINCIAL_CENTRE}),
    "B12 a kind left blank": still_right({"B10": "6个，其中：企业3个，高校2个，科研院所1个， 其它___个"}),
    "B12 no total": still_right({"B10": "企业3个，高校2个，科研院所1个"}),
    "B14 a university spaced out": still_right({"C15": "东 南\u3000大 学"}),
    "B14 a university and its part": still_right({"C15": "东南大学（共建单位）"}),
    "B14 an institute counted as other": still_right({"B10": counts(6, 3, 2, 0, 1)}),
    "B15 city not known": still_right(None, city=None),
    "B15 development zone": still_right({"F5": "江宁区某某路8号"}, city="南京市"),
    "B16 no city in the address": still_right({"F5": "江宁区吉印大道1888号"}),
    "M19 same but for a blank": still_right({"B6": "江苏某某电气 股份有限公司"}),
    "a member less": still_right({"B10": counts(5, 3, 2, 0, 0)}, drawing=without_row(RIGHT, 19)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


WORDS = {
    ("B04", "电力装备"): (
        "“产业领域”（B5）：“电力装备”不在《通知》所列 24 个领域内，最接近的是“新型电力装备”。",
        "请从 24 个领域中选填一个；确属其他领域的请在说明栏写明。",
    ),
    ("B04", "农作物育种"): (
        "“产业领域”（B5）：“农作物育种”不在《通知》所列 24 个领域内。",
        "请从 24 个领域中选填一个；确属其他领域的请在说明栏写明。",
    ),
}


@pytest.mark.parametrize(("code", "field"), WORDS)
def test_field_words__name_the_nearest_if_there_is_one(code: str, field: str) -> None:
    finding = found({"B5": field}, code)
    assert (finding.message, finding.suggestion) == WORDS[code, field]


def test_ticks_words__name_what_is_ticked() -> None:
    finding = found({"B8": LEADING.replace("□ 龙头", "☑ 龙头")}, "B09")
    assert (
        finding.message
        == "“创新联合体牵头单位类型”（B8）：应勾选一项且只勾选一项，现识别到 2 项（创新型领军企业、龙头骨干企业）。"
    )
