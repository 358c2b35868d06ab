"""`pipeline.resolve`: the register's tables, and statuses. Addresses are those of `drawn.RIGHT`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from pipeline.intake import Receipt
from pipeline.read import Spotted
from pipeline.submissions import FileReading
from schemas.call import DEADLINE
from schemas.register import TABLES, polars_schema
from tests.drawn import Book, form, other, sheet
from tests.received import NOON, file, receipt, register_of

PATH = "南京市/智能电网.xlsx"
# E, W and I at once: a last character, a blank duty, a sum in 亿.
MISTAKES = {"D16": "12320000466006762J", "F17": "", "G17": "12.5亿"}
BROKEN = Spotted("F01", facts=(("reason", "文件打不开"),))


def one_form(changes: dict[str, Any] | None = None, path: str = PATH, **how: Any) -> dict[str, pl.DataFrame]:
    return register_of(file(path, form(changes, **how)))


@cache
def full() -> dict[str, pl.DataFrame]:
    return register_of(
        file(PATH, form(MISTAKES), 1),
        file(PATH, form(), 2),
        file("苏州市/纳米.xlsx", other(), 3),
        FileReading(receipt("徐州市/扫描.pdf", 4), spotted=(BROKEN,)),
        ignored=[receipt("南京市/~$a.xlsx", 5, ignored="临时文件")],
    )


def column(tables: dict[str, pl.DataFrame], table: str, name: str) -> list:
    return tables[table][name].to_list()


@pytest.mark.parametrize(
    "made", [full, register_of, lambda: one_form(MISTAKES)], ids=["full", "nothing", "returned"]
)
def test_tables__columns_and_types_of_the_contract(made: Callable) -> None:
    tables = made()
    assert set(tables) == set(TABLES)
    for name, model in TABLES.items():
        assert dict(tables[name].schema) == polars_schema(name)
        assert list(tables[name].columns) == list(polars_schema(name))
        model.validate(tables[name])


def test_nothing_received__tables_without_rows() -> None:
    assert {name: table.height for name, table in register_of().items()} == dict.fromkeys(TABLES, 0)


STATUSES = {
    "right": (None, "accepted", 0, 0, 0),
    "only a notice": ({"G17": "12.5亿"}, "accepted", 0, 0, 1),
    "a warning": ({"F17": ""}, "accepted_with_warnings", 0, 1, 0),
    "an error": ({"D16": ""}, "returned", 1, 0, 0),
    "all three": (MISTAKES, "returned", 1, 1, 1),
}


@pytest.mark.parametrize("name", STATUSES)
def test_status__by_the_worst_finding(name: str) -> None:
    changes, *expected = STATUSES[name]
    row = one_form(changes)["submissions"].row(0, named=True)
    assert [row[field] for field in ("status", "errors", "warnings", "notices")] == expected


def test_submissions__every_file_in_order_of_arrival() -> None:
    assert full()["submissions"].select("file", "status", "version", "city", "consortium_name").rows() == [
        (PATH, "superseded", 1, "南京市", "江苏省智能电网创新联合体"),
        (PATH, "accepted_with_warnings", 2, "南京市", "江苏省智能电网创新联合体"),
        ("苏州市/纳米.xlsx", "accepted", 1, "苏州市", "苏州市纳米材料创新联合体"),
        ("徐州市/扫描.pdf", "unreadable", None, "徐州市", None),
        ("南京市/~$a.xlsx", "ignored", None, "南京市", None),
    ]


def test_superseded__no_findings_and_no_contents() -> None:
    tables = full()
    old, new, *_ = column(tables, "submissions", "submission_id")
    assert column(tables, "findings", "code") == ["F09", "F01"]
    assert old not in column(tables, "consortia", "submission_id") and new in column(
        tables, "consortia", "submission_id"
    )


def test_ignored__with_the_reason() -> None:
    assert full()["ignored"].select("file", "reason").rows() == [("南京市/~$a.xlsx", "临时文件")]


def test_unreadable__its_finding_on_the_file() -> None:
    row = full()["findings"].filter(code="F01").row(0, named=True)
    assert {
        name: row[name]
        for name in ("city", "file", "sheet", "cell", "code", "severity", "table", "row", "field", "state")
    } == {
        "city": "徐州市",
        "file": "徐州市/扫描.pdf",
        "sheet": None,
        "cell": "",
        "code": "F01",
        "severity": "E",
        "table": "",
        "row": 0,
        "field": "",
        "state": "open",
    }


def test_finding__where_what_and_what_to_do() -> None:
    row = one_form({"D16": "12320000466006762J"})["findings"].row(0, named=True)
    assert row.pop("finding_id").startswith("W") and row.pop("submission_id").startswith("B")
    assert "12320000466006762K" in row.pop("suggestion")
    assert row == {
        "city": "南京市",
        "file": PATH,
        "sheet": "基础信息表",
        "cell": "D16",
        "code": "M08",
        "severity": "E",
        "table": "members",
        "row": 3,
        "field": "uscc",
        "value": "12320000466006762J",
        "state": "open",
        "message": "成员表第 3 行“统一社会信用代码”（D16）：代码“12320000466006762J”校验不通过，一般是录入有误。",
    }


def test_finding_on_several_cells__one_row() -> None:
    assert column(one_form({"C18": "南京某某半导体有限公司"}), "findings", "cell") == ["C18,D18,C17,D17"]


@pytest.mark.parametrize(("after", "late"), [(0, False), (1, True)])
def test_late__after_the_last_second(after: int, late: bool) -> None:
    tables = register_of(file(PATH, form({"G2": "2023年9月20日"}), at=DEADLINE + timedelta(seconds=after)))
    assert column(tables, "submissions", "late") == [late]


def test_admitted__only_without_errors() -> None:
    tables = register_of(file(PATH, form(MISTAKES), 1), file("苏州市/纳米.xlsx", other(), 2))
    assert tables["consortia"].select("city", "admitted").rows() == [("南京市", False), ("苏州市", True)]
    assert set(tables["members"].select("city", "admitted").rows()) == {("南京市", False), ("苏州市", True)}
    assert set(column(tables, "sources", "city")) == {"苏州市"}
    assert "东南大学" not in column(tables, "organisations", "name")


def test_error_across_forms__returns_both() -> None:
    tables = register_of(
        file(PATH, form({"B4": "苏州市纳米材料创新联合体"}), 1), file("苏州市/纳米.xlsx", other(), 2)
    )
    assert column(tables, "findings", "code") == ["X04", "X04"]
    assert column(tables, "submissions", "status") == ["returned", "returned"]
    assert tables["organisations"].is_empty()


def test_city_unknown__returned() -> None:
    tables = one_form(path="材料/a.xlsx")
    assert tables["findings"].select("code", "cell", "message").rows() == [
        ("F10", "", "文件：无法判断报送城市。")
    ]
    assert column(tables, "submissions", "status") == ["returned"]


def test_two_forms_in_a_workbook__told_apart_by_their_sheet() -> None:
    tables = register_of(
        file(
            PATH,
            Book(
                (sheet({"F17": ""}, name="一"), sheet({"B4": "江苏省储能创新联合体", "F18": ""}, name="二"))
            ),
        )
    )
    assert tables["submissions"].select("sheet", "consortium_name", "warnings").rows() == [
        ("一", "江苏省智能电网创新联合体", 2),
        ("二", "江苏省储能创新联合体", 2),
    ]
    warned = tables["findings"].filter(pl.col("code") == "M28")
    assert warned.select("sheet", "cell").rows() == [("一", "F17"), ("二", "F18")]


def test_contents_of_the_consortium__typed() -> None:
    row = one_form()["consortia"].row(0, named=True)
    known = {"lead_uscc": "91320100PDY00001XR", "lead_type": "创新型领军企业", "staff_count": 12600, "member_count": 6,
             "enterprise_count": 3, "university_count": 2, "institute_count": 1, "other_count": 0}
    assert {name: row[name] for name in known} == known


def test_contents_of_the_tables__as_written_and_typed() -> None:
    tables = one_form({"C17": " 南京某某半导体有限公司　", "D17": "91320100pdy000204n", "G17": "12.5亿",
                       "F30": "2021年1月至今"})
    row = tables["members"].row(3, named=True)
    del row["submission_id"], row["consortium_id"]
    assert row == {
        "city": "南京市", "admitted": True, "seq": 4, "name": "南京某某半导体有限公司", "uscc": "91320100PDY000204N",
        "org_id": "91320100PDY000204N", "task": "芯片研制", "duty": "负责芯片流片", "revenue_wan": 125000.0,
        "rd_spend_wan": 6000.0}
    assert tables["platforms"].drop("submission_id", "consortium_id").row(0) == (
        "南京市", True, 1, "江苏省智能电网重点实验室", "新型电力装备", "省级", "东南大学", "2021-10")
    assert tables["projects"].drop("submission_id", "consortium_id").row(0) == (
        "南京市", True, 1, "大功率宽禁带器件关键技术研发", "第三代半导体", "国家级", "2021-01", None, "江苏某某电气股份有限公司")


def test_order_of_reading__makes_no_difference() -> None:
    files = [file(PATH, form(), 1), file("苏州市/纳米.xlsx", other(), 2)]
    one, two = register_of(*files), register_of(*reversed(files))
    assert all(one[name].equals(two[name]) for name in TABLES)


def test_received_at__kept_to_the_second() -> None:
    found: Receipt = receipt(PATH, 30)
    assert found.received_at == NOON + timedelta(minutes=30)
    assert column(register_of(file(PATH, form(), 30)), "submissions", "received_at") == [found.received_at]
