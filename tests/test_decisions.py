"""What the centre decides, kind by kind and choice by choice: exactly what changes, and that it is not asked again.

The firm of row 17 of the form of 南京 is also in the forms of 苏州 and 无锡 (row 15), see `test_organisations`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from pipeline import decisions, job
from pipeline.intake import Taken
from pipeline.memory import Disposition
from pipeline.publish import pending, register
from pipeline.resolve import resolve
from pipeline.settings import Settings
from schemas.form_2023 import FORM
from schemas.register import TABLES
from schemas.season import FindingState
from tests.deciding import BEGAN, decide, decided, handed_in, run
from tests.drawn import Book, form, other
from tests.received import file
from tests.test_organisations import FIRM, FIRM_CODE, LEAD, LEAD_CODE, grid, nano

FACTORY = "南京某某半导体厂"
SAID = "省里裁定（2023-09-20 张某）：{}。理由：见证照。"


def test_nothing_decided__the_list_asks(tmp_path: Path) -> None:
    found = run(tmp_path, grid(), nano(C15=FACTORY))
    assert [kind for kind, _ in found.asked()] == ["同码异名"]
    assert found.tables["decisions"].height == 0


@pytest.mark.parametrize(("words", "name", "rest"), [
    ("采用名称一", FACTORY, FIRM), ("采用名称二", FIRM, FACTORY)])
def test_names__the_adopted_one_is_the_register_s(tmp_path: Path, words: str, name: str, rest: str) -> None:
    found = decided(tmp_path, [grid(), nano(C15=FACTORY)], words, "同码异名")
    firm = found.organisation(FIRM_CODE)
    assert (firm["name"], firm["other_names"]) == (name, rest)
    assert firm["conflicts"] == f"名称：省里裁定（2023-09-20 张某）{words}（{name}）"
    assert found.findings("X02") == [(city, "W", "decided") for city in ("南京市", "苏州市")]
    told = set(found.tables["findings"].filter(code="X02")["suggestion"])
    assert told == {SAID.format(f"{words}（{name}）")}
    assert (found.states(), found.asked()) == ([(words, "applied")], [])
    assert set(found.tables["submissions"]["status"]) == {"accepted"}


def test_names__kept_apart_are_organisations_of_their_own(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(C15=FACTORY)], "分别保留，待核证照", "同码异名")
    units = found.tables["organisations"].filter(pl.col("uscc") == FIRM_CODE)
    assert units.select("org_id", "name", "consortium_count").rows() == [
        (f"{FIRM_CODE}-1", FACTORY, 1), (f"{FIRM_CODE}-2", FIRM, 1)]
    assert set(found.tables["members"].filter(uscc=FIRM_CODE)["org_id"]) == {f"{FIRM_CODE}-1", f"{FIRM_CODE}-2"}
    assert found.asked() == []


SECOND = "91320100PDY000503L"


def test_codes__adopted_merges_the_organisations(tmp_path: Path) -> None:
    files = [grid(), nano(D15=SECOND)]
    before = run(tmp_path, *files)
    assert {FIRM_CODE, SECOND} <= set(before.tables["organisations"]["org_id"])
    found = decided(tmp_path, files, "属同一单位，采用代码一", "同名异码")
    adopted = min(FIRM_CODE, SECOND)
    firm = found.organisation(adopted)
    assert (firm["consortium_count"], firm["uscc"]) == (2, adopted)
    assert {FIRM_CODE, SECOND} & set(found.tables["organisations"]["org_id"]) == {adopted}
    rows = found.tables["members"].filter(name=FIRM)
    assert sorted(rows["uscc"]) == sorted((FIRM_CODE, SECOND)) and set(rows["org_id"]) == {adopted}
    assert found.findings("X03") == [("南京市", "W", "decided"), ("苏州市", "W", "decided")]
    assert found.asked() == []


def test_codes__merged_then_the_amounts_are_asked_and_decided(tmp_path: Path) -> None:
    files = [grid(), nano(D15=SECOND, G15=100000)]
    first = decide(run(tmp_path, *files), "属同一单位，采用代码一", kind="同名异码")
    merged = run(tmp_path, *files, handed_in(first))
    assert [kind for kind, _ in merged.asked()] == ["销售收入不一致"]
    second = decide(merged, "采用金额二", name="二.xlsx")
    found = run(tmp_path, *files, handed_in(first), handed_in(second, 51))
    assert found.states() == [("属同一单位，采用代码一", "applied"), ("采用金额二", "applied")]
    assert (found.organisation(min(FIRM_CODE, SECOND))["revenue_wan"], found.asked()) == (125000.0, [])


def test_codes__kept_apart_are_asked_no_more(tmp_path: Path) -> None:
    files = [grid(), nano(D15=SECOND)]
    found = decided(tmp_path, files, "确为不同单位，分别保留", "同名异码")
    assert {FIRM_CODE, SECOND} <= set(found.tables["organisations"]["org_id"])
    assert (found.findings("X03"), found.asked()) == ([("南京市", "W", "decided"), ("苏州市", "W", "decided")], [])


@pytest.mark.parametrize(("words", "amount"), [("采用金额一", 125000.0), ("采用金额二", 130000.0)])
def test_money__the_adopted_amount_is_the_register_s(tmp_path: Path, words: str, amount: float) -> None:
    found = decided(tmp_path, [grid(), nano(G15=130000)], words, "销售收入不一致")
    firm = found.organisation(FIRM_CODE)
    assert (firm["revenue_wan"], firm["rd_spend_wan"]) == (amount, 6000.0)
    assert sorted(found.tables["members"].filter(uscc=FIRM_CODE)["revenue_wan"]) == [125000.0, 130000.0]
    assert (found.findings("X05"), found.asked()) == ([("南京市", "W", "decided"), ("苏州市", "W", "decided")], [])


def test_money__research_spending_alone(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(H15=6600)], "采用金额一", "研发投入不一致")
    assert (found.organisation(FIRM_CODE)["rd_spend_wan"], found.organisation(FIRM_CODE)["revenue_wan"]) == (
        6000.0, 125000.0)


def test_return__sends_the_forms_back_with_the_reason(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(G15=130000)], "退回核实", "销售收入不一致")
    assert (found.status("南京市"), found.status("苏州市")) == ({"智能电网.xlsx": "returned"}, {"纳米.xlsx": "returned"})
    assert found.findings("X05") == [("南京市", "E", "new"), ("苏州市", "E", "new")]
    assert {row.endswith("。" + SAID.format("退回核实")) for row in found.tables["findings"].filter(
        code="X05")["message"]} == {True}
    assert set(found.tables["submissions"]["errors"]) == {1}
    assert (found.states(), found.asked()) == ([("退回核实", "applied")], [])


def test_return__is_over_when_the_forms_agree(tmp_path: Path) -> None:
    ruling = decide(run(tmp_path, grid(), nano(G15=130000)), "退回核实", kind="销售收入不一致")
    found = run(tmp_path, grid(), nano(G15=130000), handed_in(ruling), nano(60))
    assert found.states() == [("退回核实", "not_needed")]
    assert found.status("南京市") == {"智能电网.xlsx": "accepted"}


def test_damaged__the_adopted_code_is_the_member_s(tmp_path: Path) -> None:
    files = [grid({"D17": "9132O100PDY000204N"[:17] + "X"}), nano()]
    before = run(tmp_path, *files)
    assert (before.status("南京市"), [kind for kind, _ in before.asked()][:1]) == (
        {"智能电网.xlsx": "returned"}, ["损坏代码"])
    found = decided(tmp_path, files, "采用代码一", "损坏代码")
    row = found.tables["members"].filter(city="南京市", seq=4).row(0, named=True)
    assert (row["name"], row["uscc"], row["org_id"], row["admitted"]) == (FIRM, FIRM_CODE, FIRM_CODE, True)
    assert found.organisation(FIRM_CODE)["consortium_count"] == 2
    assert "损坏代码" not in [kind for kind, _ in found.asked()]


def test_doubtful__accepted_as_written(tmp_path: Path) -> None:
    files = [grid({"D17": FIRM_CODE[:-1] + "X"})]
    assert run(tmp_path, *files).status("南京市") == {"智能电网.xlsx": "returned"}
    found = decided(tmp_path, files, "认可所填代码", "存疑代码")
    assert found.status("南京市") == {"智能电网.xlsx": "accepted"}
    assert found.organisation(FIRM_CODE[:-1] + "X")["name"] == FIRM
    assert found.findings("M08") == [("南京市", "E", "decided")]
    assert found.asked() == found.asked("规则豁免") == []


def lead_twice(sequence: int = 2, **changes: Any) -> Any:
    """A second consortium of the lead of 南京's form, with other members."""
    cells = {"B6": LEAD, "C14": LEAD, "D14": LEAD_CODE, "F22": LEAD}
    return file("南京市/纳米.xlsx", Book(other(cells | changes).sheets, "南京市"), sequence)


