"""The rules as a set: all declared, each with a case that fails, each with words fit for a clerk."""

from __future__ import annotations

import importlib
import re
import string
from functools import cache

import pytest

from schemas.conflicts import ACROSS
from schemas.form_2023 import FORM
from schemas.form_2023.file import F12, FILE_RULES
from schemas.rule import Finding, Rule, Severity, judged
from tests.drawn import found_in
from tests.test_announced import ANNOUNCED

# All codes of the catalogue.
CODES = {
    "F": range(1, 14),
    "B": range(1, 17),
    "M": range(1, 31),
    "L": range(1, 6),
    "T": range(1, 5),
    "P": range(1, 8),
    "J": range(1, 8),
    "D": range(1, 4),
    "X": range(1, 9),
}
LEVELS = {
    "I": {"F05", "F08", "F09", "B16", "M13", "M14", "M27", "M29", "L05", "X06", "X08"},
    "W": {
        "F05",
        "F06",
        "F07",
        "F09",
        "F11",
        "F12",
        "F13",
        "B02",
        "B04",
        "B07",
        "B08",
        "B10",
        "B11",
        "B13",
        "B14",
        "B15",
        "M03",
        "M07",
        "M09",
        "M10",
        "M12",
        "M16",
        "M17",
        "M18",
        "M19",
        "M22",
        "M23",
        "M24",
        "M25",
        "M26",
        "M28",
        "M30",
        "L01",
        "L03",
        "L04",
        "T04",
        "P02",
        "P03",
        "P04",
        "P05",
        "P06",
        "J02",
        "J03",
        "J04",
        "J05",
        "J06",
        "D02",
        "D03",
        "X01",
        "X02",
        "X03",
        "X05",
        "X07",
    },
    "E": {
        "F01",
        "F02",
        "F03",
        "F04",
        "F06",
        "F10",
        "B01",
        "B03",
        "B05",
        "B06",
        "B09",
        "B12",
        "B13",
        "M01",
        "M02",
        "M04",
        "M05",
        "M06",
        "M08",
        "M11",
        "M15",
        "M20",
        "M21",
        "M28",
        "L01",
        "L02",
        "T01",
        "T02",
        "T03",
        "P01",
        "P02",
        "P07",
        "J01",
        "J02",
        "J07",
        "D01",
        "X04",
    },
}
TABLES = (
    "basics",
    "members",
    "cooperation",
    "foundation",
    "platforms",
    "projects",
    "dates",
    "file",
    "across",
)
# What may stand in Latin letters: a program, a file's extension or kind, a standard, the letters no code has.
LATIN = re.compile(r"Excel|WPS|PDF|GB|\.xlsx|\b[IOSVZ]\b")
LONGEST_MESSAGE, LONGEST_SUGGESTION = 160, 120


def declared() -> list[Rule]:
    models = [*(block.model for block in FORM.blocks), *ACROSS.values()]
    return [*FILE_RULES, *(rule for model in models for rule in judged(model).values())]


RULES = declared()
NAMES = [rule.name for rule in RULES]


@cache
def failing() -> dict[str, tuple[Finding, ...]]:
    """The findings of every failing case of all tables, by table and case."""
    found = {}
    for table in TABLES:
        module = importlib.import_module(f"tests.test_rules_{table}")
        found |= {f"{table}: {name}": findings for name, findings in found_in(module.WRONG).items()}
        for more in ("REFUSED", "NO_CITY"):
            found |= {f"{table}: {name}": findings for name, findings in getattr(module, more, {}).items()}
    return found | {f"arrival: {name}": findings for name, findings in ANNOUNCED.items()}


def words() -> list[tuple[str, Finding]]:
    return [(case, finding) for case, findings in failing().items() for finding in findings]


def unfit(test) -> list[tuple[str, str, str]]:
    """The sentences of failing cases that do not pass a test."""
    return [(case, finding.message, finding.suggestion) for case, finding in words() if not test(finding)]


def test_codes__all_declared_and_no_other() -> None:
    wanted = {f"{letter}{number:02d}" for letter, numbers in CODES.items() for number in numbers}
    assert {rule.code for rule in RULES} == wanted


def test_levels__as_in_the_catalogue() -> None:
    found = {str(level): {rule.code for rule in RULES if rule.severity is level} for level in Severity}
    assert found == LEVELS


