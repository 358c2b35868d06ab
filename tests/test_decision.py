"""What can be decided: words that fit a drop-down and lead back to the ruling, numbers that stay."""

from __future__ import annotations

import pytest

from pipeline.drop_down import entries
from schemas import call, catalogue
from schemas.decision import (
    CITIES, CODES, DAMAGED, DISPUTES, LEADS, MOST_OPTIONS, NAMES, WAIVER, Action, Ruling,
    identity, labels, offered)

EVERY = (*DISPUTES, WAIVER)


@pytest.mark.parametrize("dispute", EVERY, ids=lambda dispute: dispute.key)
def test_words__fit_a_drop_down_and_lead_back_to_one_ruling_each(dispute):
    options = [city.name for city in call.CITIES][:MOST_OPTIONS] if dispute is CITIES else [
        f"值{n}" for n in range(MOST_OPTIONS)]
    found = offered(dispute, options)
    assert entries(found) == list(found)
    assert '"' not in "".join(found)
    assert len(set(found.values())) == len(found)
    assert [ruling.option for ruling in found.values() if ruling.action is Action.ADOPT] == (
        options if any("{}" in choice.words for choice in dispute.choices) else [])


def test_offered__names_options_by_noun_and_numeral_or_by_themselves():
    assert offered(CODES, ["A", "B"]) == {
        "属同一单位，采用代码一": Ruling(Action.ADOPT, "A"), "属同一单位，采用代码二": Ruling(Action.ADOPT, "B"),
        "确为不同单位，分别保留": Ruling(Action.KEEP_APART), "退回核实": Ruling(Action.RETURN)}
    assert list(offered(CITIES, ["南京市", "苏州市"])) == ["归南京市", "归苏州市", "确为不同联合体，分别保留", "退回核实"]
    assert offered(DAMAGED, []) == {"退回更正": Ruling(Action.RETURN)}


def test_options_past_the_most__are_not_offered():
    assert labels(LEADS, [str(n) for n in range(12)])[-1] == "联合体九"
    assert len(offered(LEADS, [str(n) for n in range(12)])) == MOST_OPTIONS + 2


def test_rules_of_disputes__are_in_the_catalogue():
    known = {rule.code for rule in catalogue.rules()}
    assert {code for dispute in EVERY for code in dispute.rules} <= known


def test_identity__depends_on_kind_and_subjects_then_on_options():
    number = identity(NAMES, ["91320100PDY00001XR"], ["甲公司", "甲厂"])
    assert number == identity(NAMES, ["91320100PDY00001XR"], ["甲公司", "甲厂"])
    conflict, evidence = number.split("-")
    assert (len(conflict), conflict[0], len(evidence)) == (11, "C", 6)
    assert identity(NAMES, ["91320100PDY00001XR"], ["甲厂", "甲公司"]).split("-")[0] == conflict
    code = ["91320100PDY00001XR"]
    others = {identity(NAMES, code, ["甲厂", "甲公司"]), identity(NAMES, code, ["甲公司甲厂"]),
              identity(NAMES, ["X"], ["甲公司", "甲厂"]), identity(CODES, code, ["甲公司", "甲厂"])}
    assert len(others | {number}) == 5


def test_identity__of_a_known_conflict_stays_from_release_to_release():
    assert identity(NAMES, ["91320100PDY00001XR"], ["甲公司", "甲厂"]) == "C71a1c22299-2076f6"
