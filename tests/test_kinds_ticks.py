"""Tick boxes, wherever the marks stand."""
from __future__ import annotations

import pytest

from schemas.kinds.ticks import CHECKED, UNCHECKED, Ticks, read_options

OPTIONS = {
    "创新型领军企业": ("领军企业",), "龙头骨干企业": ("龙头企业", "行业龙头企业"), "国家级技术创新中心": ("国家技术创新中心",), "省级技术创新中心": ("省技术创新中心",),
    "其它": ("其他",),
}
LEADER, DRAGON, NATIONAL, PROVINCIAL, OTHER = OPTIONS
ONE_CELL = (
    # The template's way: marks before labels.
    ("□ 创新型领军企业 ☑ 龙头骨干企业 □ 国家级技术创新中心 □ 省级技术创新中心 □ 其它", (DRAGON,)),
    ("□创新型领军企业☑龙头骨干企业□国家级技术创新中心□省级技术创新中心□其它", (DRAGON,)),
    ("□创新型领军企业\n☑龙头骨干企业\n□其它", (DRAGON,)), ("□ 创新型领军企业□ 龙头骨干企业☑ 国家级技术创新中心□ 其它", (NATIONAL,)),
    ("☐创新型领军企业 ☒龙头骨干企业", (DRAGON,)), ("□创新型领军企业 ■龙头骨干企业", (DRAGON,)), ("○创新型领军企业 ●龙头骨干企业", (DRAGON,)),
    ("〇创新型领军企业 ◉龙头骨干企业", (DRAGON,)), ("□创新型领军企业 √龙头骨干企业 □其它", (DRAGON,)),
    ("□ 创新型领军企业  √ 龙头骨干企业  □ 其它", (DRAGON,)),
    ("□创新型领军企业 ✅龙头骨干企业", (DRAGON,)), ("☑️创新型领军企业 □龙头骨干企业", (LEADER,)), ("类型：□创新型领军企业 ☑龙头骨干企业", (DRAGON,)),
    ("☑1.创新型领军企业 □2.龙头骨干企业", (LEADER,)), ("□ 创 新 型 领 军 企 业 ☑ 龙 头 骨 干 企 业", (DRAGON,)),
    ("□领军企业 ☑龙头企业", (DRAGON,)),
    ("☑创新型领军企业 ☑龙头骨干企业 □其它", (LEADER, DRAGON)), ("□创新型领军企业 □龙头骨干企业 □其它", ()),
    # The tick beside an empty box: inside, before, behind.
    ("□√创新型领军企业 □龙头骨干企业", (LEADER,)), ("√□创新型领军企业 □龙头骨干企业", (LEADER,)), ("□创新型领军企业 √□龙头骨干企业 □其它", (DRAGON,)),
    ("□创新型领军企业√ □龙头骨干企业", (LEADER,)), ("□创新型领军企业 □龙头骨干企业√", (DRAGON,)), ("□创新型领军企业（√） □龙头骨干企业", (LEADER,)),
    # Either one could be meant: both, so that B09 asks.
    ("□创新型领军企业√□龙头骨干企业", (LEADER, DRAGON)), ("创新型领军企业√龙头骨干企业 其它", (LEADER, DRAGON)),
    ("创新型领军企业 √ 龙头骨干企业 其它", (LEADER, DRAGON)), ("创新型领军企业□龙头骨干企业√其它", (DRAGON, OTHER)),
    # Marks behind labels.
    ("创新型领军企业 □ 龙头骨干企业 ☑ 其它 □", (DRAGON,)), ("创新型领军企业□龙头骨干企业☑其它□", (DRAGON,)),
    ("创新型领军企业□√ 龙头骨干企业□", (LEADER,)),
    ("创新型领军企业（√） 龙头骨干企业（ ） 其它（ ）", (LEADER,)), ("创新型领军企业（  ） 龙头骨干企业（√） 其它（  ）", (DRAGON,)),
    # A lone tick while the others have no box.
    ("创新型领军企业√ 龙头骨干企业 其它", (LEADER,)), ("创新型领军企业 √龙头骨干企业 其它", (DRAGON,)), ("√创新型领军企业 龙头骨干企业 其它", (LEADER,)),
    ("创新型领军企业、龙头骨干企业√、其它", (DRAGON,)), ("创新型领军企业√", (LEADER,)),
    # Brackets.
    ("[√]创新型领军企业 [ ]龙头骨干企业", (LEADER,)), ("【√】创新型领军企业 【 】龙头骨干企业", (LEADER,)),
    ("[x] 创新型领军企业 [ ] 龙头骨干企业", (LEADER,)),
    ("( )创新型领军企业 (√)龙头骨干企业", (DRAGON,)), ("（）创新型领军企业 （√）龙头骨干企业", (DRAGON,)),
    # A cross beside ticks is a no, alone it is a yes.
    ("√创新型领军企业 ×龙头骨干企业", (LEADER,)), ("□创新型领军企业 ✗龙头骨干企业", (DRAGON,)),
    # Kanji that look like a box, and those that are words.
    ("口创新型领军企业 ☑龙头骨干企业 口其它", (DRAGON,)), ("创新型领军企业口 龙头骨干企业√ 其它口", (DRAGON,)), ("口创新型领军企业 口龙头骨干企业", ()),
    # Wingdings runs; a plain letter is no mark.
    ("\uf0fe创新型领军企业 \uf0a8龙头骨干企业", (LEADER,)), ("\uf052创新型领军企业 \uf0a3龙头骨干企业", (LEADER,)),
    ("\uf06f创新型领军企业 \uf0fc龙头骨干企业", (DRAGON,)),
    ("R创新型领军企业 □龙头骨干企业", ()), ("o创新型领军企业 ☑龙头骨干企业", (DRAGON,)),
    # An option nobody knows keeps its mark to itself.
    ("☑新型研发机构 □其它", ()), ("☑非龙头骨干企业 □其它", ()), ("□创新型领军企业 ☑新型研发机构 □其它", ()),
    # A drop-down's answer.
    ("龙头骨干企业", (DRAGON,)), ("行业龙头企业", (DRAGON,)), ("其他", (OTHER,)), ("非龙头骨干企业", ()), ("创新型领军企业、龙头骨干企业", ()),
    ("", ()), ("无", ()),
)
CELLS = (
    (["□创新型领军企业", "☑龙头骨干企业", "□其它"], (DRAGON,)), (["创新型领军企业□", "龙头骨干企业☑", "其它□"], (DRAGON,)),
    (["□", "创新型领军企业", "√", "龙头骨干企业"], (DRAGON,)), (["创新型领军企业", "□", "龙头骨干企业", "√"], (DRAGON,)),
    # Empty cells where the box would be.
    (["", "创新型领军企业", "√", "龙头骨干企业", "", "其它"], (DRAGON,)),
    (["创新型领军企业", "√", "龙头骨干企业", "", "其它", ""], (LEADER,)),
    (["", "创新型领军企业□ 龙头骨干企业☑"], (DRAGON,)), (["□创新型领军企业 ☑龙头骨干企业", "", None], (DRAGON,)),
    (["TRUE", "创新型领军企业", "FALSE", "龙头骨干企业"], (LEADER,)), (["创新型领军企业", "FALSE", "龙头骨干企业", "TRUE"], (DRAGON,)),
    (["是", "创新型领军企业", "否", "龙头骨干企业"], (LEADER,)), (["创新型领军企业", "0", "龙头骨干企业", "1"], (DRAGON,)),
    # A list of numbers is no list of ticks.
    (["1", "创新型领军企业", "2", "龙头骨干企业"], ()), (["龙头骨干企业", "", ""], (DRAGON,)), ([], ()), (["√"], ()),
    (["TRUE"], ()),
)
EXPLAINED = (
    (["☑其它：产业研究院"], "产业研究院"), (["□创新型领军企业 ☑其它：产业研究院"], "产业研究院"), (["☑其它（院士工作站） □创新型领军企业"], "院士工作站"),
    (["☑其它（请注明：产业研究院）"], "产业研究院"), (["☑其它 产业研究院"], "产业研究院"), (["☑其他:产业研究院 "], "产业研究院"),
    (["☑其它__产业研究院__"], "产业研究院"),
    (["☑其它", "产业研究院"], "产业研究院"), (["☑其它：甲研究院（筹）"], "甲研究院（筹）"), (["☑其它类型：产业联盟"], "产业联盟"),
    (["☑其它：进出口公司"], "进出口公司"),
    (["创新型领军企业□ 其它☑：产业研究院"], "产业研究院"), (["□创新型领军企业 □其它☑：产业研究院"], "产业研究院"), (["其它：产业研究院"], "产业研究院"),
    (["☑其它____"], ""), (["☑其它（    ）"], ""), (["☑其它：/"], ""), (["☑其它：无"], ""), (["☑ 其它 （ 请注明 ）"], ""),
    (["☑其它"], ""), (["√其它 创新型领军企业"], ""),
)


