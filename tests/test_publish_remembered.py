"""What bureaus are told of the rounds before: states and dates, what is mended, what a version changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import openpyxl
import polars as pl
import pytest
from drawn import form
from page_text import Page
from received import file
from rounds import explaining, played
from test_publish_problems import rows

from pipeline import arrivals, layout
from pipeline.publish import problems
from pipeline.publish.pages import receipt
from schemas import call

CITY, PATH = "南京市", "南京市/a.xlsx"
MISTAKES = {"F5": "", "F17": "", "D16": "12320000466006762J"}
TEXT = "牵头单位正在搬迁，地址待定"
GRID = "江苏省智能电网创新联合体"
NOW = datetime(2023, 9, 22, 8, tzinfo=call.CHINA)


@pytest.fixture(scope="module")
def two_rounds() -> list[dict[str, pl.DataFrame]]:
    """A form with three mistakes; then its new version: one mended, one explained, one new mistake, a value changed."""
    first = file(PATH, form(MISTAKES), 1)
    one = played(first)
    changes = {"F5": "", "D16": "12320000466006762J", "F9": "8335", "F7": "教授"}
    second = explaining(file(PATH, form(changes), 2), (one.number("B07"), TEXT))
    two = played(first, second, memory=one.memory)
    given = [(one.tables, [first]), (two.tables, [first, second])]
    return [{**tables, "arrivals": arrivals.table([each.receipt for each in files], call.DEADLINE)}
            for tables, files in given]


def book(tables, folder):
    problems.write(tables, CITY, folder / "问题清单.xlsx")
    return openpyxl.load_workbook(folder / "问题清单.xlsx")


def page(tables, folder) -> Page:
    receipt.write(tables, CITY, folder / layout.RECEIPT, call.DEADLINE, NOW)
    return Page(folder / layout.RECEIPT)


def test_list__state_first_day_and_explanation(two_rounds, tmp_path) -> None:
    found = rows(book(two_rounds[1], tmp_path)["问题清单"])
    assert [(row[7], row[8], row[9], row[10]) for row in found] == [
        ("M08", "仍未改", "2023-09-21", None), ("F09", "新发现", "2023-09-22", None),
        ("B08", "新发现", "2023-09-22", None), ("B07", "已说明", "2023-09-21", TEXT)]
    numbers = two_rounds[1]["findings"].filter(pl.col("severity") != "I")["finding_id"]
    assert {row[11] for row in found} == set(numbers)


def test_list__verdict_counts_only_what_is_open(two_rounds, tmp_path) -> None:
    assert book(two_rounds[0], tmp_path)["问题清单"]["A3"].value.startswith("须改正 1 处，需核实 2 处。")
    assert book(two_rounds[1], tmp_path)["问题清单"]["A3"].value.startswith("须改正 1 处，需核实 2 处。")


def test_list__what_is_mended_and_what_changed_have_their_sheets(two_rounds, tmp_path) -> None:
    assert book(two_rounds[0], tmp_path).sheetnames == ["问题清单", "文件清单"]
    second = book(two_rounds[1], tmp_path)
    assert second.sheetnames == ["问题清单", "已改正", "版本差异", "文件清单"]
    assert rows(second["已改正"]) == [
        ["1", GRID, "成员表第 4 行“工作职责”：没有填写。", "需核实", "M28", "2023-09-21", "2023-09-21", "本期改正"]]
    assert rows(second["版本差异"]) == [
        ["1", GRID, "第 1 版→第 2 版", "改动", "基本信息 职务/职称（F7）", "研究员", "教授"],
        ["2", GRID, "第 1 版→第 2 版", "改动", "基本信息 联系电话（F9）", "025-83359254", "8335"],
        ["3", GRID, "第 1 版→第 2 版", "增加", "成员表“南京某某半导体有限公司” 工作职责（F17）", None, "负责芯片流片"]]


def test_receipt__says_what_changed_since(two_rounds, tmp_path) -> None:
    first, second = page(two_rounds[0], tmp_path).text, page(two_rounds[1], tmp_path)
    assert "与上次相比" not in first and "新旧版本差异" not in first
    assert second.section("与上次相比：", "。") == "新发现 2 处，已改正 1 处，再次出现 0 处，仍未改 1 处，已说明 1 处"
    assert second.section("本次已改正的问题（1 处，不需再办）", "M28").strip() == f"{GRID}：成员表第 4 行“工作职责”：没有填写。"
    assert f"本市已说明：{TEXT}" in second.section("已说明或已裁定的事项（不需再办）", "新旧版本差异")
    assert second.section("新旧版本差异（").startswith("3 处，请核对是否确需改动）")
    assert ["改动", "基本信息 职务/职称（F7）", "研究员", "教授"] in second.tables[-1]


def test_receipt__explained_is_not_listed_among_what_is_to_be_done(two_rounds, tmp_path) -> None:
    told = page(two_rounds[1], tmp_path).section("三、要改正和核实的问题", "本次已改正")
    assert "联系电话" in told and "通讯地址" not in told


def test_receipt__file_gone_from_the_inbox_is_marked(two_rounds, tmp_path) -> None:
    tables = {**two_rounds[1], "arrivals": two_rounds[1]["arrivals"].with_columns(present=pl.lit(False))}
    assert arrivals.VANISHED in page(tables, tmp_path).text
    assert arrivals.VANISHED not in page(two_rounds[1], tmp_path).text


def test_outputs__same_tables_same_bytes(two_rounds, tmp_path) -> None:
    for write in (lambda folder: book(two_rounds[1], folder), lambda folder: page(two_rounds[1], folder)):
        made = []
        for name in ("一", "二"):
            (tmp_path / name).mkdir(exist_ok=True)
            write(tmp_path / name)
            made.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
        assert made[0] == made[1]


def test_days__as_the_clocks_in_china_show_them(two_rounds, tmp_path) -> None:
    history = two_rounds[1]["finding_history"].with_columns(pl.col("first_at") + timedelta(hours=21, minutes=59))
    found = rows(book({**two_rounds[1], "finding_history": history}, tmp_path)["问题清单"])
    assert found[0][9] == "2023-09-21"