@pytest.mark.parametrize(("words", "statuses"), [
    ("同意分别牵头", {"智能电网.xlsx": "accepted", "纳米.xlsx": "accepted"}),
    ("只保留联合体一", {"智能电网.xlsx": "accepted", "纳米.xlsx": "returned"}),
    ("退回核实", {"智能电网.xlsx": "returned", "纳米.xlsx": "returned"})])
def test_leads__as_decided(tmp_path: Path, words: str, statuses: dict) -> None:
    files = [grid(), lead_twice()]
    kept = {name for name, _ in run(tmp_path, *files).status("南京市").items()}
    assert kept == set(statuses)
    found = decided(tmp_path, files, words, "牵头几个")
    got = found.status("南京市")
    assert {name: status.replace("accepted_with_warnings", "accepted") for name, status in got.items()} == statuses
    assert "牵头几个" not in [kind for kind, _ in found.asked()]


def renamed(sequence: int = 2) -> Any:
    return file("南京市/新名.xlsx", form({"B4": "江苏省智能配电网创新联合体"}), sequence)


@pytest.mark.parametrize(("words", "old", "x01"), [
    ("系同一联合体，以新报的为准", "superseded", [("南京市", "W", "decided")]),
    ("确为两个联合体，分别保留", "accepted", [("南京市", "W", "decided")] * 2),
    ("退回核实", "returned", [("南京市", "E", "new")] * 2)])