def test_names__no_two_rules_of_a_model_alike() -> None:
    for model in (*(block.model for block in FORM.blocks), *ACROSS.values()):
        names = [
            item.rule.name
            for parent in model.__mro__
            for item in map(_function, vars(parent).values())
            if isinstance(getattr(item, "rule", None), Rule)
        ]
        assert sorted(names) == sorted(judged(model))


def _function(item: object) -> object:
    return getattr(item, "__func__", item)


def test_every_rule__has_a_failing_case() -> None:
    hit = {id(finding.rule) for _, finding in words()}
    assert [rule.name for rule in RULES if id(rule) not in hit] == []


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_rule__complete_sentences(rule: Rule) -> None:
    for text in (rule.says, rule.fix, rule.title, rule.clause):
        assert text.strip() == text != ""
    for sentence in (rule.says, rule.fix):
        assert not sentence.endswith(("。", "，", "；", " "))
        literal = "".join(part for part, *_ in string.Formatter().parse(sentence))
        assert not re.search("[A-Za-z]", LATIN.sub("", literal))


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_rule__one_kind_of_quotes_and_commas(rule: Rule) -> None:
    for sentence in (rule.says, rule.fix, rule.title):
        assert not re.search(r"[,;:!?\"']|\.(?!xlsx)", re.sub(r"\{[^}]*\}|\d\.\d", "", sentence))
        assert sentence.count("“") == sentence.count("”")
        assert sentence.count("（") == sentence.count("）")


def test_placeholders__filled_in_every_case() -> None:
    for gap in ("{", "}", "（空）", "（）", "None", "nan", "null"):
        assert unfit(lambda finding, gap=gap: gap not in finding.message + finding.suggestion) == []


def test_values__quoted_only_where_there_is_one() -> None:
    # A blank phrase of counts is F12's like the unfilled one: “栏内为“””.
    assert unfit(lambda f: "“”" not in f.message + f.suggestion or (f.rule is F12 and not f.value)) == []


def test_sentences__no_stop_twice_and_none_missing() -> None:
    assert unfit(lambda f: f.message.endswith("。") and f.suggestion.endswith("。")) == []
    assert unfit(lambda f: not re.search("。。|，，|，。|：。|；。|，：", f.message + f.suggestion)) == []


def test_first_beat__where() -> None:
    def begins(finding: Finding) -> bool:
        place = f"（{'、'.join(finding.cells)}）" if finding.cells else ""
        return (
            re.match(
                rf"(“[^”]+”|(成员表|创新平台表|科技计划表)第 \d+ 行“[^”]+”|工作表“[^”]+”|文件)"
                rf"({re.escape(place)}|（表中没有找到此栏）)：[^：]",
                finding.message,
            )
            is not None
        )

    assert unfit(begins) == []


def test_lengths__short_enough_for_a_cell() -> None:
    assert (
        unfit(lambda f: len(f.message) <= LONGEST_MESSAGE and len(f.suggestion) <= LONGEST_SUGGESTION) == []
    )


def test_numbers__without_exponents_or_trailing_zeros() -> None:
    def plain(finding: Finding) -> bool:
        told = finding.message.replace(finding.value, "") if finding.value else finding.message
        return not re.search(r"\d[eE][+-]?\d|\d\.\d*0(?!\d)", told)

    assert unfit(plain) == []


def test_personal_ids__nowhere() -> None:
    identity = re.compile(
        r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)"
    )
    told = [
        (case, f) for case, f in words() if identity.search(f"{f.message}{f.suggestion}{f.value}{f.record}")
    ]
    assert told == []
    assert any("***" in finding.value for _, finding in words())


def test_cells__addresses_only() -> None:
    assert [
        (case, f.cells)
        for case, f in words()
        if not all(re.fullmatch(r"[A-Z]+\d+", cell) for cell in f.cells)
    ] == []


def test_rows_and_fields__of_the_declared_form() -> None:
    fields = {block.name: set(block.columns) for block in FORM.blocks}
    for case, finding in words():
        if finding.table and finding.rule not in FILE_RULES:
            known = (
                fields[finding.table] | fields["members"]
                if finding.table == "consortium"
                else fields[finding.table]
            )
            assert finding.field in known, case
            assert (finding.row > 0) == (finding.table != "consortium"), case
