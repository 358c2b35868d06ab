"""Rows that are packed as they come make the same workbook as those that are not; long tables are made in portions."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import register_tables
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from zlib_ng import zlib_ng

from pipeline.publish import packing, plan, register, rows, sheet, style
from pipeline.publish.links import URL
from pipeline.publish.plan import Printed
from pipeline.publish.register import sources
from pipeline.publish.sheet import Book, Column, Plan, write_plan
from tests.tiny_register import tiny

COLUMNS = (Column("name", "名称"), Column("place", "来源", "link"))
FRAME = pl.DataFrame({
    "name": [f"单位{number}" for number in range(50)], "place": ["甲"] * 50,
    "place" + URL: [f"external:../南京市/退改/{number % 2}.xlsx#'表'!A{number + 1}" for number in range(50)]})


def parts(path: Path) -> dict[str, bytes]:
    """What is in a package, found undamaged."""
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def written(target: Path, *frames: pl.DataFrame) -> Path:
    with style.workbook(target, "表") as workbook:
        for number, frame in enumerate(frames, 1):
            write_plan(Book(workbook), Plan(f"表{number}", "表", COLUMNS, frame, signature="填表人："))
    return target


@pytest.mark.parametrize("large", [0, 50_000])
def test_packed_rows__are_the_xml_of_others(tmp_path, monkeypatch, large) -> None:
    monkeypatch.setattr(sheet, "LARGE", large)
    monkeypatch.setattr(rows, "FEW", 0)
    monkeypatch.setattr(plan, "ROWS_AT_ONCE", 20)
    plain = written(tmp_path / "a.xlsx", FRAME, FRAME.head(0), FRAME.head(30))
    monkeypatch.setattr(rows, "_IN_MEMORY", 0)
    packed = written(tmp_path / "b.xlsx", FRAME, FRAME.head(0), FRAME.head(30))
    assert parts(packed) == parts(plain)
    assert packed.read_bytes() != plain.read_bytes()
    assert written(tmp_path / "c.xlsx", FRAME, FRAME.head(0), FRAME.head(30)).read_bytes() == packed.read_bytes()


TEXTS = ("单位", "", "甲 ", " 甲", "甲\n", "\u3000甲", "甲\u00a0", "甲\n乙", "a&b<c>\"d'", "_x000D_", "_x甲",
         "\x01\t\x1f\x7f\x85", "\ufffe\uffff", "<r>甲</r>", "<r><t>甲</t></r>", "\U00020000", "单位")


def entries(path: Path) -> list[tuple[Any, ...]]:
    """All that is said of the entries of a package, in their order, but for how they are packed."""
    with zipfile.ZipFile(path) as package:
        return [(entry.filename, entry.date_time, entry.external_attr, entry.compress_type, entry.flag_bits, entry.CRC,
                 entry.file_size, entry.extra, entry.comment) for entry in package.infolist()]


def test_workbook__is_that_of_xlsxwriter(tmp_path) -> None:
    for name, kind in (("a.xlsx", xlsxwriter.Workbook), ("b.xlsx", packing.Workbook)):
        with kind(str(tmp_path / name), {"strings_to_formulas": False}) as workbook:
            workbook.set_properties({"created": datetime(2023, 8, 1)})
            for column in (0, 1):
                added = workbook.add_worksheet()
                for row, text in enumerate(TEXTS):
                    added.write_string(row, column, text)
    assert parts(tmp_path / "b.xlsx")["xl/sharedStrings.xml"].count(b"<si>") == len(set(TEXTS))
    assert entries(tmp_path / "b.xlsx") == entries(tmp_path / "a.xlsx")
    assert parts(tmp_path / "b.xlsx") == parts(tmp_path / "a.xlsx")


def test_links_to_one_file__share_a_relationship(tmp_path) -> None:
    target = written(tmp_path / "a.xlsx", FRAME)
    assert parts(target)["xl/worksheets/_rels/sheet1.xml.rels"].count(b"<Relationship ") == 2
    found = openpyxl.load_workbook(target)["表1"]
    links = [cell.hyperlink for row in found.iter_rows(4, 53) for cell in row if cell.hyperlink]
    assert [(link.target, link.location) for link in links] == [
        (f"..\\南京市\\退改\\{number % 2}.xlsx", f"'表'!A{number + 1}") for number in range(50)]


def test_sheet_that_cannot_be_written__leaves_nothing_open(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(rows, "_IN_MEMORY", 0)
    monkeypatch.setattr(rows, "FEW", 0)
    workbook = style.workbook(tmp_path / "没有" / "a.xlsx", "表")
    write_plan(Book(workbook), Plan("表", "表", COLUMNS, FRAME))
    (found,) = workbook.worksheets()
    with pytest.raises(FileCreateError):
        workbook.close()
    assert found._packed.closed and found._beside._shutdown


@pytest.mark.parametrize("sizes", [(0,), (1, 1), (3, 0, 5), (1000, 70_000, 1, 12_345), (1 << 20, 1 << 20)])
def test_pieces_of_an_entry__are_read_as_one(tmp_path, sizes) -> None:
    data = [bytes(number * 7 % 251 for number in range(place, place + size)) for place, size in enumerate(sizes)]
    own = io.BytesIO()
    ends = [zlib_ng.Z_SYNC_FLUSH] * (len(data) - 1) + [zlib_ng.Z_FINISH]
    with packing._Archive(tmp_path / "a.zip", "w") as archive:
        archive.add("a", [packing.packed(part, own, end) for part, end in zip(data, ends, strict=True)])
    assert parts(tmp_path / "a.zip") == {"a": b"".join(data)}


def test_sheet_past_four_gigabytes__is_written_in_the_longer_form() -> None:
    piece, target, size = packing.packed(b"<row/>", io.BytesIO()), io.BytesIO(), 5 << 30
    with packing._Archive(target, "w") as archive:
        archive.add("xl/worksheets/sheet1.xml", [piece._replace(size=size)])
    (found,) = zipfile.ZipFile(target).infolist()
    assert (found.file_size, found.compress_size, found.extract_version) == (size, piece.packed, 45)


def test_table__is_made_again_only_where_it_is_too_long_to_keep(monkeypatch) -> None:
    monkeypatch.setattr(plan, "ROWS_AT_ONCE", 20)
    asked = []

    def fill(some: pl.DataFrame) -> pl.DataFrame:
        asked.append(some.height)
        return some

    for kept, made in ((50, [20, 20, 10]), (49, [20, 20, 10] * 2)):
        monkeypatch.setattr(plan, "KEPT", kept)
        asked.clear()
        printed = Printed(COLUMNS, FRAME, fill)
        assert pl.concat(printed).equals(pl.concat(printed)) and pl.concat(printed).height == 50
        assert asked[:len(made)] == made and (kept == 50) == (asked == made)


@pytest.mark.parametrize("built", [tiny, register_tables.build], ids=["tiny", "built"])
def test_register__in_portions_reads_as_at_once(tmp_path, monkeypatch, built) -> None:
    folder = tmp_path / "省级"
    folder.mkdir()
    tables = built()
    for city, file in tables["submissions"].select("city", "file").drop_nulls().unique().rows():
        (tmp_path / city / "退改").mkdir(parents=True, exist_ok=True)
        (tmp_path / city / "退改" / Path(file).name).write_bytes(b"")
    register.write(tables, folder / "whole.xlsx")
    for module in (plan, sources):
        monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(plan, "KEPT", 0)
    register.write(tables, folder / "portions.xlsx")
    assert read(folder / "portions.xlsx") == read(folder / "whole.xlsx")


def read(path: Path) -> list[list]:
    """Sheet by sheet what cells say and where they lead."""
    return [[(cell.value, cell.hyperlink and (cell.hyperlink.target, cell.hyperlink.location))
             for row in shown.iter_rows() for cell in row] for shown in openpyxl.load_workbook(path)]
