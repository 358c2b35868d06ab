"""What is found for a whole column at once is what the readers find cell by cell, whatever stands in it."""

from __future__ import annotations

import re
from functools import cache

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.read.packed import Run
from pipeline.validate import _cells, _plain, _values
from pipeline.written import raw_of
from schemas import uscc
from schemas.column import NOTE, Column
from schemas.form_2023 import FORM, across, names
from schemas.kind import LONG_TEXT, TEXT
from schemas.kinds import text
from tests.season import code

_WORDS = ("南京", "某某", "半导体", "科技", "有限公司", "有限责任公司", "股份", "集团", "研究院", "研究所", "大学", "学院", "医院", "分公司", "办事处",
          "实验室", "技术部", "系", "投资", "服务", "中科院", "解放军", "部队", "香港", "美国", "中国", "江苏", "牛津大学", "境外", "某", "厂", "一",
          "无", "不详", "请填写", "万元", "单位", "年", "月", "日", "限", "字以内", "内", "右", "略", "目前", "待")
_ODD = ("（", "）", "(", ")", "、", "，", "。", "；", "：", " ", "\n", "\u3000", "\u200b", "\ufeff", "Ⅱ", "㈱", "⼀", "㊀",
        "一", "①", "_",
        "…", "—", "-", "/", "“", "”", "·", "A", "Ltd", "9", "500", "０", "\x1f", "한", "シ", "𠀀", "〇", "々", "\x00", "́")
_TEXTS = st.lists(st.sampled_from([*_WORDS, *_ODD]) | st.characters(codec="utf-8"), max_size=7).map("".join)
_NAMES = st.lists(st.sampled_from(_WORDS), max_size=5).map("".join) | _TEXTS
_CODES = st.sampled_from([None, "", code(1), code(2, "12", "320000"), code(3, "52"), code(4, "11", "110000"),
                          code(5, "93"),
                          code(6, "Y1", "320594"), code(7, "91", "000000"), code(8, "54", "320602")])
_NOTES = st.sampled_from(["", "inner", "complement", "length", "blank", "foreign", "error"])
_COLUMNS = [column for block in FORM.blocks for column in block.columns.values() if column.kind in (TEXT, LONG_TEXT)]


def cells(column: Column, texts: list[str], stored: list[str]) -> pl.DataFrame:
    return pl.DataFrame({column.field: texts, column.field + "__stored": stored, column.field + "__unit": ""},
                        schema_overrides={column.field: pl.String})


def at_once(column: Column, raw: pl.DataFrame) -> list[pl.Series]:
    """A column read at once, and only what is not plain cell by cell."""
    return _cells(column, raw, _plain([column], raw)[column.field])


@cache
def telling() -> list[str]:
    """Every hint of the form and what is much like it."""
    hints = [hint for column in _COLUMNS if (hint := column.hint)]
    return [*hints, *(hint[:-1] for hint in hints), *(f"（{hint}）" for hint in hints), *(f"{hint}。" for hint in hints),
            *(f"1.{hint}" for hint in hints), *(f"我们的{hint}" for hint in hints), *_WORDS, *_ODD, ""]


@pytest.mark.parametrize("column", _COLUMNS, ids=lambda column: column.field)
def test_texts__as_each_by_itself(column) -> None:
    texts = [*telling(), *telling()]
    stored = ["text"] * len(telling()) + [("number", "error", "formula", "absent", "date")[place % 5]
                                          for place in range(len(telling()))]
    raw = cells(column, texts, stored)
    assert [one.to_list() for one in at_once(column, raw)] == [one.to_list() for one in _values(column, raw)]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(_TEXTS, st.sampled_from(["text", "text", "number", "error", "absent"])), max_size=8))
def test_any_texts__as_each_by_itself(given_) -> None:
    for column in (_COLUMNS[0], *(one for one in _COLUMNS if one.hint)):
        raw = cells(column, [text for text, _ in given_], [stored for _, stored in given_])
        assert [one.to_list() for one in at_once(column, raw)] == [one.to_list() for one in _values(column, raw)]
        assert [one.name for one in at_once(column, raw)] == [one.name for one in _values(column, raw)]


_NUMBERS = st.from_regex(r"[0-9]{0,11}(\.[0-9]{0,8})?[人万元%]?", fullmatch=True) | st.sampled_from(
    ["", "0", "00", "007", "1.", ".5", "1,200", "１２", "1e3", "-5", "约5", "无", "/", "500\n", " 5", "999999999.999999"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_NUMBERS, st.sampled_from(["text", "number", "date", "bool", "error", "absent"]),
                          st.sampled_from(["", "", "万元", "元"])), max_size=10))
def test_any_numbers__as_each_by_itself(rows) -> None:
    for name in ("revenue_wan", "staff_count"):
        (column,) = (one for block in FORM.blocks for one in block.columns.values() if one.field == name)
        raw = cells(column, [row[0] for row in rows], [row[1] for row in rows]).with_columns(
            pl.Series(f"{name}__unit", [row[2] for row in rows], dtype=pl.String))
        assert [(one.name, one.dtype, one.to_list()) for one in at_once(column, raw)] == [
            (one.name, one.dtype, one.to_list()) for one in _values(column, raw)]


def test_texts__mostly_need_no_look(monkeypatch) -> None:
    looked = []
    monkeypatch.setattr("pipeline.validate._read", lambda column, text, *rest: looked.append(text) or ("", "", ""))
    raw = cells(_COLUMNS[0], ["江苏省某某创新联合体", "江苏省某某创新联合体（筹）", "省电力装备创新联合体"], ["text"] * 3)
    at_once(_COLUMNS[0], raw)
    assert looked == ["江苏省某某创新联合体（筹）"]


