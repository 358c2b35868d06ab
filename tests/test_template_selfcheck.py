"""The 自检 column, recalculated by LibreOffice, says what the rules say, and `check` too."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.checking import check
from pipeline.template import write
from pipeline.template.wording import as_formula, rules_of, sentence
from schemas.form_2023 import FORM
from schemas.uscc import calc_check_digit
from tests.template_forms import GOOD, NEEDS_LIBREOFFICE, calculate, changed, texts_of

pytestmark = NEEDS_LIBREOFFICE
_INNER_WRONG = "91320100PDY000205" + calc_check_digit("91320100PDY000205")


class Case(NamedTuple):
    """One mistake: the form, the row of its self-check, and the rules with the field each is about."""

    form: dict[str, Any]
    row: int
    block: str
    says: tuple[tuple[str, str], ...]


def _single(row: int, field: str, content: Any, *rules: str) -> Case:
    return Case(
        changed("consortium", 0, **{field: content}),
        row,
        "consortium",
        tuple((rule, field) for rule in rules),
    )


def _member(field: str, content: Any, *rules: str) -> Case:
    return Case(
        changed("members", 3, **{field: content}), 17, "members", tuple((rule, field) for rule in rules)
    )


def _platform(field: str, content: Any, *rules: str) -> Case:
    return Case(
        changed("platforms", 0, **{field: content}), 31, "platforms", tuple((rule, field) for rule in rules)
    )


def _project(field: str, content: Any, *rules: str) -> Case:
    return Case(
        changed("projects", 0, **{field: content}), 37, "projects", tuple((rule, field) for rule in rules)
    )


CASES = {
    "name blank": _single(4, "name", None, "b01"),
    "name of spaces": _single(4, "name", "　 ", "b01"),
    "field blank": _single(5, "industry", "", "b03"),
    "field void": _single(5, "industry", "/", "b03"),
    "field unlisted": _single(5, "industry", "智能电网", "industry_unlisted"),
    "field with its class word": _single(5, "industry", "新材料产业"),
    "two fields": _single(5, "industry", "新材料、元宇宙", "industry_several"),
    "field not applicable": _single(5, "industry", "不适用", "b03"),
    "address blank": _single(5, "address", None, "b07"),
    "address void": _single(5, "address", "暂无", "b07"),
    "name void": _single(4, "name", "/", "b01"),
    "lead void": _single(6, "lead_unit", "没有", "b05"),
    "phone void": _single(9, "phone", "N/A", "b06"),
    "directions void": _single(12, "rd_directions", "目前无相关内容", "l04"),
    "governance void": _single(26, "governance", "不涉及。", "l02"),
    "lead blank": _single(6, "lead_unit", None, "b05"),
    "lead not a member": _single(6, "lead_unit", "江苏另外某公司", "lead_not_listed"),
    "lead in other brackets": _single(6, "lead_unit", "江苏 某某电气股份有限公司"),
    "representative blank": _single(6, "legal_representative", None, "b06"),
    "no tick": _single(8, "lead_type", [], "lead_type_not_one"),
    "two ticks": _single(8, "lead_type", ["创新型领军企业", "其它"], "lead_type_not_one"),
    "tick of another kind": _single(8, "lead_type", "√创新型领军企业 龙头骨干企业"),
    "option chosen without a mark": _single(8, "lead_type", "龙头骨干企业"),
    "phone blank": _single(9, "phone", None, "b06"),
    "phone in full width": _single(9, "phone", "０２５－８３３５９２５４"),
    "phone too short": _single(9, "phone", "83359254", "phone_unreadable"),
    "counts left blank": _single(10, "member_counts", None, "F12"),
    "counts in full width": _single(
        10, "member_counts", "４个，其中：企业２个，高校２个，科研院所０个，其它０个"
    ),
    "counts do not add up": _single(
        10, "member_counts", "4个，其中：企业3个，高校2个，科研院所0个，其它0个", "counts_do_not_add_up"
    ),
    "counts without the lead": _single(
        10, "member_counts", "3个，其中：企业1个，高校2个，科研院所0个，其它0个", "count_differs_by_the_lead"
    ),
    "counts unlike the rows": _single(
        10, "member_counts", "6个，其中：企业4个，高校2个，科研院所0个，其它0个", "count_unlike_rows"
    ),
    "directions blank": _single(12, "rd_directions", None, "l04"),
    "governance blank": _single(26, "governance", None, "l02"),
    "governance of 500": _single(26, "governance", "理" * 250 + " \n　" + "事" * 250),
    "governance of 503": _single(26, "governance", "理" * 503, "governance_slightly_too_long"),
    "governance of 521": _single(26, "governance", "理" * 521, "governance_too_long"),
    "staff blank": _single(28, "staff_count", None, "not_a_whole_number"),
    "staff in words": _single(28, "staff_count", "若干", "not_a_whole_number"),
    "staff with unit": _single(28, "staff_count", "12,600人"),
    "staff broken": _single(28, "staff_count", 12600.5, "not_a_whole_number"),
    "staff below zero": _single(28, "staff_count", -5, "not_a_whole_number"),
    "more technicians than staff": Case(
        changed("consortium", 0, technical_staff_count=13000),
        28,
        "consortium",
        (("more_technicians_than_staff", "technical_staff_count"),),
    ),
    "nearly all technicians": Case(
        changed("consortium", 0, technical_staff_count=12500),
        28,
        "consortium",
        (("nearly_all_technicians", "technical_staff_count"),),
    ),
    "no rights and no patents": Case(
        changed("consortium", 0, ip_count=0, invention_patent_count=0),
        29,
        "consortium",
        (("figure_is_zero", "ip_count"), ("figure_is_zero", "invention_patent_count")),
    ),
    "more patents than rights": _single(29, "invention_patent_count", 4000, "more_patents_than_rights"),
    "member without name": _member("name", None, "m01"),
    "code in lower case, full width, with spaces": _member("uscc", " ９１320100pdy000204n "),
    "code blank": _member("uscc", None, "code_missing"),
    "code void": _member("uscc", "无", "code_missing"),
    "code not applicable": _member("uscc", "不适用", "code_missing"),
    "code n/a": _member("uscc", "n/a", "code_missing"),
    "code in a word that is none": _member("uscc", "空", "code_length"),
    "member void": _member("name", "（无）", "m01"),
    "task void": _member("task", "不涉及", "m28"),
    "duty void": _member("duty", "未填", "m28w"),
    "code abroad": Case(
        changed("members", 3, name="弗劳恩霍夫应用研究促进协会", uscc="境外（德国）"),
        17,
        "members",
        (("code_not_needed", "uscc"),),
    ),
    "code as number": _member("uscc", 913201006638200000, "code_stored_as_number"),
    "code as number in text": _member("uscc", "9.13201E+17", "code_stored_as_number"),
    "old registration number": _member("uscc", "320100000012345", "code_length"),
    "code with O": _member("uscc", "9132O100PDY000204N", "code_character"),
    "code with a letter in its division": _member("uscc", "91320A00PDY000204N", "code_character"),
    "code of no authority": _member("uscc", "M1320100PDY000204N", "code_character"),
    "wrong check character": _member("uscc", "91320100PDY000204M", "code_check_character"),
    "two characters exchanged": _member("uscc", "91320100PDY002004N", "code_check_character"),
    "complement of the check character": _member("uscc", "91320100PDY0002049", "code_complement"),
    "inner check wrong": _member("uscc", _INNER_WRONG, "code_inner_check"),
    "personal identity number": _member("uscc", "320102199003070017", "code_is_personal_id"),
    "code repeated": _member("uscc", "91320100PDY00001XR", "code_repeated"),
    "code repeated in full width": _member("uscc", "９１３２０１００ＰＤＹ００００１ＸＲ", "code_repeated"),
    "task blank": _member("task", None, "m28"),
    "duty blank": _member("duty", None, "m28w"),
    "revenue of an enterprise blank": _member("revenue_wan", None, "money_missing"),
    "revenue of an enterprise in words": _member("rd_spend_wan", "很多", "money_missing"),
    "revenue with unit": _member("revenue_wan", "12.5亿元"),
    "revenue below zero": _member("revenue_wan", -3, "money_negative"),
    "revenue in 元": _member("revenue_wan", 125000000000, "money_too_large"),
    "more research than revenue": Case(
        changed("members", 3, rd_spend_wan=130000), 17, "members", (("rd_above_revenue", "rd_spend_wan"),)
    ),
    "platform without name": _platform("name", None, "p07"),
    "platform twice": _project("name", "大功率宽禁带器件关键技术研发"),
    "platform field blank": _platform("industry", None, "industry_unlisted"),
    "platform of a city": _platform("level", "市级", "level_unlisted"),
    "platform level blank": _platform("level", None, "level_unlisted"),
    "platform level short": _platform("level", "省"),
    "host blank": _platform("host_unit", None, "host_missing"),
    "host a stranger": _platform("host_unit", "南京大学", "host_not_member"),
    "host a department": _platform("host_unit", "东南大学电子学院", "host_is_department"),
    "several hosts": _platform("host_unit", "东南大学、江苏某某电气股份有限公司"),
    "host void": _platform("host_unit", "空缺", "host_missing"),
    "founded at no time": _platform("established", "不适用", "established_unreadable"),
    "founded nobody knows when": _platform("established", None, "established_unreadable"),
    "project without name": _project("name", None, "j07"),
    "project of a city": _project("level", "市级", "level_unlisted"),
    "project period blank": _project("period", None, "period_unreadable"),
    "project period void": _project("period", "略", "period_unreadable"),
    "undertaker a stranger": _project("undertaker", "南京大学", "undertaker_not_member"),
}
CASES["platform twice"] = Case(
    changed("platforms", 2, **GOOD["platforms"][0]), 33, "platforms", (("platform_repeated", "name"),)
)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory) -> dict[str, tuple[Path, Path]]:
    """Every case as written, and as LibreOffice saved it after calculating."""
    folder = tmp_path_factory.mktemp("template")
    forms = {name: case.form for name, case in CASES.items()} | {"good": GOOD, "blank": None}
    files = {name: folder / f"{place:03}.xlsx" for place, name in enumerate(forms)}
    for name, form in forms.items():
        write(files[name], filled=form)
    calculate(folder, list(files.values()))
    return {name: (path, folder / "calculated" / path.name) for name, path in files.items()}


def _expected(case: Case, facts: dict[str, str]) -> str:
    rules = rules_of(FORM)
    texts = []
    for name, field in case.says:
        rule = rules[case.block].get(name) or rules[""][name]
        text = sentence(rule, FORM.block(case.block).columns[field], facts if "{over}" in rule.fix else {})
        texts.append(text.replace("{over}", facts.get("over", "")))
    return "".join(texts)


@pytest.mark.parametrize("name", CASES)
def test_selfcheck__says_what_the_rule_says(name, recalculated):
    case = CASES[name]
    over = str(len(str(case.form["consortium"]["governance"])) - 500)
    text = _expected(case, {"over": over})
    shown = texts_of(recalculated[name][1])
    shown.pop("J1")
    assert shown == ({f"J{case.row}": text} if text else {})


@pytest.fixture(scope="module")
def checked(recalculated) -> dict[str, list[set[tuple[str, str]]]]:
    """Code and severity of what `check` finds in each file, as written and as calculated; no notices."""
    found = check([path for paths in recalculated.values() for path in paths])
    codes = [
        {
            (finding.rule.code, str(finding.rule.severity))
            for _, findings in file.forms
            for finding in findings
        }
        for file in found
    ]
    errors_and_warnings = [{pair for pair in pairs if pair[1] != "I"} for pairs in codes]
    return {name: errors_and_warnings[2 * place : 2 * place + 2] for place, name in enumerate(recalculated)}


@pytest.mark.parametrize("name", CASES)
def test_check__agrees_with_the_selfcheck(name, checked):
    case = CASES[name]
    rules = rules_of(FORM)
    wanted = [rules[case.block].get(said) or rules[""][said] for said, _ in case.says]
    assert checked[name] == [{(rule.code, str(rule.severity)) for rule in wanted}] * 2


def test_selfcheck__of_a_good_form_passes(recalculated):
    assert texts_of(recalculated["good"][1]) == {"J1": "自检（不打印）\n自检通过，可以报送"}


def test_selfcheck__of_a_blank_form_is_cached_as_calculated(recalculated):
    written, calculated = recalculated["blank"]
    assert texts_of(written) == texts_of(calculated)
    assert texts_of(written)["J1"] == "自检（不打印）\n还有 12 处需要改正；5 处请核实"


def test_selfcheck__counts_errors_and_warnings_apart(recalculated):
    assert texts_of(recalculated["name blank"][1])["J1"] == "自检（不打印）\n还有 1 处需要改正"
    assert (
        texts_of(recalculated["address blank"][1])["J1"] == "自检（不打印）\n自检通过，可以报送；1 处请核实"
    )


def test_selfcheck__wording_of_one_row(recalculated):
    assert texts_of(recalculated["wrong check character"][1])["J17"] == (
        "【须改正】统一社会信用代码：代码末位校验不通过，请对照营业执照（法人证书）改正；证照确系此号的，请上传证照并注明。"
    )


def test_as_formula__puts_expressions_between_the_words():
    assert as_formula("请删减 {over} 字以上。", {"over": "LEN(B2)"}) == '"请删减 "&LEN(B2)&" 字以上。"'
