"""J: 科技计划表, rows 30 and 31 of `drawn.RIGHT`; 近三年 is 2020-07 to 2023-09."""

from __future__ import annotations

import pytest

from tests.drawn import NO_RESULT, REF_ERROR, RIGHT, found, outcome, still_right, without_rows, wrong

WRONG = {
    "J01 blank": wrong({"E30": ""}, ("J01", "E", "E30")),
    "J01 a city's": wrong({"E30": "市级"}, ("J01", "E", "E30")),
    "J01 a ministry's": wrong({"E30": "教育部"}, ("J01", "E", "E30")),
    "J02 a stranger": wrong({"G30": "南京大学"}, ("J02", "E", "G30")),
    "J02 blank": wrong({"G30": ""}, ("J02", "E", "G30")),
    "J02 void": wrong({"G30": "/"}, ("J02", "E", "G30")),
    "J02 a member's department": wrong({"G31": "东南大学电气工程学院"}, ("J02", "W", "G31")),
    "J03 blank": wrong({"F30": ""}, ("J03", "W", "F30")),
    "J03 void": wrong({"F30": "无"}, ("J03", "W", "F30")),
    "J03 a length": wrong({"F30": "三年"}, ("J03", "W", "F30")),
    "J03 one month": wrong({"F30": "2021年1月"}, ("J03", "W", "F30")),
    "J03 unreadable": wrong({"F30": "见合同"}, ("J03", "W", "F30")),
    "J03 end before start": wrong({"F30": "2023.12-2021.01"}, ("J03", "W", "F30")),
    "J03 six years and a month": wrong({"F30": "2018.01-2024.01"}, ("J03", "W", "F30")),
    "J04 blank": wrong({"D30": ""}, ("J04", "W", "D30")),
    "J04 unlisted": wrong({"D30": "智能电网"}, ("J04", "W", "D30")),
    "J04 several": wrong({"D30": "新材料、元宇宙"}, ("J04", "W", "D30")),
    "J05 twice": wrong({"C31": "大功率宽禁带器件关键技术研发"}, ("J05", "W", "C31")),
    "J06 over in June 2020": wrong({"F30": "2018.07-2020.06"}, ("J06", "W", "F30")),
    "J06 begins in October 2023": wrong({"F30": "2023.10-2025.09"}, ("J06", "W", "F30")),
    "J06 begins in October 2023, open": wrong({"F30": "2023年10月至今"}, ("J06", "W", "F30")),
    "J07 blank": wrong({"C30": ""}, ("J07", "E", "C30")),
    "J07 two rows of void": wrong({"C30": "无", "C31": "无"}, ("J07", "E", "C30"), ("J07", "E", "C31")),
    "F06 undertaker": wrong({"G30": REF_ERROR}, ("F06", "E", "G30")),
    "F06 period": wrong({"F30": NO_RESULT}, ("F06", "W", "F30")),
}

RIGHT_STILL = {
    "J01 wordy": still_right({"E30": "国家级项目"}),
    "J02 several members": still_right({"G30": "东南大学，南京某某半导体有限公司"}),
    "J03 six years": still_right({"F30": "2018.01-2023.12"}),
    "J03 one and the same month": still_right({"F30": "2021.01-2021.01"}),
    "J03 open": still_right({"F30": "2021年1月至今"}),
    "J05 another name": still_right({"C31": "大功率宽禁带器件关键技术研发（二期）"}),
    "J06 over in July 2020": still_right({"F30": "2018.07-2020.07"}),
    "J06 begins in September 2023": still_right({"F30": "2023.09-2025.09"}),
    "no project": still_right(None, drawing=without_rows(RIGHT, 30, 31)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


WORDS = {
    "J03": (
        {"F30": "三年"},
        "科技计划表第 1 行“实施期”（F30）：填的是“三年”，本栏应写明起止年月。",
        "请写成“2021.01-2023.12”这样的起止年月。",
    ),
    "J06": (
        {"F30": "2018.07-2020.06"},
        "科技计划表第 1 行“实施期”（F30）：实施期“2018.07-2020.06”不在近三年（2020年7月至2023年9月）内。",
        "请核对实施期；不属近三年的项目请从本表删去。",
    ),
}


@pytest.mark.parametrize("code", WORDS)
def test_words__where_value_rule_and_what_to_do(code: str) -> None:
    changes, message, suggestion = WORDS[code]
    finding = found(changes, code)
    assert (finding.message, finding.suggestion) == (message, suggestion)