@given(_TEXTS)
def test_patterns_for_columns__promise_what_they_say(typed) -> None:
    (sure, plain, ideographs), = pl.DataFrame({"text": [typed]}).select(
        pl.col("text").str.contains(pattern).alias(name) for name, pattern in (
            ("a", text.SURE_BEGINNING_AND_END), ("b", text.PLAIN), ("c", text.IDEOGRAPHS))).rows()
    assert not sure or (text.is_content(typed) and text.trim(typed) == typed)
    assert not plain or sure
    assert ideographs is (re.fullmatch("[\u4e00-\u9fff]+", typed) is not None)


def _abroad(name: str | None, given_: str | None) -> bool:
    said = re.search(r"境外|国外|海外|香港|澳门|台湾|涉密|不公开|军队", given_ or "")
    return bool(said) or bool(name and uscc.is_foreign_name(name))


def _one_by_one(name: str | None, note: str, number: str | None, fault: str, raw: str | None) -> tuple:
    return (across._key(name, note), across._suspect_key(name, note), names.doubt(name) if not note else "",
            *across._faced(name, number, fault), *across._coded(number, fault), _abroad(name, raw))


_ROWS = st.tuples(st.none() | _NAMES, st.sampled_from(["", "", "", "void", "blank"]), _CODES, _NOTES,
                  st.sampled_from([None, "", "境外（德国）", "无", "91"]))


@settings(max_examples=150, deadline=None)
@given(st.lists(_ROWS, min_size=1, max_size=12))
@example([("", "", None, "", None), (None, "blank", None, "blank", None), ("南京某某半导体有限责任公司", "", code(1), "", "")])
def test_what_names_and_codes_tell__as_of_each_member_by_itself(rows) -> None:
    members = pl.DataFrame(rows, orient="row", schema={
        "name": pl.String, "name" + NOTE: pl.String, "uscc": pl.String, "uscc" + NOTE: pl.String,
        "uscc__raw": pl.String})
    found = across._member_facts(members).with_columns(pl.col("plausible_kinds").list.join("、"))
    assert found.select("name_key", "suspect_key", "name_doubt", "is_enterprise", "kind", "plausible_kinds",
                        "unusual_prefix",
                        "division_status", "division_name", "abroad").rows() == [_one_by_one(*row) for row in rows]
    assert found["index"].to_list() == list(range(len(rows)))


_FIELDS = st.lists(st.sampled_from(["name", "level", "industry", "established", "stray"]), unique=True, max_size=4)


@st.composite
def _runs(draw) -> Run:
    fields, number = draw(_FIELDS), draw(st.integers(0, 3))
    size = len(fields) * number
    parts = [draw(st.sampled_from(["text", "", "万元"])
                  | st.lists(st.text("甲乙1", max_size=2), min_size=size, max_size=size))
             for _ in range(4)]
    return Run(fields, number, parts if fields else [])


@given(st.lists(st.lists(_runs(), max_size=3), max_size=4))
def test_rows_as_written__each_value_in_its_place(forms) -> None:
    """Forms with fields of their own, in any order, between others."""
    block = FORM.block("platforms")
    rows = []
    for place, runs in enumerate(forms):
        seq = 0
        for run in runs:
            for row in range(run.number):
                seq += 1
                values = [part if isinstance(part, str) else None for part in run.parts]
                rows.append((place, seq, *(
                    value for name in block.columns for value in (
                        ("", "", "absent", "") if name not in run.fields else [
                            word if word is not None else part[row * len(run.fields) + run.fields.index(name)]
                            for word, part in zip(values, run.parts, strict=True)]))))
    found = raw_of(block, [{"platforms": runs} for runs in forms])
    assert found.rows() == rows
    assert found.columns[:6] == ["submission", "seq", *(f"{next(iter(block.columns))}{part}" for part in (
        "", "__at", "__stored", "__unit"))]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.none() | _NAMES), max_size=8),
       st.lists(st.tuples(st.integers(0, 2), st.none() | _NAMES, st.sampled_from(["", "", "void", "error"])),
                max_size=5), st.data())
def test_hosts__each_looked_for_among_the_units_of_its_form(members, hosts, data) -> None:
    some = data.draw(st.lists(st.sampled_from(members), max_size=3)) if members else []
    hosts = [*hosts, *((form, f"{name}（牵头单位）" if number % 2 else name, "") for number, (form, name) in enumerate(some))]
    units: dict[int, list[tuple[str, str]]] = {}
    for form, name in members:
        if name:
            units.setdefault(form, []).append((text.fold_name(name), text.fold_suffix(name)))
    leads = pl.DataFrame({"submission": [0, 1, 2], "lead_unit": [None] * 3, "received": [None] * 3},
                         schema={"submission": pl.Int64, "lead_unit": pl.String, "received": pl.Date})
    named = pl.DataFrame(members, orient="row", schema={"submission": pl.Int64, "name": pl.String})
    frame = pl.DataFrame([(form, seq, "平台", "", name, note) for seq, (form, name, note) in enumerate(hosts)],
                         orient="row",
                         schema={"submission": pl.Int64, "seq": pl.Int64, "name": pl.String, "name" + NOTE: pl.String,
                                 "host_unit": pl.String, "host_unit" + NOTE: pl.String})
    found = across._hosts(frame, "host_unit", across._units(leads, named), leads)
    assert found.select("submission", "seq", "stranger", "strangers").rows() == [
        (form, seq, *(names.strangers(name, units.get(form, ())) if name and not note else (None, None)))
        for seq, (form, name, note) in enumerate(hosts)]
