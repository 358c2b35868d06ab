"""What is held while the register is written and its tables are made ready: of the long tables one sheet's, no more."""

from __future__ import annotations

import weakref
from collections import ChainMap

import polars as pl
import register_tables
from pipeline import job, shelf
from pipeline.conflicts import gathering
from pipeline.publish.register import workbook
from pipeline.shelf import Shelf
from tests.drawn import form, other
from tests.received import file, register_of


def test_listed_tables__gone_before_those_of_the_next_sheet(tmp_path, monkeypatch) -> None:
    held, alive = {}, {}

    class Frames(dict):
        """Tables that are another frame at each asking, as on a shelf."""

        def __getitem__(self, name: str) -> pl.DataFrame:
            alive.setdefault(name, [one for one, still in held.items() if still() is not None])
            return super().__getitem__(name).clone()

    def write(book, name: str, tables: ChainMap) -> None:
        held.update((one, weakref.ref(frame)) for one, frame in tables.maps[0].items())
        book.sheet(name, [10])

    monkeypatch.setattr(workbook, "SHEETS", dict.fromkeys(workbook.SHEETS, write))
    workbook.write_aside(Frames(register_tables.frames({})), tmp_path / "a.xlsx", {})
    assert {"organisations", "sources", "members", "platforms", "projects"} <= held.keys()
    assert [alive[name] for name in ("organisations", "members", "platforms", "projects")] == [[]] * 4


def test_tables_made_ready__ordered_and_masked_where_they_lie() -> None:
    built = Shelf(register_tables.frames({"members": [
        dict(submission_id="B2", seq=1, city="苏州市", name="甲"), dict(submission_id="B1", seq=1, city="南京市", name="乙")]}).items())
    job._make_shown("members", built)
    assert built["members"]["name"].to_list() == ["乙", "甲"]


def test_conflicts__the_same_with_every_table_packed(monkeypatch) -> None:
    built = register_of(file("南京市/a.xlsx", form({"D16": "12320000466006762J"})), file("苏州市/b.xlsx", other()))
    plain = gathering.conflicts(built)
    monkeypatch.setattr(shelf, "LONG", 0)
    assert gathering.conflicts(built) == plain
    assert len(plain) == 1
