"""`pipeline.shelf`: what lies packed is the same when it is asked for."""

from __future__ import annotations

from datetime import datetime

import polars as pl
import pytest

from pipeline import shelf
from pipeline.shelf import Shelf
from schemas.call import CHINA
from tests.drawn import form, other
from tests.received import file, register_of

STRANGE = pl.DataFrame({
    "text": ["", None, "a\0b", "=1+1", "𠀀" * 40],
    "few": pl.Series([None, "C14", "C14", "", "C15"], dtype=pl.Categorical),
    "amount": [0.1, None, float("nan"), -0.0, 1e300], "at": [datetime(2023, 9, 20, tzinfo=CHINA), None] * 2 + [None],
}, schema_overrides={"at": pl.Datetime("us", "Asia/Shanghai")})


@pytest.fixture
def long(monkeypatch) -> None:
    """Every table is long."""
    monkeypatch.setattr(shelf, "LONG", 0)


@pytest.mark.usefixtures("long")
def test_packed__the_same_table() -> None:
    for frame in (STRANGE, STRANGE.clear(), pl.concat([STRANGE, STRANGE[2:4]], rechunk=False)):
        lying = Shelf([("one", frame)])
        assert isinstance(lying._lying["one"], bytes)
        assert lying["one"].equals(frame)
        assert lying["one"].schema == frame.schema


def test_short_table__as_it_is() -> None:
    assert Shelf([("one", STRANGE)])["one"] is STRANGE


def test_emptying__nothing_is_left_behind() -> None:
    tables = {"one": STRANGE, "two": STRANGE.clear()}
    lying = Shelf.emptying(tables)
    assert (tables, list(lying), len(lying)) == ({}, ["one", "two"], 2)


@pytest.mark.usefixtures("long")
def test_laid_over__the_shelf_itself_stays() -> None:
    lying = Shelf([("one", STRANGE), ("two", STRANGE)])
    over = lying | {"two": STRANGE[:1], "three": STRANGE[:2]}
    assert [(name, frame.height) for name, frame in over.items()] == [("one", 5), ("two", 1), ("three", 2)]
    assert [frame.height for frame in lying.values()] == [5, 5]


def test_register__the_same_with_every_table_packed(monkeypatch) -> None:
    files = file("南京市/a.xlsx", form({"D16": "12320000466006762J"})), file("苏州市/b.xlsx", other())
    plain = register_of(*files)
    monkeypatch.setattr(shelf, "LONG", 0)
    packed = register_of(*files)
    assert list(plain) == list(packed)
    for name, frame in plain.items():
        assert packed[name].equals(frame), name
        assert packed[name].schema == frame.schema, name


@pytest.mark.usefixtures("long")
def test_some_columns__in_the_order_asked_for_wherever_the_table_lies() -> None:
    lying = Shelf([("one", STRANGE)])
    expected = STRANGE.select("at", "text")
    for tables in (lying, Shelf.of({"one": STRANGE}), lying.under({"two": STRANGE}), lying.under({"one": STRANGE})):
        assert tables.columns("one", ("at", "text")).equals(expected)


@pytest.mark.usefixtures("long")
def test_shelf_of_tables__holds_them_as_they_are_and_of_a_shelf_is_itself() -> None:
    lying = Shelf([("one", STRANGE)])
    assert Shelf.of(lying) is lying
    assert Shelf.of({"one": STRANGE})["one"] is STRANGE


@pytest.mark.usefixtures("long")
def test_shelf_under_tables__shows_them_as_they_are_and_stays_itself() -> None:
    lying = Shelf([("one", STRANGE), ("two", STRANGE)])
    under = lying.under({"two": STRANGE, "three": STRANGE})
    assert [under[name] is STRANGE for name in ("one", "two", "three")] == [False, True, True]
    assert under._lying["one"] is lying._lying["one"]
    assert list(lying) == ["one", "two"] and lying["two"] is not STRANGE
