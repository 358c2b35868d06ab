"""P: 创新平台表, rows 26 and 27 of `drawn.RIGHT`; received on 2023-09-20."""

from __future__ import annotations

import pytest

from tests.drawn import (
    NO_RESULT,
    REF_ERROR,
    RIGHT,
    found,
    outcome,
    still_right,
    with_row,
    without_rows,
    wrong,
)

WRONG = {
    "P01 blank": wrong({"E26": ""}, ("P01", "E", "E26")),
    "P01 void": wrong({"E26": "/"}, ("P01", "E", "E26")),
    "P01 hint left": wrong({"E26": "请选择"}, ("P01", "E", "E26")),
    "P01 a city's": wrong({"E26": "市级"}, ("P01", "E", "E26")),
    "P01 a ministry's": wrong({"E26": "省部级"}, ("P01", "E", "E26")),
    "P01 both": wrong({"E26": "国家级/省级"}, ("P01", "E", "E26")),
    "P01 something else": wrong({"E26": "重点"}, ("P01", "E", "E26")),
    "P02 a stranger": wrong({"F26": "南京大学"}, ("P02", "E", "F26")),
    "P02 a stranger beside a member": wrong({"F26": "东南大学、南京大学"}, ("P02", "E", "F26")),
    "P02 a stranger joined to a member": wrong({"F26": "南京大学和东南大学"}, ("P02", "E", "F26")),
    "P02 a department with such a word in its name": wrong({"F26": "东南大学和平学院"}, ("P02", "W", "F26")),
    "P02 blank": wrong({"F26": ""}, ("P02", "E", "F26")),
    "P02 void": wrong({"F26": "无"}, ("P02", "E", "F26")),
    "P02 a member's department": wrong({"F26": "东南大学电气工程学院"}, ("P02", "W", "F26")),
    "P02 a member and another's department": wrong(
        {"F26": "南京信息工程大学、东南大学电气工程学院"}, ("P02", "W", "F26")
    ),
    "P03 blank": wrong({"G26": ""}, ("P03", "W", "G26")),
    "P03 void": wrong({"G26": "无"}, ("P03", "W", "G26")),
    "P03 unreadable": wrong({"G26": "去年"}, ("P03", "W", "G26")),
    "P03 a year alone": wrong({"G26": "2021年"}, ("P03", "W", "G26")),
    "P03 2021.1 as a number": wrong({"G26": 2021.1}, ("P03", "W", "G26")),
    "P03 2021.1 as text": wrong({"G26": "2021.1"}, ("P03", "W", "G26")),
    "P03 before 1980": wrong({"G26": "1979年12月"}, ("P03", "W", "G26")),
    "P03 after the day of receipt": wrong({"G26": "2023年10月"}, ("P03", "W", "G26")),
    "P04 blank": wrong({"D26": ""}, ("P04", "W", "D26")),
    "P04 unlisted": wrong({"D26": "智能电网"}, ("P04", "W", "D26")),
    "P04 several": wrong({"D26": "新材料、元宇宙"}, ("P04", "W", "D26")),
    "P05 twice": wrong({"C27": "江苏省智能电网重点实验室", "E27": "省级"}, ("P05", "W", "C27")),
    "P05 three times": wrong(
        {},
        ("P05", "W", "C27"),
        ("P05", "W", "C28"),
        drawing=with_row(
            with_row(
                RIGHT,
                26,
                row
                := "| ^ | 2 | 江苏省智能电网重点实验室 | 新型电力装备 | 省级 | 东南大学 | 2021年10月 | < |",
            ),
            27,
            row,
        ),
    ),
    "P06 a national name": wrong({"C26": "国家重点实验室（电能变换）"}, ("P06", "W", "C26,E26")),
    "P06 a provincial name": wrong({"E26": "国家级"}, ("P06", "W", "C26,E26")),
    "P07 blank": wrong({"C26": ""}, ("P07", "E", "C26")),
    "P07 void": wrong({"C26": "无"}, ("P07", "E", "C26")),
    "P07 two rows of void": wrong({"C26": "无", "C27": "无"}, ("P07", "E", "C26"), ("P07", "E", "C27")),
    "F06 level": wrong({"E26": REF_ERROR}, ("F06", "E", "E26")),
    "F06 month": wrong({"G26": NO_RESULT}, ("F06", "W", "G26")),
    "F06 field": wrong({"D26": REF_ERROR}, ("F06", "W", "D26")),
}

RIGHT_STILL = {
    "P01 wordy": still_right({"E26": "省级平台", "E27": "国家级（科技部）"}),
    "P02 in other brackets": still_right({"F27": "江苏某某电气股份有限公司（牵头单位）"}),
    "P02 several members": still_right({"F26": "东南大学、南京信息工程大学"}),
    "P02 members joined by a word": still_right({"F26": "东南大学与南京信息工程大学共建"}),
    "P02 company form": still_right({"F26": "南京某某半导体有限责任公司"}),
    "P03 January 1980": still_right({"G26": "1980年1月"}),
    "P03 the month of receipt": still_right({"G26": "2023年9月"}),
    "P03 2021.10 as text": still_right({"G26": "2021.10"}),
    "P03 2021.12 as a number": still_right({"G26": 2021.12}),
    "P04 class word": still_right({"D26": "新材料产业"}),
    "P05 another name": still_right({"C27": "江苏省智能电网重点实验室（二期）", "E27": "省级"}),
    "P06 a national name, national": still_right({"C27": "国家企业技术中心"}),
    "P06 neither": still_right({"C26": "宽禁带器件联合实验室"}),
    "no platform": still_right(None, drawing=without_rows(RIGHT, 26, 27)),
    "a row of nothing": still_right(
        None, drawing=with_row(without_rows(RIGHT, 26, 27), 25, "| ^ | 1 | 无 | 无 | 无 | 无 | 无 | < |")
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


WORDS = {
    "P01": (
        {"E26": "市级"},
        "创新平台表第 1 行“级别”（E26）：填的是“市级”，级别只能是“国家级”或“省级”，市级及以下不在本表范围。",
    ),
    "P02": (
        {"F26": "东南大学、南京大学"},
        "创新平台表第 1 行“依托单位”（F26）：“南京大学”不是本联合体的牵头单位或成员单位。",
    ),
    "P03": (
        {"G26": 2021.1},
        "创新平台表第 1 行“建设时间”（G26）：时间“2021.1”无法确定（可能是2021年1月或2021年10月），本栏应写明年月。",
    ),
    "P04": (
        {"D26": "智能电网"},
        "创新平台表第 1 行“产业领域”（D26）：填的是“智能电网”，本栏应为《通知》所列 24 个领域之一，最接近的是“类脑智能”。",
    ),
    "P05": (
        {"C27": "江苏省智能电网重点实验室", "E27": "省级"},
        "创新平台表第 2 行“平台名称”（C27）：“江苏省智能电网重点实验室”与第 1 行重复。",
    ),
}


@pytest.mark.parametrize("code", WORDS)
def test_words__where_value_rule(code: str) -> None:
    changes, message = WORDS[code]
    assert found(changes, code).message == message
