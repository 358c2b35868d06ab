"""What is content, what the template left, what says nothing; and the keys for comparing names."""
from __future__ import annotations

import csv
from pathlib import Path

import pytest

from schemas.kinds.text import (
    compact, fold_name, fold_suffix, half_width, is_blank, is_placeholder, is_void, length_without_space,
    trim,
)

REAL_CODES = Path(__file__).parents[2] / "shared" / "data" / "real_uscc.tsv"

PLACEHOLDERS = (
    "____", "＿＿", "__ __", "____人", "…", "...", "……", "。。。", "⋯⋯", "□", "（ ）", "(   )", "【 】", "（____）",
    "请填写", "请输入…", "请输入单位名称", "（请选择）", "请选择", "点击选择", "点击此处输入文字", "下拉选择", "请注明具体类型",
    "人", "项", "个", "家", "万元", "(万元)", "（人）", "单位：万元", "年 月 日", "   年  月  日", "  年   月", "年 月 至 年 月",
    "XXX", "xxx", "×××", "XX公司", "××大学", "XXXX年XX月", "***", "示例", "例", "（示例）", "待填", "待填写", "限500字", "必填",
    "___个，其中：企业___个，高校___个，科研院所___个， 其它___个",
)
NOT_PLACEHOLDERS = (
    "", " ", "个人", "项目", "人民", "家具", "年产", "无", "/", "—", "国家级", "x", "1", "12个", "2023年 月", "20__年__月__日",
    "南京大学", "请示报告中心", "江苏XX", "X射线", "3.14", "一", "□国家级 □省级", "年产10万吨", "日月光集团", "月",
)
VOIDS = (
    "/",
    "\\", "—", "——", "-", "--", "－", "–", "−", "ー", "／", "//", "无", "无。", "（无）", "暂无", "没有", "不适用", "N/A",
    "n/a",
    "目前均无", "无资料信息情况", "相关情况暂无", "（暂无相关数据）",
    "NA", "空", "目前无", "尚无", "暂无数据", "无此项", "不涉及", "none", " 无 ", "\u200b无", "无/无", ".", "。",
)
NOT_VOIDS = (
    "信息", "空白项目", "资料空白处", "无前例",
    "", "  ", "0", "一", "无锡", "无人机", "无锡市", "空军", "空气动力学", "没有问题", "-5", "南京", "缺口", "略阳县", "否", "×", "不限",
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_is_placeholder__template_leftover(text):
    assert is_placeholder(text) is True


# "月" is a lone unit word.
@pytest.mark.parametrize("text", [text for text in NOT_PLACEHOLDERS if text != "月"])
def test_is_placeholder__content_is_none(text):
    assert is_placeholder(text) is False


@pytest.mark.parametrize("text", VOIDS)
def test_is_void__says_nothing(text):
    assert is_void(text) is True


@pytest.mark.parametrize("text", NOT_VOIDS)
def test_is_void__content_is_not_void(text):
    assert is_void(text) is False


@pytest.mark.parametrize("text", [*VOIDS, *PLACEHOLDERS])
def test_void_and_placeholder__exclude_each_other(text):
    assert is_void(text) != is_placeholder(text)


@pytest.mark.parametrize("space", [
    "", " ", "\u3000", "\xa0", "\t", "\r\n", "\u200b", "\ufeff", "\u2028", "\u3164", None, "\x00",
])
def test_blank_and_trim__every_white_space_is_outer(space):
    assert is_blank(space) is True
    assert trim(f"{space or ''}南 京{space or ''}") == "南 京"
    assert compact(f"{space or ''}南 京{space or ''}") == "南京"


@pytest.mark.parametrize(("text", "length"), [
    (None, 0), (" 一 二\n三\u3000\u200b", 3), ("……", 2), ("（１）", 3), ("a b", 2), ("𠮷", 1),
])
def test_length_without_space__counts_written_characters(text, length):
    assert length_without_space(text) == length


@pytest.mark.parametrize(("text", "narrow"), [
    ("１２，５００．５", "12,500.5"), ("￥５（万元）", "¥5(万元)"), ("a\r\n b", "a\nb"), ("1\u3000 2", "1 2"),
    # NFKC would make 102 and 1 of these.
    ("10²", "10²"), ("①", "①"), (None, ""),
])
def test_half_width__folds_widths_only(text, narrow):
    assert half_width(text) == narrow


@pytest.mark.parametrize("text", [
    "南京大学", "南京大学（盖章）", "南京大学(公章)", "南京大学（单位盖章）", "南京大学（牵头单位）", "南京大学（牵头）", "南京大学（牵头单位，盖章）",
    "南京大学（曾用名：中央大学）", "南京大学（原中央大学）", "南京大学（原名：中央大学）", "南京大学（原名：中央（南京）大学）（盖章）",
    "南京大学（龙头企业）", "南京大学（龙头骨干企业、盖章）", "南京大学（领军企业）",
    "南京大学（共建单位）", "南京大学（成员）", "南京大学（高校）", "南京大学(合作方)", "南京大学（参建高校、盖章）", "共建单位：南京大学",
    " 南 京\n大 学\u200b", "“南京大学”", "南京大学\ufeff", "南京·大学", "「南京大学」",
])
def test_fold_name__ways_of_writing_one_name(text):
    assert fold_name(text) == "南京大学"


@pytest.mark.parametrize(("one", "two"), [
    ("阿特斯（中国）有限公司", "阿特斯(中国)有限公司"), ("甲【集团】有限公司", "甲〔集团〕有限公司"), ("七〇一所", "七○一所"), ("ＡＢＢ公司", "ABB公司"),
])
def test_fold_name__same_key(one, two):
    assert fold_name(one) == fold_name(two)


@pytest.mark.parametrize(("one", "two"), [
    # Two real firms each (domain.md §0.4).
    ("南京图瑞科技有限责任公司", "南京图瑞科技有限公司"), ("南通棉麻有限公司", "常州棉麻有限公司"),
    ("甲股份有限公司", "甲有限公司"), ("中核（原子能）", "中核"), ("中国（原料药）协会", "中国协会"), ("甲（集团）", "甲"),
    ("甲厂（股份合作）", "甲厂"), ("甲（联合）", "甲"), ("甲企业（有限合伙）", "甲企业"), ("甲（高校园区）", "甲"), ("甲（研究院）", "甲"),
    ("甲（领军）", "甲"), ("甲（国家技术创新中心）", "甲"),
])
def test_fold_name__different_bodies_stay_apart(one, two):
    assert fold_name(one) != fold_name(two)


def test_fold_name__a_note_alone_is_kept():
    assert fold_name("（牵头单位）") == "(牵头单位)"


@pytest.mark.parametrize(("text", "key"), [
    ("甲有限责任公司", "甲有限公司"), ("甲股份有限公司", "甲股份有限公司"), ("甲有限责任公司苏州分公司（盖章）", "甲有限公司苏州分公司"),
])
def test_fold_suffix__one_key_for_limited_companies(text, key):
    assert fold_suffix(text) == key


@pytest.mark.skipif(not REAL_CODES.exists(), reason="real names are not part of the project")
def test_fold_name__real_names_with_different_codes_collide_only_when_written_alike():
    with REAL_CODES.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if row["name"]]
    written: dict[str, set[str]] = {}
    for row in rows:
        written.setdefault(fold_name(row["name"]), set()).add(compact(row["name"]))
    assert len(rows) > 500
    # One body with a note about its former name.
    assert sorted(names for names in map(sorted, written.values()) if len(names) > 1) == []


@pytest.mark.skipif(not REAL_CODES.exists(), reason="real names are not part of the project")
def test_placeholder_and_void__no_real_name_is_one():
    with REAL_CODES.open(encoding="utf-8") as lines:
        names = [row["name"] for row in csv.DictReader(lines, delimiter="\t") if row["name"]]
    assert [name for name in names if is_placeholder(name) or is_void(name)] == []


@pytest.mark.parametrize("text", ["", "a", "江苏某某公司", "91320100PDY00001XR", "!~", "一鿿", "025-83359254"])
def test_compact_and_trim__plain_text_like_one_with_blanks_around(text):
    assert (compact(text), trim(text)) == (compact(f"\u200b{text} "), trim(f" {text}\u200b")) == (text, text)
