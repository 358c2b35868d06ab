"""`pipeline.read.remarks`: explanations on a list, by number or by place, in the editions of it that are about."""

from __future__ import annotations

import pytest

from pipeline.grid import Cell, Grid, Workbook
from pipeline.read.remarks import Remark, is_list, on_sheet, remarks_in

ONE, TWO = "W0123456789ab", "W0123456789cd-2"
NOW, BEFORE = ["序号", "表·单元格", "规则编号", "说明", "编号"], ["序号", "表·单元格", "规则编号", "说明（由填报单位填写）"]


def grid(*rows: list[str], name: str = "问题清单", merged: tuple[int, int, int, int] | None = None) -> Grid:
    cells = {(row, col): Cell(row, col, text, "text") for row, texts in enumerate(rows)
             for col, text in enumerate(texts) if text}
    spans = {} if merged is None else {
        (row, col): merged for row in range(merged[0], merged[2] + 1) for col in range(merged[1], merged[3] + 1)}
    return Grid(name, cells=cells, spans=spans)


SHEETS = {
    "numbered": (grid(NOW, ["1", "F5 \n“通讯地址”", "B07", " 正在搬迁\n地址待定 ", ONE]),
                 [(ONE, "B07\n“通讯地址”", "正在搬迁\n地址待定")]),
    "several findings in a line": (grid(NOW, ["1", "成员表 D3、D4", "M23", "新设企业", f"{ONE}\n{TWO}"]),
                                   [(ONE, "M23\n成员表 D3、D4", "新设企业"), (TWO, "M23\n成员表 D3、D4", "新设企业")]),
    "of before there were numbers": (grid(BEFORE, ["1", "G16—G18（另有 2 处）\n“联系电话”", "B08", "无座机"]),
                                     [("", "B08\n“联系电话”", "无座机")]),
    "nothing written": (grid(NOW, ["1", "F5", "B07", "　", ONE]), []),
    "below some lines of heading": (grid(["问题清单"], [], ["须改正 1 处"], NOW, ["1", "F5", "B07", "搬迁", ONE]),
                                    [(ONE, "B07\n", "搬迁")]),
    "rule over merged lines": (grid(NOW, ["1", "F5 甲", "B07", "", ONE], ["", "G5 乙", "", "搬迁", TWO],
                                    merged=(1, 2, 2, 2)),
                               [(TWO, "B07\n乙", "搬迁")]),
    "a number that is none": (grid(NOW, ["1", "F5 甲", "B07", "搬迁", "见附件"]), [("", "B07\n甲", "搬迁")]),
    "another table": (grid(["序号", "说明"], ["1", "搬迁"]), None),
}


@pytest.mark.parametrize("name", SHEETS)
def test_on_sheet__what_was_written_beside_which_finding(name: str) -> None:
    sheet, expected = SHEETS[name]
    assert on_sheet(sheet) == expected


def test_remarks_in__our_sheets_only() -> None:
    ours = grid(NOW, ["1", "F5", "B07", "搬迁", ONE])
    other = grid(NOW, ["1", "F5", "B07", "其他", TWO], name="本局清单")
    renamed = grid(NOW, ["1", "F5", "B07", "迁址", TWO], name="问题清单说明")
    assert remarks_in(Workbook((ours, other, renamed)), "问题清单") == (
        Remark(ONE, "B07\n", "搬迁"), Remark(TWO, "B07\n", "迁址"))


@pytest.mark.parametrize(("header", "alone"), [([*NOW, "联合体/文件"], True), (NOW, False), (["联合体/文件"], False)])
def test_is_list__by_the_column_that_names_the_form(header: list[str], alone: bool) -> None:
    assert is_list(Workbook((grid(header, ["1"]),)), "问题清单") is alone
