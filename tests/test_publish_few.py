"""Few rows in plain Python and many in bulk have the same bytes; what is told of all cities is what is told of one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.publish import celltext, links, measures, pages, problems, recommendation, rows, style
from pipeline.publish.order import numbered, ordered
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from schemas import call
from tests import register_tables

COLUMNS = (
    Column("place", "来源", "link"), Column("name", "名称", "text", 6, 24), Column("long", "内容", "text", 6, 12),
    Column("number", "个数", "count"), Column("sum", "金额", "money"), Column("empty", "说明", "entry"))
TEXTS = ["", None, "一行", " 前后有空 \n第二行", "a\tb\r\nc\u2028d", "\u202e反\x07", "<r>甲</r>", "<r>甲</r>\n", "&<>_x0041_",
         "长" * 33_000, "é" * 200, "甲" * 29, "x" * 5_000 + "\n" * 40]
FRAME = pl.DataFrame({
    "place": ["甲", "乙", None, "丙"] * 13,
    "place" + links.URL: ["external:../甲市/退改/表.xlsx#'表'!A1", None, None, "external:../乙市/退改/表.xlsx"] * 13,
    "name": [text and text[:60] for text in TEXTS] * 4, "long": TEXTS * 4, "number": [3, None, -12_345, 0] * 13,
    "sum": [0.1, 12_345_678.9, float("nan"), float("inf"), None, 6000.0, 1e-7, 1e17, -0.0, 2.5, 3.0, 1 / 3, 1e22] * 4,
    "empty": pl.Series([None] * 52, dtype=pl.String)})


def few(monkeypatch, number: int) -> None:
    """Up to so many rows are written in plain Python."""
    for module in (celltext, rows, measures):
        monkeypatch.setattr(module, "FEW", number)


def book(target: Path, frame: pl.DataFrame) -> bytes:
    """A workbook with the table, and with the table without its links."""
    with style.workbook(target, "表") as workbook:
        written = Book(workbook)
        write_plan(written, Plan("一", "表", COLUMNS, frame, signature="填表人："))
        write_plan(written, Plan("二", "表", COLUMNS[1:], frame))
    return target.read_bytes()


@pytest.mark.parametrize("height", [0, 1, 2, 11, 52])
def test_few_rows__have_the_bytes_of_many(tmp_path, monkeypatch, height) -> None:
    few(monkeypatch, 0)
    in_bulk = book(tmp_path / "a.xlsx", FRAME.head(height))
    few(monkeypatch, 100)
    assert book(tmp_path / "b.xlsx", FRAME.head(height)) == in_bulk


def test_texts_without_a_line_end__are_measured_as_one_that_is_broken_would_be(monkeypatch) -> None:
    few(monkeypatch, 0)
    columns = [Column("text", "内容", "text", 6, 12)]
    plain = pl.DataFrame({"text": ["短", None, "甲" * 8, "甲" * 29, "word " * 30, "x" * 2_000]})
    broken = pl.concat([plain, pl.DataFrame({"text": ["一\n二"]})])
    assert measures.heights(columns, plain, [12.0]).to_list() == [20.5, 20.5, 36.0, 98.0, 237.5, 409.0]
    assert measures.heights(columns, broken, [12.0]).to_list() == [20.5, 20.5, 36.0, 98.0, 237.5, 409.0, 36.0]


@pytest.mark.parametrize("texts", [TEXTS, ["甲", "乙"], ["", None], [None]])
def test_presentable__is_one_for_few_and_many(monkeypatch, texts) -> None:
    frame = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String), "sum": FRAME["sum"].head(len(texts))})
    few(monkeypatch, 0)
    many = celltext.presentable(frame)
    few(monkeypatch, 100)
    assert_frame_equal(celltext.presentable(frame), many)
    assert [text for text in many["text"] if text is not None] == [celltext.shown(text) for text in texts if text]


def test_all_cities_at_once__have_the_bytes_of_each_alone(tmp_path) -> None:
    tables, now = register_tables.build(15), datetime(2023, 9, 22, 8, tzinfo=call.CHINA)
    told = problems.told(tables)
    known = pages.receipt.known(tables, told)
    recommended = problems.by_city(recommendation.of_all(ordered({"consortia": tables["consortia"]})))
    alone, together = tmp_path / "alone", tmp_path / "together"
    for city in ("南京市", "无锡市", "宿迁市"):
        mine = {name: frame.filter(pl.col("city") == city) if "city" in frame.columns else frame
                for name, frame in tables.items()}
        problems.write(mine, city, alone / city / "a")
        recommendation.write(mine, city, alone / city / "b")
        pages.receipt.write(mine, city, alone / city / "c", call.DEADLINE, now)
        problems.write(tables, city, together / city / "a", told[city])
        recommendation.write_listed(tables, city, together / city / "b", numbered(recommended(city)))
        pages.receipt.write(tables, city, together / city / "c", call.DEADLINE, now, {}, known[city])
    written = sorted(path.relative_to(alone) for path in alone.rglob("*") if path.is_file())
    assert len(written) == 9
    assert [(together / path).read_bytes() == (alone / path).read_bytes() for path in written] == [True] * 9
