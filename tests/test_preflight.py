"""What is looked at before a reader opens a workbook: containers that lie, swell, circle; content that lies too far."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from random import Random

import pytest
from sketch import labels
from workbooks import ods, sheet_of, text_cell, xls, xls_text, xlsx, xlsx_parts, zipped

from pipeline.grid import open_workbook
from pipeline.opening import open_file, refused
from pipeline.preflight import cfb, package, parts
from pipeline.preflight.extent import Extent, too_far
from pipeline.signature import REASONS, Refused, kind_of

SHEET = sheet_of(text_cell("A1", "甲"))
PART = "xl/worksheets/sheet1.xml"


def entries(data: bytes) -> list[zipfile.ZipInfo]:
    return zipfile.ZipFile(io.BytesIO(data)).infolist()


def fault(data: bytes) -> str:
    return package.fault(data, entries(data))


def with_parts(*more: tuple[str, str | bytes]) -> bytes:
    """A workbook with these parts added, of whatever name."""
    target = io.BytesIO(xlsx(SHEET))
    with warnings.catch_warnings(), zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as added:
        # zipfile warns of a name that is there already; that is what is tried here.
        warnings.simplefilter("ignore")
        for name, content in more:
            added.writestr(name, content)
    return target.getvalue()


def declared(before: str, part: str = PART, encoding: str = "utf-8") -> bytes:
    parts = xlsx_parts(SHEET)
    return zipped(parts | {part: f"{before}{parts.get(part, '<x/>')}".encode(encoding)})


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'
PACKAGES = {
    "ordinary": (xlsx(SHEET), ""),
    "thousand parts": (with_parts(*((f"x/{n}.bin", b"") for n in range(993))), ""),
    "too many parts": (with_parts(*((f"x/{n}.bin", b"") for n in range(994))), "parts"),
    "part twice": (with_parts((PART, "<other/>")), "twice"),
    "part twice but for case": (with_parts(("XL/Worksheets/SHEET1.xml", "<other/>")), "twice"),
    "part twice but for slashes": (with_parts((PART.replace("/", "\\"), "<other/>")), "twice"),
    "bomb": (with_parts(("xl/media/image1.png", bytes(20 << 20))), "swells"),
    "large and packed well": (with_parts(("xl/media/image1.png", bytes(8 << 20))), ""),
    "declaration": (declared(DOCTYPE), "declares"),
    "declaration after a comment": (declared(f"<?xml version='1.0'?><!-- {'x' * 2000} -->{DOCTYPE}"), "declares"),
    "declaration in UTF-16": (declared(DOCTYPE, encoding="utf-16"), "declares"),
    "declaration in relationships": (declared(DOCTYPE, "xl/_rels/workbook.xml.rels"), "declares"),
    "declaration among macros of an .ods": (declared(DOCTYPE, "Basic/Standard/Module1.xml"), ""),
    "the word in a text": (xlsx(sheet_of(text_cell("A1", "&lt;!DOCTYPE x>"))), ""),
}


@pytest.mark.parametrize(("data", "expected"), PACKAGES.values(), ids=PACKAGES)
def test_package__fault(data: bytes, expected: str) -> None:
    assert fault(data) == expected
    if expected:
        with pytest.raises(Refused) as refusal:
            open_workbook(data)
        assert refusal.value.reason == expected
    else:
        assert [cell.text for cell in open_workbook(data).grids[0]][:1] != []


def test_package__bytes_that_belong_to_two_parts() -> None:
    data, found = xlsx(SHEET), entries(xlsx(SHEET))
    found[1].header_offset = found[0].header_offset
    assert package.fault(data, found) == "overlap"


def test_package__sizes_that_are_told_too_small_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LARGEST_TOTAL", 1 << 20)
    data = with_parts(("x.bin", bytes(2 << 20)))
    found = entries(data)
    found[-1].file_size = 1
    assert package.fault(data, found) == "swells"


def compound() -> bytes:
    return xls(xls_text(0, 0, "甲"))


def patched(at: int, form: str, *numbers: int) -> bytes:
    data = bytearray(compound())
    struct.pack_into(form, data, at, *numbers)
    return bytes(data)


def fat_place(data: bytes) -> int:
    """Where the first sector of the allocation table stands."""
    return (struct.unpack_from("<I", data, 76)[0] + 1) * 512


def directory(data: bytes) -> int:
    return struct.unpack_from("<I", data, 48)[0]


COMPOUNDS = {
    "ordinary": (compound(), ""),
    "no header": (b"PK" + compound()[2:], "header"),
    "odd sectors": (patched(30, "<H", 31), "header"),
    "tables larger than the file": (patched(44, "<I", 0x00FFFFFF), "counts"),
    "small tables larger than the file": (patched(64, "<I", 0x7FFFFFFF), "counts"),
    "directory beyond the end": (patched(48, "<I", 0x00FFFF), "sector"),
    "directory in a circle": (patched(fat_place(compound()) + 4 * directory(compound()), "<I", directory(compound())),
                              "circle"),
}


@pytest.mark.parametrize(("data", "expected"), COMPOUNDS.values(), ids=COMPOUNDS)
def test_cfb__fault(data: bytes, expected: str) -> None:
    assert cfb.fault(data) == expected


@pytest.mark.parametrize("name", ["tables larger than the file", "small tables larger than the file",
                                  "directory in a circle"])
def test_kind_of__compound_file_without_an_end_is_refused_before_any_reader(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        kind_of(COMPOUNDS[name][0])
    assert refusal.value.reason == "tables"


def cells(*places: str) -> bytes:
    inside = "".join(f'<c r="{place}"><v>1</v></c>' for place in places)
    return f"<sheetData><row>{inside}</row></sheetData>".encode()


EXTENTS = {
    "ordinary": (cells("A1", "ZZ999"), None),
    "last column": (cells("A1", "AMJ1"), None), "column after it": (cells("A1", "AMK1"), (0, 1024)),
    "last row": (cells("A1", "B200000"), None), "row after it": (cells("A1", "B200001"), (200_000, 1)),
    "box": (cells("A1", "Y200000"), None), "larger box": (cells("A1", "Z200000"), (199_999, 25)),
    "in lower case": (cells("A1", "xfd1"), (0, 16_383)),
    "box that does not begin at the corner": (cells("ALA190000", "AMJ200000"), None),
    "quoted otherwise": (cells("A1", "XFD9").replace(b'"', b"'"), (8, 16_383)),
    "prefixed": (cells("XFD9").replace(b"<c ", b"<x:c "), (8, 16_383)),
    "only a format": (b'<row r="1"><c r="XFD1" s="3"/><c r="XFD2" s="3"></c><c r="A1"><v>1</v></c></row>', None),
    "rows that are numbered": (b'<row r="200001"><c><v>1</v></c></row>', (200_000, 0)),
    "cells without a place": (b"<row>" + b"<c><v>1</v></c>" * 1_025 + b"</row>", (0, 1_024)),
    "many cells without a place": (b"<row>" + b"<c><v>1</v></c>" * 1_024 + b"</row>", None),
}


@pytest.mark.parametrize(("data", "expected"), EXTENTS.values(), ids=EXTENTS)
def test_extent__of_a_sheet(data: bytes, expected: tuple[int, int] | None) -> None:
    assert too_far(data) == expected


def test_extent__of_blocks() -> None:
    extent = Extent()
    assert (extent.add(0, 0), extent.add(10, 0, 199_999, 24), extent.add(0, 25)) == (None, None, (0, 25))


def row(content: str, **facts: int) -> str:
    told = "".join(f' table:number-{name}-repeated="{number}"' for name, number in facts.items())
    return f"<table:table-row{told}>{content}</table:table-row>"


def ods_cell(text: str, columns: int = 1) -> str:
    lines = f"<text:p>{text}</text:p>" if text else ""
    kind = ' office:value-type="string"' if text else ""
    return f'<table:table-cell{kind} table:number-columns-repeated="{columns}">{lines}</table:table-cell>'


ODS = {
    "empty rows to the end": ([row(ods_cell("甲")), row(ods_cell("", 1024), rows=1_048_575)], None),
    "far row": ([row(ods_cell("甲")), row(ods_cell(""), rows=300_000), row(ods_cell("乙"))], (300_001, 0)),
    "far column": ([row(ods_cell("", 2_000) + ods_cell("乙"))], (0, 2_000)),
    "repeated content": ([row(ods_cell("甲", 1_000), rows=6_000)], (5_999, 999)),
}


@pytest.mark.parametrize(("rows", "place"), ODS.values(), ids=ODS)
def test_extent__of_an_ods(rows: list[str], place: tuple[int, int] | None) -> None:
    data = ods(f'<table:table table:name="表1">{"".join(rows)}</table:table>')
    if place is None:
        assert [cell.text for cell in open_workbook(data).grids[0]] == ["甲"]
        return
    with pytest.raises(Refused) as refusal:
        open_workbook(data)
    assert (refusal.value.reason, refusal.value.sheet, refusal.value.place) == ("extent", "表1", place)


def test_extent__of_an_xls() -> None:
    with pytest.raises(Refused) as refusal:
        open_workbook(xls(xls_text(0, 0, "甲") + xls_text(65_535, 255, "乙")))
    assert (refusal.value.reason, refusal.value.place) == ("extent", (65_535, 255))


def test_open_file__place_that_is_too_far_is_named(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(xlsx(sheet_of(text_cell("A1", "甲"), text_cell("AMK7", "乙"))))
    opened = open_file((labels(), tmp_path / "表.xlsx"))
    assert opened == refused("extent", "", "表1", "AMK7")
    assert opened.spotted[0].facts == (("reason", REASONS["extent"]),)


@pytest.mark.parametrize(("sheets", "reason"), [(256, ""), (257, "sheets")])
def test_open_workbook__sheets(sheets: int, reason: str) -> None:
    data = xlsx(*[SHEET] * sheets)
    if not reason:
        assert len(open_workbook(data).grids) == sheets
        return
    with pytest.raises(Refused) as refusal:
        open_workbook(data)
    assert refusal.value.reason == reason


def test_open_file__reader_that_broke_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "表.xlsx").write_bytes(xlsx(SHEET))
    first = open_file((labels(), tmp_path / "表.xlsx"))
    monkeypatch.setattr("python_calamine.CalamineWorkbook", None)
    assert open_file((labels(), tmp_path / "表.xlsx"), second=True) == first
    (tmp_path / "表.xls").write_bytes(compound())
    assert open_file((labels(), tmp_path / "表.xls"), second=True) == refused("crashed")


def test_parts__are_unpacked_and_refused_as_by_pythons_own_zlib(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(6)
    texts = [b"", b"<c/>", b'<c r="A1" t="s"><v>1</v></c>' * 40, chance.randbytes(50_000)]
    streams = [zlib.compress(text, level, -zlib.MAX_WBITS) for text in texts for level in (0, 1, 9)]
    damaged = [(_damaged(chance, chance.choice(streams)), chance.choice([len(text) for text in texts]))
               for _ in range(3_000)]
    found = [parts._unpacked(stream, zipfile.ZIP_DEFLATED, size) for stream, size in damaged]
    monkeypatch.setattr(parts, "zlib_ng", zlib)
    assert found == [parts._unpacked(stream, zipfile.ZIP_DEFLATED, size) for stream, size in damaged]
    assert 0 < sum(content is None for content in found) < len(found)


def _damaged(chance: Random, stream: bytes) -> bytes:
    """The same bytes, or with one changed, put in or the rest left out."""
    at = chance.randrange(len(stream))
    return chance.choice([stream, stream[:at], stream[:at] + chance.randbytes(2) + stream[at:],
                          stream[:at] + bytes([stream[at] ^ 1 << chance.randrange(8)]) + stream[at + 1:]])
