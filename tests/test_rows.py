"""Rows in = rows taken + rows skipped for a reason: counted once more in the raw XML, and by the other reader."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from sketch import forms_of, sketch
from template_forms import GOOD
from two_readers import seen
from workbooks import unzipped

from pipeline import accounts
from pipeline.grid import open_workbook
from pipeline.read import FormReading, labels_of, read_workbook
from pipeline.read.packed import pack, unpack
from pipeline.read.record import Opened
from pipeline.sandbox import each
from pipeline.submissions import FileReading, submissions_of
from pipeline.template import write
from schemas.form_2023 import FORM
from schemas.register import polars_schema
from tests.received import receipt

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
TOP = ["| 联合体名称 | 江苏甲创新联合体 | < | 牵头单位 | 甲公司 | < | < |", "| 联系人 | 王五 | < | 产业领域 | 新材料 | < | < |"]
HEAD = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 工作职责 | 近一年销售收入（万元） | 近一年研发投入（万元） |"
TAKEN = ["| 1 | 甲公司 | 91320100PDY00001XR | 牵头 | 统筹 | 5 | 6 |", "| 2 | 东南大学 | 12100000466007597C | 设计 | 仿真 | | |"]
OTHER_ROWS = {
    "total": "| 合计 | | | | | 5 | 6 |", "example": "| 例 | 示例公司 | 91320000MA1234567X | 研发 | 试制 | 1 | 1 |",
    "header": HEAD, "blank": "| 3 | | | | | | |", "void": "| 4 | / | / | / | / | / | / |",
    "dots": "| … | … | … | | | | |",
    "remark": "| 注：近一年指2022年。 | < | < | < | < | < | < |",
}
EMPTY = "| | | | | | | |"


def drawing(*lines: str) -> str:
    return "\n".join([*TOP, HEAD, *lines])


def form_of(*lines: str) -> FormReading:
    (form,) = forms_of(sketch(drawing(*lines)))
    return form


@pytest.mark.parametrize(("reason", "line"), OTHER_ROWS.items(), ids=OTHER_ROWS)
def test_row__is_taken_or_skipped_for_a_reason(reason: str, line: str) -> None:
    assert form_of(TAKEN[0], line, TAKEN[1], EMPTY).rows == {"members": {"": 2, reason: 1}}


def test_rows__of_a_member_over_several_lines_are_all_taken() -> None:
    lines = ["| 1 | 甲公司 | 91320100PDY00001XR | 牵头 | 统筹 | 5 | 6 |", "| ^ | ^ | ^ | 设计 | ^ | ^ | ^ |"]
    form = form_of(*lines, TAKEN[1])
    assert (len(form.blocks["members"]), form.rows) == (2, {"members": {"": 3}})


def test_reasons__have_words_each() -> None:
    assert set(OTHER_ROWS) == set(accounts.REASONS)


def as_xlsx(text: str) -> bytes:
    """The drawing as a workbook; merges are left out, their cells are empty."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in text.splitlines():
        sheet.append([None if (cell := piece.strip()) in ("", "<", "^") else int(cell) if cell.isdigit() else cell
                      for piece in line.strip().strip("|").split("|")])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rows_in_xml(data: bytes) -> int:
    """Rows with a value in the first sheet, without any reader of workbooks."""
    sheet = unzipped(data)["xl/worksheets/sheet1.xml"].decode()
    return sum("<v>" in row or "<t>" in row for row in re.findall(r"<row .*?</row>", sheet, re.DOTALL))


LAYOUTS = {
    "plain": TAKEN, "everything": [TAKEN[0], *OTHER_ROWS.values(), TAKEN[1]],
    "gaps": [TAKEN[0], EMPTY, EMPTY, TAKEN[1], EMPTY],
    "nothing": [EMPTY], "only totals": [OTHER_ROWS["total"]] * 3, "all the same": [TAKEN[1]] * 40,
}


@pytest.mark.parametrize("lines", LAYOUTS.values(), ids=LAYOUTS)
def test_rows__are_as_many_as_the_raw_xml_has(lines: list[str]) -> None:
    data = as_xlsx(drawing(*lines))
    (form,), _ = read_workbook(open_workbook(data), labels_of(FORM))
    above = len(TOP) + 1
    assert sum(form.rows["members"].values()) == rows_in_xml(data) - above


def test_rows__pass_between_processes() -> None:
    opened = Opened((form_of(TAKEN[0], OTHER_ROWS["total"]),))
    assert unpack(pack(opened)).forms[0].rows == {"members": {"": 1, "total": 1}}


def test_table__adds_up_and_is_told_in_words() -> None:
    form = form_of(TAKEN[0], OTHER_ROWS["total"], OTHER_ROWS["example"], TAKEN[1])
    (submission,) = submissions_of([FileReading(given := receipt("南京市/表.xlsx"), (form,))], [given])
    table = accounts.table([submission])
    assert table.select("city", "file", "sheet", "table", "rows_seen", "rows_taken", "rows_skipped",
                        "reasons").rows() == [
        ("南京市", "南京市/表.xlsx", "表", FORM.block("members").short, 4, 2, 2, "合计行 1、示例行 1")]
    assert accounts.in_words(table) == {submission.submission_id: (
        f"{FORM.block('members').short} 4 行：读入 2 行，跳过 2 行（合计行 1、示例行 1）")}


def test_in_words__tables_as_in_the_form_whatever_the_order_of_rows() -> None:
    rows = [("B1", "南京市", "表.xlsx", "表", FORM.block(name).short, 1, 1, 0, None) for name in ("members", "platforms")]
    table = pl.DataFrame(rows, schema=polars_schema("rows"), orient="row")
    assert accounts.in_words(table) == accounts.in_words(table.reverse())


def test_two_readers__see_the_same_cells_of_a_form(tmp_path: Path) -> None:
    write(tmp_path / "表.xlsx", filled=GOOD)
    (tmp_path / "画.xlsx").write_bytes(as_xlsx(drawing(*LAYOUTS["everything"])))
    for name in ("表.xlsx", "画.xlsx"):
        first, second = seen(tmp_path / name)
        assert first == second
        assert sum(map(len, first.values())) > 20


@pytest.mark.slow
def test_two_readers__see_the_same_cells_of_hard_workbooks() -> None:
    files = sorted(path for path in CORPUS.glob("*") if path.suffix in (".xlsx", ".xlsm"))
    if not files:
        pytest.skip("the corpus is not here")
    outcomes = list(zip(files, each(seen, files, workers=2, timeout_seconds=20), strict=True))
    both = {path.name: outcome.value for path, outcome in outcomes if outcome.value}
    assert len(both) == 5
    assert [name for name, (first, second) in both.items() if first != second] == []
