"""L: 重点研发方向 (B12) and 联合体决策及运行机制 (B21) of `drawn.RIGHT`."""

from __future__ import annotations

import pytest

from tests.drawn import NO_RESULT, REF_ERROR, found, outcome, still_right, wrong

HINT = "决策执行机制、科技成果归属、利益分配等，不超过500字"


def long(characters: int) -> str:
    """Text of that many characters, white space between that does not count."""
    return " \n".join("理事会每季度议事。"[place % 9] for place in range(characters))


WRONG = {
    "L01 501": wrong({"B21": long(501)}, ("L01", "W", "B21")),
    "L01 520": wrong({"B21": long(520)}, ("L01", "W", "B21")),
    "L01 521": wrong({"B21": long(521)}, ("L01", "E", "B21")),
    "L01 twice the limit": wrong({"B21": long(1000)}, ("L01", "E", "B21")),
    "L02 blank": wrong({"B21": ""}, ("L02", "E", "B21")),
    "L02 void": wrong({"B21": "无"}, ("L02", "E", "B21")),
    "L02 dots": wrong({"B21": "……"}, ("L02", "E", "B21")),
    "L03 the form's own hint": wrong({"B21": HINT}, ("L03", "W", "B21")),
    "L04 blank": wrong({"B12": ""}, ("L04", "W", "B12")),
    "L04 void": wrong({"B12": "/"}, ("L04", "W", "B12")),
    "F06 governance": wrong({"B21": REF_ERROR}, ("F06", "E", "B21")),
    "F06 directions": wrong({"B12": NO_RESULT}, ("F06", "W", "B12")),
    "F12 directions": wrong({"B12": "请填写重点研发方向"}, ("F12", "W", "B12")),
    "F12 lines in the governance": wrong({"B21": "设理事会，由____任理事长。"}, ("F12", "W", "B21")),
}

RIGHT_STILL = {
    "L01 500": still_right({"B21": long(500)}),
    "L01 1": still_right({"B21": "议"}),
    "L03 the hint answered": still_right({"B21": f"{HINT}：设理事会，按投入分配。"}),
    "L04 short": still_right({"B12": "纳米"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


def test_too_long__says_how_much_to_cut() -> None:
    finding = found({"B21": long(612)}, "L01")
    assert finding.message == "“联合体决策及运行机制”（B21）：限 500 字，现约 612 字（不计空格）。"
    assert finding.suggestion == "请删减 112 字以上。"


def test_value_of_a_long_text__cut() -> None:
    assert len(found({"B21": "议" * 900}, "L01").value) == 61
