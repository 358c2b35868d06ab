"""`pipeline.read.packed`: a reading and back, and what becomes of damaged bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from pipeline.read.packed import EDITION, pack, unpack
from pipeline.read.record import FormReading, Opened, Spotted, Value

FULL = Opened(
    forms=(FormReading(
        "推荐表",
        {"consortium": [{"name": Value("示例联合体", "C3"), "lead_type": Value("☑高校\x1f□企业", "C5,D5", "bool")}],
         "members": [{"name": Value("甲公司", "B9"), "revenue_wan": Value("12.5", "D9", "number", "万元")},
                     {"name": Value("乙大学", "B10"), "revenue_wan": Value("", "D10", "text", "万元")},
                     {"revenue_wan": Value("3", "附表!D4", "number"), "name": Value("丙所", "附表!B4")}, {}],
         "platforms": []},
        [Spotted("F12_EXAMPLE", "推荐表", "B8", (("place", "8"), ("text", "例")), "members", "name", "例")],
        {"blank": 3, "total": 1}), FormReading("另一张")),
    spotted=(Spotted("F10"), Spotted("F05", "推荐表", "", (("diff", "没有找到“平台”"),))),
    remarks=(("W-1", "M20 第 3 行", "已核对\n无误"),), entries=(("甲", "乙", ""), ("丙",)))


@pytest.mark.parametrize("opened", [Opened(), Opened(blank=True), FULL, Opened((FormReading("\ud800"),))],
                         ids=["nothing", "blank", "full", "a lone surrogate"])
def test_unpack__gives_back_what_was_packed(opened: Opened) -> None:
    found = unpack(pack(opened))
    assert found == opened
    assert repr(found) == repr(opened)


def test_unpack__keeps_the_order_of_blocks_and_fields() -> None:
    blocks = unpack(pack(FULL)).forms[0].blocks
    assert list(blocks) == ["consortium", "members", "platforms"]
    assert [list(row) for row in blocks["members"]] == [["name", "revenue_wan"]] * 2 + [["revenue_wan", "name"], []]


VALUES = st.builds(Value, *[st.text(max_size=3)] * 4)
ROWS = st.lists(st.dictionaries(st.sampled_from("abc"), VALUES), max_size=5)


@given(st.dictionaries(st.text(max_size=2), ROWS, max_size=3))
def test_unpack__gives_back_any_table(blocks: dict) -> None:
    opened = Opened((FormReading("表", blocks),))
    assert repr(unpack(pack(opened))) == repr(opened)


def damaged() -> dict[str, bytes]:
    whole = pack(FULL)
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    return {"empty": b"", "head only": whole[:5], "cut off": whole[:-1], "longer": whole + b" ",
            "one bit": bytes(changed), "another edition": bytes([EDITION + 1]) + whole[1:],
            "foreign": b"PK\x03\x04" * 9}


@pytest.mark.parametrize("data", damaged().values(), ids=damaged())
def test_unpack__refuses_damaged_bytes(data: bytes) -> None:
    with pytest.raises(ValueError, match="^no packed reading of this edition$"):
        unpack(data)
