"""`pipeline.resolve`: a finding and a consortium keep their identity when rows move and versions change."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.drawn import RIGHT, form, row_at, with_row, without_row
from tests.received import file, register_of

PATH = "南京市/智能电网.xlsx"


def one_form(changes: dict[str, Any] | None = None, **how: Any) -> dict[str, pl.DataFrame]:
    return register_of(file(PATH, form(changes, **how)))


def column(tables: dict[str, pl.DataFrame], table: str, name: str) -> list:
    return tables[table][name].to_list()


def identities(tables: dict[str, pl.DataFrame]) -> dict[tuple[str, str, str], str]:
    """finding_id by (code, table, field)."""
    return {
        (row["code"], row["table"], row["field"]): row["finding_id"]
        for row in tables["findings"].iter_rows(named=True)
    }


MOVED = {
    "a row put in above": with_row(RIGHT, 13, "| ^ | | | | | | | |"),
    "a member put in above": with_row(
        RIGHT, 13, "| ^ | 1 | 南京某某材料有限公司 | 91320100PDY000503L | 制备 | 负责材料 | 5000 | 300 |"
    ),
    "two members exchanged": with_row(without_row(RIGHT, 17), 14, row_at(RIGHT, 17)),
    "a line above": with_row(RIGHT, 1, "| | | | | | | | |"),
}


@pytest.mark.parametrize("name", MOVED)
def test_finding_ids__the_same_when_rows_move(name: str) -> None:
    drawing = RIGHT.replace("12320000466006762K", "12320000466006762J").replace(" 负责芯片流片 ", " ")
    moved = MOVED[name].replace("12320000466006762K", "12320000466006762J").replace(" 负责芯片流片 ", " ")
    before, after = identities(one_form(drawing=drawing)), identities(one_form(drawing=moved))
    wanted = {("M08", "members", "uscc"), ("M28", "members", "duty")}
    assert wanted <= before.keys() and {key: after.get(key) for key in wanted} == {
        key: before[key] for key in wanted
    }
    assert len({before[key] for key in wanted}) == 2


def test_finding_ids__the_same_in_a_new_version_under_another_name() -> None:
    first = one_form({"F17": ""})
    second = register_of(file("南京市/修改稿.xlsx", form({"F17": "/", "F7": "教授"}), 9))
    assert identities(first) == identities(second)


def test_finding_ids__another_member_another_field_another_consortium() -> None:
    found = [
        identities(one_form(changes))
        for changes in ({"F17": ""}, {"F18": ""}, {"E17": ""}, {"B4": "江苏省储能创新联合体", "F17": ""})
    ]
    assert len({identity for ids in found for identity in ids.values()}) == 4


def test_finding_ids__two_nameless_rows_told_apart() -> None:
    ids = column(one_form({"C17": "", "C18": ""}), "findings", "finding_id")
    assert len(set(ids)) == len(ids) == 2


def test_consortium_id__the_same_in_every_version() -> None:
    ids = {
        column(one_form(changes), "consortia", "consortium_id")[0]
        for changes in (
            None,
            {"F17": ""},
            {"B6": "江苏某某重工有限公司"},
            {"B4": "江苏省 智能电网创新联合体"},
        )
    }
    assert len(ids) == 1
