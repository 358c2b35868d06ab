"""What is held while the register is written and its tables are made ready: of the long tables one sheet's, no more."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import polars as pl
import register_tables
from pipeline import job, shelf
from pipeline.conflicts import gathering
from pipeline.publish.register import workbook
from pipeline.shelf import Shelf
from schemas.register import polars_schema
from tests.drawn import form, other
from tests.received import file, register_of


def test_listed_tables__gone_before_those_of_the_next_sheet(tmp_path, monkeypatch) -> None:
    held, alive = {}, {}

    class Frames(Shelf):
        def columns(self, name: str, columns: Sequence[str]) -> pl.DataFrame:
            alive.setdefault(name, [one for one, still in held.items() if still() is not None])
            return super().columns(name, columns)

    def write(book, name: str, tables: Shelf) -> None:
        held.update((one, weakref.ref(tables[one])) for one in workbook.LISTED.get(name, ()))
        assert all(tables[one] is held[one]() for one in workbook.LISTED.get(name, ()))
        book.sheet(name, [10])

    monkeypatch.setattr(shelf, "LONG", 0)
    monkeypatch.setattr(workbook, "SHEETS", dict.fromkeys(workbook.SHEETS, write))
    workbook.write_aside(Frames(register_tables.frames({}).items()), tmp_path / "a.xlsx", {})
    assert {"organisations", "sources", "members", "platforms", "projects"} <= held.keys()
    assert [alive[name] for name in ("organisations", "members", "platforms", "projects")] == [[]] * 4


def test_tables_made_ready__ordered_and_masked_where_they_lie() -> None:
    built = Shelf(register_tables.frames({"members": [
        dict(submission_id="B2", seq=1, city="苏州市", name="甲"),
        dict(submission_id="B1", seq=1, city="南京市", name="乙")]}).items())
    job._make_shown("members", built)
    assert built["members"]["name"].to_list() == ["乙", "甲"]


def test_conflicts__the_same_with_every_table_packed(monkeypatch) -> None:
    built = register_of(file("南京市/a.xlsx", form({"D16": "12320000466006762J"})), file("苏州市/b.xlsx", other()))
    plain = gathering.conflicts(built)
    monkeypatch.setattr(shelf, "LONG", 0)
    assert gathering.conflicts(built) == plain
    assert len(plain) == 1


def test_listed_tables__have_the_columns_that_their_sheet_reads_and_no_others() -> None:
    read = {table: set(columns) for listed in workbook.LISTED.values() for table, columns in listed.items()}
    unread = {table: set(polars_schema(table)) - columns for table, columns in read.items()}
    assert unread == {
        "consortia": {"consortium_id", "governance"}, "organisations": set(),
        "sources": {"uscc", "name", "submission_id"},
        "members": {"consortium_id"}, "platforms": {"consortium_id"}, "projects": {"consortium_id"}}


def test_sources__are_put_in_order_by_a_column_that_is_not_held() -> None:
    places = [dict(org_id="91", submission_id=form, role="成员", cell="C14", file=file, city=city)
              for form, file, city in (
        ("B2", "甲.xlsx", None), ("B1", "乙.xlsx", None))]
    lying = Shelf.of(register_tables.frames({"sources": places}))
    listed = workbook._listed("成员单位名录", lying, lambda sources: sources.select("file"))
    assert listed["sources"]["file"].to_list() == ["乙.xlsx", "甲.xlsx"]
    assert "submission_id" not in listed["sources"].columns
    assert listed["answered"]["file"].to_list() == ["乙.xlsx", "甲.xlsx"]
