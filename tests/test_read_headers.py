"""`pipeline.read.headers` and what is left unasked below and beside a table: the answers are those of asking."""

from __future__ import annotations

import random
import unicodedata

import pytest
from sketch import labels, sketch

from pipeline.details.cells import _SENTENCE, Cell, Grid
from pipeline.read.headers import _of_one_row, headers_in
from pipeline.read.inline import _FAMILIAR
from pipeline.read.records import record_of
from pipeline.read.skipped import is_spare, why_skipped
from schemas.label import label_key

HEADER = "| 序号 | 单位名称 | 统一社会信用代码 | 任务分工 | 近一年销售收入（万元） |"
TITLED = ((0, "创新联合体成员及任务分工"), (1, "序号"), (2, "单位名称"), (3, "统一社会信用代码"), (4, "任务分工"))
WORDS = ("1", "2", " 3", "123456789", "①", "甲公司", " ", "合计", "注：", "例如", "无", "…")


def titled() -> Grid:
    """A header at the right of a title that is merged down over five rows."""
    cells = {(0, col): Cell(0, col, text, "text") for col, text in TITLED}
    return Grid("表", True, cells, dict.fromkeys([(row, 0) for row in range(5)], (0, 0, 4, 0)))


def test_header__known_from_another_sheet_is_its_own() -> None:
    first, second = (headers_in(sketch(lines + HEADER), labels())[0] for lines in ("", "| 甲 |\n| 乙 |\n"))
    first.columns["strange"], first.units["name"] = 9, "元"
    assert (second.top, second.bottom, second.columns, second.units) == (
        2, 2, {"serial": 0, "name": 1, "uscc": 2, "task": 3, "revenue_wan": 4}, {"revenue_wan": "万元"})
    again = headers_in(sketch(HEADER), labels())[0]
    assert again.columns == second.columns and again.units == second.units


def test_header__long_text_beside_it_is_not_remembered() -> None:
    headers_in(sketch(HEADER), labels())
    before = _of_one_row.cache_info()
    found = headers_in(sketch(f"{HEADER} {'很长' * 60} |"), labels())
    assert [header.block for header in found] == ["members"] and _of_one_row.cache_info() == before


@pytest.mark.parametrize(("changes", "spare"), [
    ({}, False),
    ({(2, 1): "1"}, True),
    ({(2, 1): "1", (2, 3): "甲"}, False),
    ({(2, 1): "1", (2, 3): " "}, False),
    ({(2, 2): "1"}, False),
    ({(2, 1): "123456789"}, False),
])
def test_row_beside_a_title__is_spare_with_its_number_alone(changes: dict, spare: bool) -> None:
    grid = titled()
    grid.cells.update({place: Cell(*place, text, "text") for place, text in changes.items()})
    assert is_spare(grid, 2, headers_in(grid, labels())[0]) is spare


def test_spare_row__is_what_would_be_called_blank() -> None:
    dice, spare = random.Random(1), 0
    for _ in range(4_000):
        grid = titled()
        for _ in range(dice.randrange(1, 5)):
            row, col = dice.randrange(1, 5), dice.randrange(1, 5)
            grid.cells[row, col] = Cell(row, col, dice.choice(WORDS), "text")
        # Ranges may overlap, as in files that no office program writes.
        for _ in range(dice.randrange(3)):
            top, left = dice.randrange(1, 5), dice.randrange(5)
            range_ = (top, left, top + dice.randrange(2), left + dice.randrange(3))
            grid.spans.update({(row, col): range_ for row in range(top, range_[2] + 1)
                               for col in range(left, range_[3] + 1)})
        for header in headers_in(grid, labels())[:1]:
            for row in range(1, 5):
                own = [cell for cell in grid.in_row(row) if cell.row == row]
                if is_spare(grid, row, header):
                    spare += 1
                    assert why_skipped(own, header, record_of(grid, row, row, header), labels(), False) == "blank"
    assert spare > 300


def test_sentence__has_a_longer_key_than_any_label() -> None:
    known = labels()
    longest = max(map(len, (*known.known, *known.headings, *known.pairs, known.margin)))
    dice, found = random.Random(2), 0
    starts = ("", "1.", "一、", "第三十一部分", "第一章", "（一）", "12.", "3、", "★", "【注")
    ends = ("单位百万元", "（" + "注" * 30 + "）", "", "[", "。", "e\u0301")
    for _ in range(3_000):
        pieces = [dice.choice(("研发", "项目", "3", "，", "。", " ", "\n", "A", "十", ".", "（", "合作")) for _ in range(70)]
        text = dice.choice(starts) + "".join(piece for piece in pieces if piece != "（"
                                             or dice.random() < .1) + dice.choice(ends)
        if _SENTENCE.match(text):
            found += 1
            assert len(label_key(text)) > longest and len(text) > longest
    assert found > 300


def test_familiar_characters__fold_to_nothing_in_which_a_label_ends() -> None:
    ends = labels().figure_ends
    folded = {one: unicodedata.normalize("NFKC", one).upper() for one in map(chr, range(0x110000))
              if _FAMILIAR.fullmatch(one)}
    assert len(folded) > 20_000
    assert {one for one, other in folded.items() if one != other} == set("，；：（）") and ends.isdisjoint(",;:()")