def test_renamed__in_place_of_leads(tmp_path: Path, words: str, old: str, x01: list) -> None:
    files = [grid(), renamed()]
    assert [kind for kind, _ in run(tmp_path, *files).asked() if kind in ("牵头几个", "疑似更名")] == ["疑似更名"]
    found = decided(tmp_path, files, words, "疑似更名")
    assert found.status("南京市")["智能电网.xlsx"] == old
    assert found.findings("X01") == x01
    assert {"疑似更名", "牵头几个"} & {kind for kind, _ in found.asked()} == set()
    assert (found.tables["consortia"].height == 1) is (old == "superseded")


def twin(sequence: int = 2) -> Any:
    """A form of 苏州 under the name of 南京's."""
    return file("苏州市/纳米.xlsx", other({"B4": "江苏省智能电网创新联合体"}), sequence)


@pytest.mark.parametrize(("words", "nanjing", "suzhou"), [
    ("归南京市", "accepted", "ignored"), ("归苏州市", "ignored", "accepted"),
    ("确为不同联合体，分别保留", "accepted", "accepted"), ("退回核实", "returned", "returned")])
def test_cities__as_decided(tmp_path: Path, words: str, nanjing: str, suzhou: str) -> None:
    found = decided(tmp_path, [grid(), twin()], words, "两市同名")
    assert (found.status("南京市"), found.status("苏州市")) == ({"智能电网.xlsx": nanjing}, {"纳米.xlsx": suzhou})
    ignored = [SAID.format(words)] if "ignored" in (nanjing, suzhou) else []
    assert found.tables["ignored"]["reason"].to_list() == ignored
    assert found.tables["consortia"].height == 2 - len(ignored)
    states = [(city, *(("E", "new") if "returned" in (nanjing, suzhou) else ("E", "decided")))
              for city, status in (("南京市", nanjing), ("苏州市", suzhou)) if status != "ignored"]
    assert found.findings("X04") == states
    assert found.asked() == []


def test_tables__are_those_of_the_contract(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(C15=FACTORY)], "采用名称一", "同码异名")
    for name, model in TABLES.items():
        model.validate(found.tables[name])


PLATFORM, PROJECT = "江苏省智能电网重点实验室", "大功率宽禁带器件关键技术研发"
UNIT = "苏州某某涂料有限公司"
SHARED = {
    "platforms": ({"C22": PLATFORM, "D22": "新型电力装备", "F22": UNIT}, "同名平台", "依托单位{}", "host_unit", "东南大学",
                  "确为不同平台，分别保留", "P05"),
    "projects": ({"C24": PROJECT, "D24": "第三代半导体", "E24": "国家级", "G24": UNIT}, "同名项目", "由单位{}承担",
                 "undertaker", LEAD, "几个单位共同承担，分别保留", "J05")}


