"""Whatever is typed, no reader raises, and every note is from its kind's list."""
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.details.cells import shortest
from schemas.kinds import choice, count, date, money, phone, text, ticks

PIECES = (
    "0", "1", "12", "2021", "2023", ".", ",", "，", "-", "—", "~", "至", "今", "年", "月", "日", "亿", "万", "元",
    "千", "约", "余", "企业", "高校", "科研院所",
    "其它", "个", "家", "共", "其中", "：", "（", "）", "(", ")", "□", "☑", "√", "口", "国家级", "省级", "市级", "部", "、", " ",
    "\n", "\u3000", "\u200b", "_",
    "…", "无", "/", "一", "十", "百", "零", "〇", "+86", "025", "138", "转", "e", "E+", "集成电路", "新兴产业", "和", "￥",
    "%", "²", "①", "٣", "\x00", "\ud800",
    "\x1e", "盖章", "原名", "oct", "T", ":", "×", "x", "[", "]", "\uf0fe", "￼", "𠮷",
)
OPTIONS = {"创新型领军企业": ("领军企业",), "其它": ("其他",), "": ()}
FIELDS = ("集成电路", "软件与信息服务", "氢能和新型储能")
READERS = {
    "count": (count.read, count.NOTES), "money": (money.read, money.NOTES),
    "month": (date.read_month, date.NOTES), "day": (date.read_day, date.NOTES),
    "period": (date.read_period, date.NOTES), "phone": (phone.read, phone.NOTES),
}
pieced = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
# As a cell holds them, a hundred digits long if need be; and as people write them.
numbers = st.one_of(st.floats().map(shortest), st.text("0123456789", max_size=70),
                    st.text("0123456789.,e+-万亿元", max_size=70))
typed = st.one_of(st.none(), st.text(), st.text(st.characters(exclude_categories=())), pieced, numbers)


@settings(max_examples=400, deadline=None)
@given(typed, st.sampled_from(("text", "number", "date", "bool")))
def test_readers__any_text_gives_a_known_note(written, stored):
    for name, (read, notes) in READERS.items():
        reading = read(written, stored)
        assert reading.note in notes, name
        assert reading.value is None or written, name


@settings(max_examples=400, deadline=None)
@given(typed)
def test_readers_of_text__any_text_gives_a_known_note(written):
    assert count.read_phrase(written).note in count.NOTES
    assert choice.read_level(written).note in choice.NOTES
    assert choice.read_field(written, FIELDS).note in choice.NOTES
    assert choice.nearest(written, FIELDS) in {None, *FIELDS}


@settings(max_examples=400, deadline=None)
@given(st.lists(typed, max_size=5))
def test_read_options__any_cells(cells):
    found = ticks.read_options(cells, OPTIONS)
    assert set(found.ticked) <= set(found.seen) <= set(OPTIONS)


@settings(max_examples=400, deadline=None)
@given(typed)
def test_text__any_text(written):
    assert text.compact(text.compact(written)) == text.compact(written)
    assert text.trim(text.trim(written)) == text.trim(written)
    assert text.fold_name(text.fold_name(written)) == text.fold_name(written)
    assert text.is_blank(written) == (text.trim(written) == "")
    assert not (text.is_blank(written) and (text.is_void(written) or text.is_placeholder(written)))
    assert text.length_without_space(written) <= len(written or "")
    assert isinstance(text.fold_suffix(written), str)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(("", "万元", "亿元", "元", "千元")))
def test_money__grouped_and_plain_agree(number, unit):
    plain = money.read(f"{number}{unit}", "text")
    assert money.read(f"{number:,}{unit}", "text") == plain
    assert (plain.value == 0) == (number == 0)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_phrase__what_the_template_prints_is_read_back(numbers):
    company, school, institute, other = numbers
    phrase = f"{sum(numbers)}个，其中：企业{company}个，高校{school}个，科研院所{institute}个， 其它{other}个"
    assert list(count.read_phrase(phrase).value.values()) == [sum(numbers), *numbers]


@pytest.mark.parametrize("unit", [
    "_", ".", " ", "（", "()", "1", "1,", "一万", "年", "2021-", "□", "√□", "其它：", "口", "企业", "138", "原名", "、", "共计",
])
def test_readers__long_cells_end(unit):
    written = (unit * 32767)[:32767]
    for read, _ in READERS.values():
        read(written + "z", "text")
    for read in (count.read_phrase, choice.read_level, text.fold_name, text.is_void, text.is_placeholder):
        read(written + "z")
    ticks.read_options([written], OPTIONS)


def test_package__imports_without_frames_or_fuzzy_matching():
    code = "import sys, schemas.kinds; print(*{'polars', 'pandera', 'rapidfuzz', 'pipeline'} & set(sys.modules))"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == ""
