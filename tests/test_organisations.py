"""`pipeline.organisations`: one organisation a code, its name and sums of several, and where each was read.

The firm of row 17 of `drawn.RIGHT` is also put into `drawn.OTHER` (row 15) and a form of 无锡市.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.decisions.rulings import Rulings
from pipeline.organisations import members_with_organisations, settle, unit_without_code
from pipeline.submissions import FileReading
from schemas.register import LEAD_ROLE, MEMBER_ROLE, MONEY_POLICY, NAME_POLICY
from tests.drawn import Book, form, other
from tests.received import file, register_of

FIRM, FIRM_CODE = "南京某某半导体有限公司", "91320100PDY000204N"
LEAD, LEAD_CODE = "江苏某某电气股份有限公司", "91320100PDY00001XR"
GRID, NANO, MICRO = "南京市/智能电网.xlsx", "苏州市/纳米.xlsx", "无锡市/微纳.xlsx"
ABROAD = {"C16": "德国弗劳恩霍夫协会", "D16": "境外（德国）"}


def grid(changes: dict[str, Any] | None = None, sequence: int = 1) -> FileReading:
    return file(GRID, form(changes), sequence)


def nano(sequence: int = 2, **changes: Any) -> FileReading:
    """OTHER with the firm as its second member."""
    cells = {"C15": FIRM, "D15": FIRM_CODE, "G15": 125000, "H15": 6000}
    return file(NANO, other(cells | changes), sequence)


def micro(sequence: int = 3, **changes: Any) -> FileReading:
    """OTHER under another name and lead, of 无锡市, with the firm as its second member."""
    cells = {
        "B4": "无锡市微纳制造创新联合体",
        "B6": "无锡某某微纳有限公司",
        "C14": "无锡某某微纳有限公司",
        "D14": "91320200PDY000730Y",
        "C15": FIRM,
        "D15": FIRM_CODE,
        "G15": 125000,
        "H15": 6000,
        "F22": "无锡某某微纳有限公司",
    }
    return file(MICRO, Book(other(cells | changes).sheets, "无锡市"), sequence)


def organisation(tables: dict[str, pl.DataFrame], org_id: str) -> dict[str, Any]:
    (row,) = tables["organisations"].filter(pl.col("org_id") == org_id).iter_rows(named=True)
    return row


def named(tables: dict[str, pl.DataFrame], name: str) -> list[dict[str, Any]]:
    return list(tables["organisations"].filter(pl.col("name") == name).iter_rows(named=True))


def test_one_form__one_organisation_a_member() -> None:
    tables = register_of(grid())
    assert tables["organisations"]["org_id"].to_list() == sorted(
        [
            LEAD_CODE,
            "12100000466007597C",
            "12320000466006762K",
            FIRM_CODE,
            "91320506PDY000300B",
            "12320000PDY000319W",
        ]
    )
    assert organisation(tables, LEAD_CODE) == {
        "org_id": LEAD_CODE,
        "uscc": LEAD_CODE,
        "name": LEAD,
        "other_names": "",
        "kind": "企业",
        "division_code": "320100",
        "division_name": "江苏省南京市",
        "consortium_count": 1,
        "lead_count": 1,
        "revenue_wan": 1256000.0,
        "rd_spend_wan": 62800.5,
        "conflicts": "",
    }
    assert organisation(tables, "12100000466007597C")["kind"] == "高校"
    assert organisation(tables, "12320000PDY000319W")["kind"] == "科研院所"


def test_one_code_in_two_forms__one_organisation() -> None:
    tables = register_of(grid(), nano())
    firm = organisation(tables, FIRM_CODE)
    assert (firm["consortium_count"], firm["lead_count"], firm["other_names"], firm["conflicts"]) == (
        2,
        0,
        "",
        "",
    )
    assert tables["organisations"]["org_id"].is_unique().all()


def test_code_written_in_two_ways__one_organisation() -> None:
    tables = register_of(grid({"D17": "９１320100pdy 000204n"}), nano())
    assert organisation(tables, FIRM_CODE)["consortium_count"] == 2


NAMES = {
    # names of the three forms in order of arrival → the canonical one, the others
    "written most often": (
        ("甲半导体有限公司", "乙半导体有限公司", "乙半导体有限公司"),
        "乙半导体有限公司",
        "甲半导体有限公司",
    ),
    "received last of two": (
        ("甲半导体有限公司", "乙半导体有限公司", None),
        "乙半导体有限公司",
        "甲半导体有限公司",
    ),
    "three names": (
        ("甲半导体有限公司", "乙半导体有限公司", "丙半导体有限公司"),
        "丙半导体有限公司",
        "乙半导体有限公司；甲半导体有限公司",
    ),
    "brackets are no other name": (
        ("甲（江苏）半导体有限公司", "甲(江苏)半导体有限公司", None),
        "甲(江苏)半导体有限公司",
        "",
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_name__by_policy_and_the_others_kept(case: str) -> None:
    (first, second, third), name, others = NAMES[case]
    files = [grid({"C17": first}), nano(C15=second), *([micro(C15=third)] if third else [])]
    firm = organisation(register_of(*files), FIRM_CODE)
    assert (firm["name"], firm["other_names"]) == (name, others)


def test_name__as_written_in_the_form_it_leads() -> None:
    leads = nano(C15="江苏某某电气有限公司", D15=LEAD_CODE, G15=1256000, H15=62800.5)
    found = organisation(register_of(grid(), leads), LEAD_CODE)
    assert (found["name"], found["other_names"], found["lead_count"]) == (LEAD, "江苏某某电气有限公司", 1)


def test_sums__by_policy_and_the_conflict_named() -> None:
    firm = organisation(register_of(grid(), nano(G15=130000), micro(G15=130000)), FIRM_CODE)
    assert (firm["revenue_wan"], firm["rd_spend_wan"], firm["conflicts"]) == (130000.0, 6000.0, "X05")


CONFLICTS = {
    "two names": ({"C15": "乙半导体有限公司"}, "X02"),
    "sums": ({"H15": 9000}, "X05"),
    "a slip of units": ({"G15": 12500}, "M26"),
    "names and sums": ({"C15": "乙半导体有限公司", "H15": 9000}, "X02、X05"),
    "none": ({}, ""),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_conflicts__codes_of_the_rules(case: str) -> None:
    changes, expected = CONFLICTS[case]
    assert organisation(register_of(grid(), nano(**changes)), FIRM_CODE)["conflicts"] == expected


def test_one_name_two_codes__two_organisations() -> None:
    tables = register_of(grid(), nano(D15="91320100PDY000503L"))
    assert [(row["org_id"], row["conflicts"]) for row in named(tables, FIRM)] == [
        (FIRM_CODE, "X03"),
        ("91320100PDY000503L", "X03"),
    ]


def test_units_without_a_code__never_merged_by_name() -> None:
    tables = register_of(grid(ABROAD), nano(C15=ABROAD["C16"], D15=ABROAD["D16"], G15="", H15=""))
    units = named(tables, "德国弗劳恩霍夫协会")
    assert len({row["org_id"] for row in units}) == 2
    assert [(row["uscc"], row["consortium_count"], row["division_code"]) for row in units] == [
        (None, 1, None)
    ] * 2


def test_unit_without_a_code__known_by_its_form_and_row() -> None:
    tables = register_of(grid(ABROAD))
    consortium_id = tables["submissions"]["consortium_id"][0]
    (unit,) = named(tables, "德国弗劳恩霍夫协会")
    assert unit["org_id"] == unit_without_code(consortium_id, 3) == tables["members"]["org_id"][2]
    assert unit["org_id"][0] == "D" and len(unit["org_id"]) == 13


DAMAGED = {
    "a last character": "12320000466006762J",
    "a letter": "1232OO00466006762K",
    "a length": "12320000466006762",
    "a number": 123200004660067600,
    "blank": "",
    "personal id": "320102199001010010",
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_code__identifies_no_organisation(case: str) -> None:
    members = register_of(grid({"D16": DAMAGED[case]}))["members"]
    row = members.row(2, named=True)
    assert row["org_id"] == unit_without_code(row["consortium_id"], 3)


def test_personal_id__in_no_table() -> None:
    tables = register_of(grid({"D16": DAMAGED["personal id"]}))
    assert not [
        (name, column.name)
        for name, table in tables.items()
        for column in table
        if column.dtype == pl.String and column.str.contains(DAMAGED["personal id"], literal=True).any()
    ]


@pytest.mark.parametrize(
    "code", ["12320000PDY000811G", "12320000PDY001004D"], ids=["inner check", "complement"]
)
def test_doubtful_code__still_an_organisation(code: str) -> None:
    assert organisation(register_of(grid({"D19": code})), code)["name"] == "江苏某某电力研究院"


def test_sources__every_place_with_its_role() -> None:
    tables = register_of(grid(), nano())
    assert tables["sources"].filter(pl.col("org_id").is_in([FIRM_CODE, LEAD_CODE])).select(
        "org_id", "role", "city", "file", "sheet", "cell", "name"
    ).rows() == [
        (LEAD_CODE, LEAD_ROLE, "南京市", GRID, "基础信息表", "C14", LEAD),
        (LEAD_CODE, MEMBER_ROLE, "南京市", GRID, "基础信息表", "C14", LEAD),
        (FIRM_CODE, MEMBER_ROLE, "南京市", GRID, "基础信息表", "C17", FIRM),
        (FIRM_CODE, MEMBER_ROLE, "苏州市", NANO, "基础信息表", "C15", FIRM),
    ]
    assert tables["sources"]["org_id"].is_sorted()
    assert set(tables["sources"]["org_id"]) == set(tables["organisations"]["org_id"])


def test_lead_that_its_table_does_not_list__an_organisation_without_code() -> None:
    tables = register_of(grid({"B6": "江苏某某重工有限公司"}))
    (unit,) = named(tables, "江苏某某重工有限公司")
    assert unit["org_id"] == unit_without_code(tables["submissions"]["consortium_id"][0], 0)
    assert (unit["uscc"], unit["kind"], unit["consortium_count"], unit["lead_count"]) == (None, "企业", 1, 1)
    assert tables["sources"].filter(pl.col("org_id") == unit["org_id"]).select("role", "cell").rows() == [
        (LEAD_ROLE, None)
    ]
    assert organisation(tables, LEAD_CODE)["lead_count"] == 0
    # Two leads in one cell are no organisation of their own.
    assert register_of(grid({"B6": f"{LEAD}、{FIRM}"}))["organisations"]["uscc"].null_count() == 0


def test_returned_form__none_of_its_organisations() -> None:
    tables = register_of(grid({"D16": ""}), nano())
    assert set(tables["sources"]["file"]) == {NANO}
    assert organisation(tables, FIRM_CODE)["consortium_count"] == 1


def settled(claims: list[tuple[Any, bool, int]], policy: tuple[str, ...]) -> list[Any]:
    """What is kept of (value, whether by the lead, order of arrival), beside another organisation's one claim."""
    rows = [("甲厂", *claim) for claim in claims] + [("乙厂", type(claims[0][0])() if claims else "", True, 9)]
    frame = pl.DataFrame(rows, schema=["org_id", "value", "is_lead", "arrived"], orient="row")
    return settle(frame, policy).filter(org_id="甲厂")["value"].to_list()