@pytest.mark.parametrize("table", SHARED)
@pytest.mark.parametrize("choice", ["one", "two", "apart", "return"])
def test_platforms_and_projects__as_decided(tmp_path: Path, table: str, choice: str) -> None:
    changes, kind, words, field, unit, apart, code = SHARED[table]
    files = [grid(), file("苏州市/纳米.xlsx", other(changes), 2)]
    chosen = {"one": words.format("一"), "two": words.format("二"), "apart": apart, "return": "退回核实"}[choice]
    found = decided(tmp_path, files, chosen, kind)
    name = next(value for value in changes.values() if value in (PLATFORM, PROJECT))
    units = found.tables[table].filter(name=name)[field].to_list()
    first, second = sorted((unit, UNIT))
    assert units == {"one": [first] * 2, "two": [second] * 2}.get(choice, [unit, UNIT])
    state = ("E", "new") if choice == "return" else ("W", "decided")
    assert found.findings(code) == [("南京市", *state), ("苏州市", *state)]
    assert kind not in [asked for asked, _ in found.asked()]
    others = {row for row in found.tables[table].filter(pl.col("name") != name)[field]}
    assert others == set(run(tmp_path, *files).tables[table].filter(pl.col("name") != name)[field])


def resolved_with(files: list, settled: dict, *rulings: Any) -> Any:
    """Tables in which these findings are explained and these decisions are in force."""
    readings = [*files, *rulings]
    receipts = sorted((one.receipt for one in readings), key=lambda one: one.sequence)
    judged = job.validate(readings, Taken(receipts), Settings())
    given = FORM, judged.submissions, judged.validated, judged.deadline
    ruled = decisions.ruled(judged.entries, resolve(*given), BEGAN.date())
    return resolve(*given, settled={**settled, **ruled.settled}, rulings=ruled), ruled


@pytest.mark.parametrize(("words", "lifted"), [("退回核实", True), ("只保留联合体一", False)])
def test_explained__lifts_a_question_but_not_a_decision(tmp_path: Path, words: str, lifted: bool) -> None:
    files = [grid(), lead_twice()]
    before = run(tmp_path, *files)
    ids = before.tables["findings"].filter(code="X01")["finding_id"]
    settled = {number: Disposition(FindingState.EXPLAINED, "分属两个方向") for number in ids}
    tables, ruled = resolved_with(files, settled, handed_in(decide(before, words, kind="牵头几个")))
    statuses = set(tables["submissions"]["status"])
    assert ("returned" not in statuses) is lifted
    pending.write(tables | {"decisions": ruled.table}, tmp_path / "b.xlsx", ruled.agenda)
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["待核事项"]
    said = "\n（原裁定“退回核实”（省里裁定（2023-09-20 张某）），有关市已作说明，请再裁定。）"
    assert str(sheet["C5"].value).endswith(said) is lifted


def test_decided_organisation__is_told_in_the_register(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(C15=FACTORY)], "采用名称二", "同码异名")
    register.write(found.tables, tmp_path / "名录.xlsx")
    book = openpyxl.load_workbook(tmp_path / "名录.xlsx")
    cells = [cell for row in book["成员单位名录"].iter_rows(values_only=True) for cell in row if cell]
    assert f"名称：省里裁定（2023-09-20 张某）采用名称二（{FIRM}）" in cells
    rows = [row for row in book["退回与待核"].iter_rows(values_only=True) if "X02" in row]
    assert [(row[-2], row[-1]) for row in rows] == [(SAID.format(f"采用名称二（{FIRM}）"), "已裁定")] * 2
    assert any(row[0] == "省里裁定" for row in book["数据说明"].iter_rows(values_only=True))


def test_waiver__of_either_level_of_a_rule_is_a_matter_of_its_own(tmp_path: Path) -> None:
    numbers = [number for _, number in run(tmp_path, grid({"G17": "", "H17": "x", "F17": ""})).asked("规则豁免")]
    assert len({number.partition("-")[0] for number in numbers}) == len(numbers)


def test_names_apart_and_an_amount__the_amount_goes_to_who_wrote_it(tmp_path: Path) -> None:
    files = [grid(), nano(C15=FACTORY, G15=130000)]
    before = run(tmp_path, *files)
    found = run(tmp_path, *files, handed_in(decide(before, "分别保留，待核证照", kind="同码异名", name="1.xlsx"), 51),
                handed_in(decide(before, "采用金额二", kind="销售收入不一致", name="2.xlsx"), 52))
    units = found.tables["organisations"].filter(pl.col("uscc") == FIRM_CODE)
    assert units.select("name", "revenue_wan").rows() == [(FACTORY, 130000.0), (FIRM, 125000.0)]
    assert ([state for _, state in found.states()], found.asked()) == (["applied", "applied"], [])


def test_identity_number_in_a_reason__is_masked(tmp_path: Path) -> None:
    found = decided(tmp_path, [grid(), nano(C15=FACTORY)], "采用名称一", "同码异名", 理由="问过 320199199003070059")
    assert found.tables["decisions"]["reason"].to_list() == ["问过 320***********59"]
    assert "199003070059" not in "".join(found.tables["findings"]["suggestion"])
