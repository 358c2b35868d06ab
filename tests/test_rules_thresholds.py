"""Numbers in the words of rules are those of the call: no threshold is typed a second time."""

from __future__ import annotations

import ast
import re
import runpy
import string
from pathlib import Path

import pytest

from schemas import call, wording
from schemas.rule import Rule
from tests.drawn import found

ROOT = Path(__file__).parent.parent / "schemas"
SOURCES = (*sorted((ROOT / "form_2023").glob("*.py")), ROOT / "conflicts.py")
# A constant of the call, another value, where its words are, and in them what was said and what is to be said then.
CHANGES = {
    "LEAD_REVENUE_YEAR": (2031, "members", {
        "M24": ("龙头企业 2022 年销售收入", "龙头企业 2031 年销售收入")}),
    "LEAD_REVENUE_WAN": (125_000, "members", {
        "M24": ("10 亿元", "12.5 亿元"), "M24 ": ("100000 万元", "125000 万元")}),
    "LEAD_RD_RATIO": (0.045, "members", {"M25": ("3%", "4.5%")}),
    "LARGEST_MONEY_WAN": (7_000_000, "members", {"M26": ("1000 亿元", "700 亿元")}),
    "HIGH_RD_RATIO": (0.71, "members", {"M30": ("60%", "71%")}),
    "GOVERNANCE_LIMIT": (640, "cooperation", {
        "L01": ("500 字", "640 字"), "L02": ("500 字", "640 字")}),
    "PROJECT_WINDOW": (("2021-11", "2024-12"), "projects", {
        "J06": ("2020年7月至2023年9月", "2021年11月至2024年12月")}),
    "LONGEST_PROJECT_YEARS": (9, "projects", {"J03": ("6 年", "9 年")}),
    "EARLIEST_PLATFORM_YEAR": (1955, "platforms", {"P03": ("1980 年", "1955 年")}),
    "STAFF_PER_MEMBER": (8, "foundation", {"T04": ("不足 5 人", "不足 8 人")}),
    "HIGH_TECHNICAL_SHARE": (0.875, "foundation", {"T04": ("95%", "87.5%")}),
    "EMERGING_FIELDS": (("甲", "乙"), "basics", {"B03": ("13 个新兴", "2 个新兴")}),
    "FUTURE_FIELDS": (("丙",), "basics", {"B03": ("11 个未来", "1 个未来")}),
    "FIELDS": (("甲", "乙", "丙"), "basics", {"B04": ("24 个领域", "3 个领域")}),
    "MANY_CONSORTIA": (5, "conflicts", {"X06": ("三个以上", "五个以上")}),
}
# What else may be typed with a digit: examples, standards, codes of rules.
NO_THRESHOLD = re.compile(
    r"“[^”{}]*”|如 025-83359254|18 位|11 位|第 9—17 位|000|以 91 开头|填 0|小于 0|为 0|是 0|[A-Z]\d\d")


def words_of(module: str) -> dict[str, list[str]]:
    """By code, the sentences of the rules that a module declares, run anew."""
    path = ROOT / "conflicts.py" if module == "conflicts" else ROOT / "form_2023" / f"{module}.py"
    found: dict[str, list[str]] = {}
    for model in [value for value in runpy.run_path(str(path)).values() if isinstance(value, type)]:
        for item in vars(model).values():
            rule = getattr(getattr(item, "__func__", item), "rule", None)
            if isinstance(rule, Rule):
                found.setdefault(rule.code, []).extend((rule.title, rule.says, rule.fix))
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_threshold_that_changes__is_what_the_rule_says(name: str, monkeypatch) -> None:
    value, module, changes = CHANGES[name]
    before = words_of(module)
    monkeypatch.setattr(call, name, value)
    after = words_of(module)
    expected = {code: list(sentences) for code, sentences in before.items()}
    for code, (old, new) in changes.items():
        changed = expected[code.strip()]
        assert any(old in sentence for sentence in changed)
        expected[code.strip()] = [sentence.replace(old, new) for sentence in changed]
    assert after == expected


def test_day_of_issue_that_changes__is_what_the_rule_says(monkeypatch) -> None:
    monkeypatch.setattr(call, "ISSUED", call.ISSUED.replace(month=5, day=4))
    assert "印发日（5月4日）" in found({"G2": "2023年5月3日"}, "D03").message


def test_lists__their_lengths_are_what_the_tables_rules_say(monkeypatch) -> None:
    monkeypatch.setattr(call, "FIELDS", ("甲", "乙", "丙"))
    listed = runpy.run_path(str(ROOT / "form_2023" / "listed.py"))
    rule = listed["industry_unlisted"]("P04", "平台")
    rule = getattr(rule, "__func__", rule).rule
    assert (rule.title, rule.says) == (
        "平台产业领域不在所列 3 个领域内", "{given}，本栏应为《通知》所列 3 个领域之一{near}")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_words__no_threshold_is_typed(path: Path) -> None:
    typed = [text for text in _words(ast.parse(path.read_text("utf-8")))
             if re.search(r"\d", NO_THRESHOLD.sub("", text))]
    assert typed == []


def _words(tree: ast.Module) -> list[str]:
    """What is typed, digits of expressions apart, of the words of rules: what they say, how to mend it, title or
    docstring."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("says", "fix", "title"):
            found += [_literal(node.value)]
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            found.append(ast.get_docstring(node) or "")
    return found


def _literal(node: ast.expr) -> str:
    """The typed parts of a string; what stands in braces is no part of it."""
    if isinstance(node, ast.JoinedStr):
        text = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    else:
        text = "".join(part.value for part in ast.walk(node) if isinstance(part, ast.Constant)
                       and isinstance(part.value, str))
    return "".join(part for part, *_ in string.Formatter().parse(text)) if "{" in text else text


@pytest.mark.parametrize("number", [0, 10])
def test_numeral__of_other_than_one_character_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="numeral"):
        wording.numeral(number)
