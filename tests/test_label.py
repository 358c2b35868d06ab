"""`label_key`: what of a retyped label counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.form_2023 import FORM
from schemas.label import _folded, label_key

SAME = {
    "单位名称": ["单位名称", " 单位 名称 ", "单位名称：", "单位名称:", "单位⏎名称", "单　位　名　称", "*单位名称", "★单位名称", "※单位名称",
             "●单位名称", "单位名称*", "单位名称（全称）", "单位名称(全称，与公章一致)", "单位名称【必填】", "单位名称〔注〕",
             "1.单位名称", "1．单位名称", "1、单位名称", "（1）单位名称", "(一)单位名称", "一、单位名称", "①单位名称", "1.2 单位名称",
             "单位名称（含曾用名", "单\u200b位名称\ufeff", "单位，名称", "12）单位名称"],
    "近一年销售收入": ["近一年销售收入（万元）", "近一年销售收入⏎(万元，成员单位为企业填写)"],
    "基本信息": ["1.基本信息", "１．基本信息", "一、基本信息", "第一部分 基本信息", "第一章基本信息", "1基本信息", "【1】基本信息"],
    "领军人才首席科学家": ["领军人才/首席科学家", "领军人才／首席科学家", "领军人才、首席科学家", "领军人才\\首席科学家", "领军人才·首席科学家"],
    "其中专业技术人员": ["其中:专业技术人员", "其中：专业技术人员", "其中：专业技术人员（人）", "其中 - 专业技术人员"],
    "R&D投入": ["r&d投入", "Ｒ＆Ｄ投入", "R&D 投入"],
    "USCC": ["uscc", "USCC", "ＵＳＣＣ"],
    "NO": ["No.", "NO", "no．"],
    "2022年销售收入": ["2022年销售收入", "2022 年销售收入", "２０２２年销售收入（万元）"],
    # Nothing but a bracket is no label with a remark.
    "(万元)": ["（万元）", "( 万元 )"],
    "": ["", " ", "：", "***", "\n\t"],
}


@pytest.mark.parametrize(("key", "written"), [(key, text) for key, texts in SAME.items() for text in texts])
def test_label_key__writings_of_one_label(key: str, written: str) -> None:
    assert label_key(written.replace("⏎", "\n")) == key


@pytest.mark.parametrize(("one", "other"), [
    ("单位名称", "平台名称"), ("联系人", "联系电话"), ("近一年销售收入", "近三年销售收入"), ("其中:发明专利", "其中:专业技术人员"),
    ("2022年销售收入", "2021年销售收入"), ("一年销售收入", "年销售收入"), ("第三代半导体", "三代半导体"),
])
def test_label_key__different_labels_stay_apart(one: str, other: str) -> None:
    assert label_key(one) != label_key(other)


def test_label_key__no_two_columns_of_a_block_share_a_spelling() -> None:
    for block in FORM.blocks:
        owners: dict[str, str] = {}
        for column in block.columns.values():
            for key in column.keys:
                assert owners.setdefault(key, column.field) == column.field


def test_label_key__no_label_vanishes() -> None:
    assert {text for block in FORM.blocks for column in block.columns.values()
            for text in (column.label, *column.spellings) if not label_key(text)} == set()


@given(st.text(max_size=200))
def test_label_key__any_text_is_stable(text: str) -> None:
    key = label_key(text)
    assert not set(key) & set(" \t\n\u3000:：,，。*\u200b")
    assert len(key) <= 20 * len(text)


@given(st.text(alphabet="第一二章节部分亿万元单位名称公司丙0123456789ABZ", max_size=12))
def test_label_key__plain_text_is_folded_like_any_other(text: str) -> None:
    assert label_key(text) == label_key(text + " ")


@given(st.one_of(st.text("0123456789AZz./~-元年第a，一二十章节部分万单位亿①、（） ", max_size=9),
                 st.from_regex("[0-9]{1,4}[0-9A-Z./~-]{0,8}[元]?", fullmatch=True), st.text(max_size=6)))
def test_label_key__of_what_needs_no_folding_is_the_same_without_it(text: str) -> None:
    assert label_key(text) == _folded(text)
