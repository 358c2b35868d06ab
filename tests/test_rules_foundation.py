"""T: staff (B23), technical staff (F23), rights (B24), patents (F24) of `drawn.RIGHT`, of six members."""

from __future__ import annotations

import pytest

from tests.drawn import NO_RESULT, REF_ERROR, found, outcome, still_right, wrong

WRONG = {
    "T01 staff blank": wrong({"B23": ""}, ("T01", "E", "B23")),
    "T01 technical staff void": wrong({"F23": "/"}, ("T01", "E", "F23")),
    "T01 rights in words": wrong({"B24": "若干"}, ("T01", "E", "B24")),
    "T01 patents not whole": wrong({"F24": 98.5}, ("T01", "E", "F24")),
    "T01 negative": wrong({"F24": -1}, ("T01", "E", "F24")),
    "T01 a range": wrong({"B23": "1000-1200"}, ("T01", "E", "B23")),
    "T01 hint left": wrong({"B23": "____"}, ("T01", "E", "B23")),
    "T01 none is not a number": wrong({"F24": "无"}, ("T01", "E", "F24")),
    "T02 one more": wrong({"B23": 4300, "F23": 4301}, ("T02", "E", "F23,B23")),
    "T03 one more": wrong({"B24": 980, "F24": 981}, ("T03", "E", "F24,B24")),
    "T04 patents are 0": wrong({"F24": 0}, ("T04", "W", "F24")),
    "T04 both are 0": wrong({"B24": 0, "F24": 0}, ("T04", "W", "B24"), ("T04", "W", "F24")),
    "T04 staff are 0": wrong({"B23": 0, "F23": 0}, ("T04", "W", "B23"), ("T04", "W", "F23")),
    "T04 29 for six members": wrong({"B23": 29, "F23": 10}, ("T04", "W", "B23")),
    "T04 95.01 %": wrong({"B23": 10000, "F23": 9501}, ("T04", "W", "F23,B23")),
    "T04 all": wrong({"B23": 4300, "F23": 4300}, ("T04", "W", "F23,B23")),
    "F06 staff": wrong({"B23": REF_ERROR}, ("F06", "E", "B23")),
    "F06 patents": wrong({"F24": NO_RESULT}, ("F06", "E", "F24")),
}

RIGHT_STILL = {
    "T01 with its unit": still_right({"B23": "12,600人", "F24": "980项"}),
    "T01 about": still_right({"B23": "约12600"}),
    "T03 the same": still_right({"B24": 980, "F24": 980}),
    "T04 1": still_right({"F24": 1}),
    "T04 30 for six members": still_right({"B23": 30, "F23": 10}),
    "T04 95.00 %": still_right({"B23": 10000, "F23": 9500}),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong__exactly_its_findings(name: str) -> None:
    assert outcome(WRONG, name) == sorted(WRONG[name].expected)


@pytest.mark.parametrize("name", RIGHT_STILL)
def test_near_miss__nothing(name: str) -> None:
    assert outcome(RIGHT_STILL, name) == []


def test_words__both_numbers() -> None:
    finding = found({"B23": 4300, "F23": 4301}, "T02")
    assert finding.message == "“其中:专业技术人员”（F23、B23）：专业技术人员（4301）多于从业人员（4300）。"


def test_blank__said_to_be_blank() -> None:
    assert (
        found({"B23": ""}, "T01").message
        == "“牵头及成员单位拥有从业人员数”（B23）：没有填写，应为不小于 0 的整数。"
    )