SETTLED = {
    "none": ([], []),
    "one": ([("甲", False, 0)], ["甲"]),
    "most often, though another leads": (
        [("甲", False, 0), ("甲", False, 1), ("乙", True, 2)],
        ["甲"],
    ),
    "the lead's, though another came later": ([("甲", True, 0), ("乙", False, 1)], ["甲"]),
    "two leads: the last": ([("甲", True, 0), ("乙", True, 1), ("丙", False, 2)], ["乙"]),
    "last received": ([("甲", False, 1), ("乙", False, 2)], ["乙"]),
    "one form, two names: the first in order": (
        [("乙", False, 1), ("甲", False, 1)],
        [min("甲", "乙")],
    ),
}


@pytest.mark.parametrize("case", SETTLED)
def test_settle__policy_of_names(case: str) -> None:
    claims, expected = SETTLED[case]
    assert settled(claims, NAME_POLICY) == expected
    assert settled(claims[::-1], NAME_POLICY) == expected


def test_settle__policy_of_sums() -> None:
    claims = [(100.0, False, 0), (0.0, False, 1), (100.0, False, 2)]
    assert settled(claims, MONEY_POLICY) == [100.0]


@pytest.mark.parametrize("numbers", [[1, 0], [0, 2], [1, 2]])
def test_submissions_not_numbered_by_their_rows__nobody_gets_anothers_members(numbers: list[int]) -> None:
    whose = pl.DataFrame({"submission": numbers, "submission_id": ["a", "b"]})
    with pytest.raises(ValueError, match="submissions are not numbered by their rows"):
        members_with_organisations(pl.DataFrame({"submission": [0, 1]}), whose, Rulings())
