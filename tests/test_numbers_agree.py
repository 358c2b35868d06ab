"""One number a word: the summary, the board, the overview, the list, the receipts say the same of the demonstration."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import openpyxl
import pytest

from pipeline import demo, unchanged
from pipeline.job import Summary
from pipeline.ledger import Ledger
from pipeline.report import in_words
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas import call
from schemas.call import CHINA
from tests.page_text import Page
from tests.tiny_register import table

pytestmark = pytest.mark.slow
NOW = datetime(2023, 9, 20, 2, tzinfo=CHINA)


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> tuple[Workspace, dict[str, int], Summary]:
    """The demonstration after one run, and the summary's numbers by their words."""
    workspace = Workspace(tmp_path_factory.mktemp("demo"))
    workspace.create()
    demo.build(workspace)
    summary = run(workspace, Settings(second_look_seconds=0), NOW)
    said = dict(re.findall(r"([^ ，。（]+) (\d+) (?:份|个文件|项)", "，".join(in_words(summary)[:2])))
    return workspace, {word: int(number) for word, number in said.items()}, summary


@pytest.fixture(scope="module")
def board(night) -> Page:
    return Page(night[0].province_outbox / "报送情况.html")


@pytest.fixture(scope="module")
def register(night) -> openpyxl.Workbook:
    return openpyxl.load_workbook(night[0].province_outbox / "江苏省创新联合体名录.xlsx")


def listed(night) -> tuple[str, list[str]]:
    """What 待核清单 says under its title, and the numbers of what it lists."""
    sheet = openpyxl.load_workbook(night[0].province_outbox / "待核清单.xlsx")["待核事项"]
    numbers = [cell.value for cell in sheet["T"] if cell.value and re.fullmatch(r"C\w{10}-\w{6}", str(cell.value))]
    return sheet["A2"].value, numbers


def figures(register) -> dict[str, int | str]:
    """The figures of 总览 by their words."""
    numbers, words = list(register["总览"].iter_rows(min_row=3, max_row=4, values_only=True))
    return {word: number for word, number in zip(words, numbers, strict=True) if word}


def sums(register) -> dict[str, int]:
    """The sums of 报送情况 by their words."""
    rows = list(register["报送情况"].iter_rows(values_only=True))
    head = next(row for row in rows if "报送状态" in row)
    total = next(row for row in rows if row[1] == "合计")
    return {word: number for word, number in zip(head, total, strict=True) if isinstance(number, int)}


def test_summary__has_every_word_once(night) -> None:
    assert list(night[1]) == ["收到基础信息表", "入库", "退回待改", "无法读取", "已被新版替代", "未计入", "须改正", "需核实", "提示"]
    assert night[1]["退回待改"] and night[1]["无法读取"] and night[1]["需核实"]


def test_to_be_decided__board_and_list(night, board) -> None:
    said, numbers = listed(night)
    count = int(re.search(r"共 (\d+) 件", said)[1])
    assert count == len(numbers) > 5
    assert int(board.section("待改的表 ").split("待裁定 ")[1].split("件")[0]) == count
    assert board.section("二、待裁定的事项").startswith(f"（{count} 件）")
    on_board = re.findall(r"C[0-9a-f]{10}-[0-9a-f]{6}", board.section("二、待裁定的事项", " 三、分布"))
    assert on_board == numbers


def test_returned__summary_progress_overview_review_board(night, board, register) -> None:
    said, shown = night[1], sums(register)
    assert (shown["退回"], shown["无法读取"], shown["入库"]) == (said["退回待改"], said["无法读取"], said["入库"])
    both = said["退回待改"] + said["无法读取"]
    assert figures(register)["退回和无法读取（份）"] == both
    assert f"一、退回和无法读取的表（{both} 份）" in [cell.value for cell in register["退回与待核"]["A"]]
    assert f"待改的表 {both}份" in board.text
    assert not any("退回待改" in str(word) or "待核事项" in str(word) for word in figures(register))


def test_problems__summary_progress_board(night, board, register) -> None:
    said, shown = night[1], sums(register)
    assert {word: shown[word] for word in ("须改正", "需核实", "提示")} == {
        word: said[word] for word in ("须改正", "需核实", "提示")}
    head, *rows = board.tables[0]
    homeless = next(row for row in register["报送情况"].iter_rows(values_only=True) if row[1] == "未识别城市")
    for word, of_no_city in (("须改正", homeless[9]), ("需核实", homeless[10])):
        assert sum(int(row[head.index(word)]) for row in rows) + of_no_city == said[word]


def test_problems_of_admitted_forms__overview_and_review(register) -> None:
    number = figures(register)["入库表需核实（项）"]
    assert len(table(register["退回与待核"], "处理意见")) == number > 0
    assert f"二、入库表中需核实的问题（{number} 项）" in [cell.value for cell in register["退回与待核"]["A"]]


def test_receipts__sum_up_to_progress(night, register) -> None:
    shown = sums(register)
    homeless = next(row for row in register["报送情况"].iter_rows(values_only=True) if row[1] == "未识别城市")
    found = {"须改正": homeless[9], "需核实": homeless[10], "已入库": homeless[4], "重报": homeless[5] + homeless[6]}
    for city in call.CITY_ORDER:
        page = Page(night[0].city_outbox(city) / "报送回执.html")
        text = page.text.partition("一、收到的文件")[0]
        found["已入库"] += sum(cell.startswith("已入库") for rows in page.tables for row in rows for cell in row)
        for word, pattern in (("须改正", r"须改正 (\d+) 处"), ("需核实", r"需核实 (\d+) 处"),
                              ("重报", r"须改正后重报 (\d+) 份")):
            found[word] += sum(map(int, re.findall(pattern, text)))
    assert found == {"须改正": shown["须改正"], "需核实": shown["需核实"], "已入库": shown["入库"],
                     "重报": shown["退回"] + shown["无法读取"]}


def test_next_day__the_board_still_has_the_matters_of_the_list(night, board) -> None:
    workspace, settings = night[0], Settings(second_look_seconds=0)
    again = run(workspace, settings, NOW + timedelta(days=1))
    assert again.unchanged_since is not None
    later = Page(workspace.province_outbox / "报送情况.html")
    assert later.text != board.text
    assert later.section("二、待裁定的事项", " 三、分布") == board.section("二、待裁定的事项", " 三、分布")
    with Ledger.of(workspace, settings) as ledger:
        known = unchanged.basis(ledger.receipts(), ledger.memory(), settings)
        assert unchanged.standing(workspace, ledger.memory(), known, NOW) is not None