@pytest.mark.parametrize(("text", "ticked"), ONE_CELL)
def test_read_options__one_merged_cell(text, ticked):
    assert read_options([text], OPTIONS).ticked == ticked


@pytest.mark.parametrize(("texts", "ticked"), CELLS)
def test_read_options__cells_apart(texts, ticked):
    assert read_options(texts, OPTIONS).ticked == ticked


@pytest.mark.parametrize(("texts", "words"), EXPLAINED)
def test_read_options__other_explained(texts, words):
    ticks = read_options(texts, OPTIONS)
    assert (ticks.ticked, ticks.explained) == ((OTHER,), words)


def test_read_options__seen_lists_every_option_found():
    assert read_options(["□其它 □领军企业"], OPTIONS) == Ticks((), "", (OTHER, LEADER))


@pytest.mark.parametrize("mark", sorted(CHECKED))
def test_read_options__every_checked_mark(mark):
    assert read_options([f"□{LEADER} {mark}{DRAGON}"], OPTIONS).ticked == (DRAGON,)


@pytest.mark.parametrize("mark", sorted(UNCHECKED))
def test_read_options__every_unchecked_mark(mark):
    assert read_options([f"{mark}{LEADER} ☑{DRAGON} {mark}{OTHER}"], OPTIONS).ticked == (DRAGON,)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("gap", ["", " ", "　", "\n"])
@pytest.mark.parametrize("between", ["", " ", "　　", "\n", "；"])
@pytest.mark.parametrize("before", [True, False])
def test_read_options__one_tick_of_five(place, gap, between, before):
    boxes = ["√" if at == place else "□" for at in range(5)]
    parts = [f"{box}{gap}{label}" if before else f"{label}{gap}{box}" for box, label in zip(boxes, OPTIONS)]
    assert read_options([between.join(parts)], OPTIONS).ticked == (list(OPTIONS)[place],)


def test_constants__no_character_is_both():
    assert not CHECKED & UNCHECKED
    assert "口" not in CHECKED | UNCHECKED
