"""What the 自检 column takes for nothing, calculated by LibreOffice, is what the register takes for nothing."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import openpyxl
import pytest

from pipeline.template import formulas
from schemas.kinds import text
from tests.template_forms import NEEDS_LIBREOFFICE, calculate

pytestmark = NEEDS_LIBREOFFICE
_PHRASES = tuple(map("".join, product(("", *text.VOID_FILLING), text.VOID_CORES, ("", *text.VOID_FILLING))))
VOIDS = (*text.VOID_WORDS, *_PHRASES, *text.VOID_MARKS, "——", "//", "\\", "|", "／", "无/无", "—无", "无。", "不适用。",
         "（无）", " 无 ",
         "目前均无", "无资料信息情况", "相关情况暂无", "目前无此类数据。", "（暂无相关数据）", "无此类 信息",
         "　", "N/A", "n/a", "None")
CONTENTS = (
    "0", "一", "无锡", "无人机", "无锡市某某公司", "空军", "空气动力学", "没有问题", "-5", "南京", "缺口", "略阳县", "否", "×", "不限", "数据", "信息", "目前",
    "相关资料", "本项目", "不适用性研究", "填写", "现代农业", "东南大学", "资料空白处", "无前例")


@pytest.fixture(scope="module")
def shown(tmp_path_factory) -> dict[str, bool]:
    """By text, whether the formula takes it for nothing."""
    folder = tmp_path_factory.mktemp("void")
    book = openpyxl.Workbook()
    for row, written in enumerate((*VOIDS, *CONTENTS), 1):
        book.active.cell(row, 1, written).number_format = "@"
        book.active.cell(row, 2, f"={formulas.is_void(f'A{row}')}")
    book.save(folder / "void.xlsx")
    (made,) = calculate(folder, [Path(folder / "void.xlsx")])
    return {row[0] or "": bool(row[1]) for row in openpyxl.load_workbook(made, data_only=True).active.iter_rows(
        values_only=True)}


def test_formula__takes_for_nothing_what_the_register_does(shown) -> None:
    assert [written for written in VOIDS if not (text.is_void(written) or text.is_blank(written))] == []
    assert [written for written, is_void in shown.items() if not is_void] == list(CONTENTS)
