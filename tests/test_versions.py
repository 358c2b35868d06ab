"""`pipeline.versions`: what a form says otherwise than the version before it, value by value."""

from __future__ import annotations

import pytest
from drawn import RIGHT, form, other, row_at, sheet, with_row, without_row
from received import file, submitted

from pipeline import versions
from schemas.register import TABLES
from tests.drawn import Book

PATH = "南京市/a.xlsx"
NEW_MEMBER = "| ^ | 9 | 南京某某材料有限公司 | 91320100PDY000503L | 制备 | 负责材料 | 5000 | 300 |"
NEW_TOLD = ("单位名称：南京某某材料有限公司；统一社会信用代码：91320100PDY000503L；任务分工：制备；工作职责：负责材料；"
            "近一年销售收入：5000；近一年研发投入：300")
OLD_TOLD = "单位名称：东南大学；统一社会信用代码：12100000466007597C；任务分工：器件结构设计；工作职责：负责器件仿真与试制"


def told(changes=None, drawing: str = RIGHT) -> list[tuple]:
    """(kind, table, record, field, earlier, now, cell) of a second version of the right form."""
    found = versions.changes(submitted(file(PATH, form(), 1), file(PATH, form(changes, drawing=drawing), 2)))
    return found.select("kind", "table", "record", "field", "earlier", "now", "cell").rows()


CASES = {
    "nothing": ({"A40": "　"}, RIGHT, []),
    "white space only": ({"F7": " 研究员 "}, RIGHT, []),
    "a value": ({"F7": "教授"}, RIGHT, [("改动", "consortium", "", "lead_scientist_title", "研究员", "教授", "F7")]),
    "a value filled in and one taken away": (
        {"G15": 12, "F17": ""}, RIGHT,
        [("增加", "members", "东南大学", "revenue_wan", None, "12", "G15"),
         ("删去", "members", "南京某某半导体有限公司", "duty", "负责芯片流片", None, "F17")]),
    "a code": ({"D15": "12100000466007597D"}, RIGHT,
               [("改动", "members", "东南大学", "uscc", "12100000466007597C", "12100000466007597D", "D15")]),
    "a name": ({"C15": "东南大学（本部）"}, RIGHT,
               [("改动", "members", "东南大学（本部）", "name", "东南大学", "东南大学（本部）", "C15")]),
    "name and code at once": (
        {"C15": "南京某某大学", "D15": "12100000466007597D"}, RIGHT,
        [("改动", "members", "南京某某大学", "name", "东南大学", "南京某某大学", "C15"),
         ("改动", "members", "南京某某大学", "uscc", "12100000466007597C", "12100000466007597D", "D15")]),
    "a row put in above": ({}, with_row(RIGHT, 13, NEW_MEMBER),
                           [("增加", "members", "南京某某材料有限公司", None, None, NEW_TOLD, "C14,H14")]),
    "a row taken out": ({}, without_row(RIGHT, 15), [("删去", "members", "东南大学", None, OLD_TOLD, None, None)]),
    "rows exchanged": ({}, with_row(without_row(RIGHT, 17), 14, row_at(RIGHT, 17)), []),
    "rows exchanged and a value": (
        {}, with_row(without_row(RIGHT, 17), 14, row_at(RIGHT, 17)).replace("负责芯片流片", "流片"),
        [("改动", "members", "南京某某半导体有限公司", "duty", "负责芯片流片", "流片", "F15")]),
    "a platform's name": ({"C26": "江苏省电网重点实验室"}, RIGHT,
                          [("改动", "platforms", "江苏省电网重点实验室", "name", "江苏省智能电网重点实验室", "江苏省电网重点实验室",
                            "C26")]),
    "a personal number": ({"F7": "110101190001011009"}, RIGHT,
                          [("改动", "consortium", "", "lead_scientist_title", "研究员", "110***********09", "F7")]),
}


@pytest.mark.parametrize("name", CASES)
def test_changes__exactly_these(name: str) -> None:
    changes, drawing, expected = CASES[name]
    assert told(changes, drawing) == expected


CODE, CODE_OF_ANOTHER = "12100000466007597C", "91320100PDY000204N"
MENDED = {
    "a code that stood in another row": ({"D15": CODE_OF_ANOTHER[:-1] + "X"}, {"D15": CODE_OF_ANOTHER}, ["D15"]),
    "codes that had been exchanged": ({"D15": CODE_OF_ANOTHER, "D17": CODE}, {}, ["D15", "D17"]),
    "codes and amounts": ({"D15": CODE_OF_ANOTHER[:-1] + "X", "G17": 1}, {"D15": CODE_OF_ANOTHER}, ["D15", "G17"]),
}


@pytest.mark.parametrize("name", MENDED)
def test_code_mended__rows_keep_their_partners(name: str) -> None:
    earlier, now, cells = MENDED[name]
    found = versions.changes(submitted(file(PATH, form(earlier), 1), file(PATH, form(now), 2)))
    assert found["cell"].to_list() == cells


def test_table__of_the_contract() -> None:
    submissions = submitted(file(PATH, form(), 1), file("南京市/b.xlsx", form({"F7": "教授"}), 2))
    found = versions.changes(submissions)
    TABLES["changes"].validate(found)
    row = found.row(0, named=True)
    assert (row["submission_id"], row["version"], row["earlier_version"]) == (submissions[1].submission_id, 2, 1)
    assert versions.changes(submitted(file(PATH, form(), 1), file("南京市/b.xlsx", other(), 2))).is_empty()


def test_replaced__the_version_before() -> None:
    found = submitted(file(PATH, form(), 1), file(PATH, form({"F7": "教授"}), 2), file(PATH, form({"F7": "院士"}), 3))
    assert [(now.version, before.version) for now, before in versions.replaced(found)] == [(3, 2)]


def test_renamed_file__is_compared_with_what_it_replaced_before() -> None:
    found = submitted(file(PATH, form(), 1), file("南京市/b.xlsx", form({"F7": "教授"}), 2, present=False),
                      file("南京市/c.xlsx", form({"F7": "教授"}), 3))
    assert [(now.version, before.version) for now, before in versions.replaced(found)] == [(2, 1)]


def test_two_sheets_of_one_consortium__compared() -> None:
    found = submitted(file(PATH, Book((sheet(name="一"), sheet({"F7": "教授"}, name="二")))))
    assert versions.changes(found)["now"].to_list() == ["教授"]
