"""`pipeline.details.lighter`, `pipeline.preflight.parts`: a form is read sooner, and nothing else is read."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest
from workbooks import sheet_of, text_cell, xlsx, zipped

from pipeline import grid
from pipeline.details import details_of
from pipeline.details.lighter import emptied
from pipeline.details.package import Package
from pipeline.details.xlsx import _parted
from pipeline.preflight import parts

PART = "xl/worksheets/sheet1.xml"
WORDS = "IF(A1=&quot;甲&quot;,&quot;对&quot;,&quot;错&quot;)+" * 40
FORMULA = f'<c r="B1" t="str"><f>{WORDS}1</f><v>对</v></c>'
NUMBER = f'<c r="C1"><f>{WORDS}2</f><v>12.5</v></c>'
MERGES = '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>'
FORM = xlsx(sheet_of(text_cell("A1", "甲"), FORMULA, NUMBER, after=MERGES))


def lightened(sheet: str) -> bytes | None:
    raw = sheet.encode()
    end = raw.rfind(b"sheetData>")
    return emptied(raw, _parted(raw, end if end > 0 else len(raw))[0])


def test_lighter__has_the_same_values_and_merges() -> None:
    details = details_of(FORM, "xlsx")
    assert details.lighter is not None and WORDS.encode() not in details.lighter
    first, second = (grid._with_calamine(data, details) for data in (details.lighter, FORM))
    assert first == second
    assert first[0].cells[0, 1] == (0, 1, "对", "text") and first[0].cells[0, 2] == (0, 2, "12.5", "number")
    assert first[0].spans[1, 0] == (0, 0, 1, 0)


def test_lighter__container_has_every_part_as_it_was() -> None:
    with zipfile.ZipFile(io.BytesIO(FORM)) as before, zipfile.ZipFile(
        io.BytesIO(details_of(FORM, "xlsx").lighter)) as after:
        assert after.testzip() is None
        assert after.namelist() == before.namelist()
        assert [name for name in before.namelist() if before.read(name) != after.read(name)] == [PART]


@pytest.mark.parametrize("cells", [
    (text_cell("A1", "甲"),), (FORMULA + "<!-- <f> -->",), (f'<c r="B1"><f><![CDATA[{WORDS}]]></f><v>1</v></c>',),
    (FORMULA + "<?x <f> ?>",), (FORMULA, f'<c r="D1" t="<f>{WORDS}"><v>1</v></c>'),
], ids=["no formula", "comment", "CDATA", "instruction", "tag in an attribute"])
def test_lighter__is_not_where_it_might_lose_more(cells: tuple[str, ...]) -> None:
    assert lightened(sheet_of(text_cell("A1", "甲"), *cells)) is None
    assert lightened(sheet_of(text_cell("A1", "甲"), FORMULA)) is not None


def changed(place: str, form: str, value: int, *, at: int = 0) -> tuple[bytes, zipfile.ZipInfo]:
    """The form with one number of a part's local header overwritten, or of its entry as `zipfile` has it."""
    data = bytearray(FORM)
    entry = zipfile.ZipFile(io.BytesIO(FORM)).getinfo(PART)
    if place == "entry":
        setattr(entry, form, value)
    else:
        struct.pack_into(form, data, entry.header_offset + at, value)
    return bytes(data), entry


def test_content__is_what_zipfile_reads() -> None:
    with zipfile.ZipFile(io.BytesIO(FORM)) as package:
        assert [parts.content(FORM, entry)
                for entry in package.infolist()] == [package.read(e) for e in package.infolist()]


@pytest.mark.parametrize("change", [
    ("entry", "CRC", 1), ("entry", "file_size", 7), ("entry", "compress_size", 7), ("entry", "compress_type", 12),
    ("entry", "flag_bits", 1), ("entry", "orig_filename", "xl/other.xml"), ("entry", "header_offset", -1),
    ("header", "<I", 0)], ids=lambda change: str(change[1]))
def test_content__leaves_what_is_unusual_to_zipfile(change: tuple[str, str, int]) -> None:
    assert parts.content(*changed(*change)) is None


def test_content__unpacks_no_more_than_is_told() -> None:
    swollen = zipped({PART: bytes(64 << 20)})
    entry = zipfile.ZipFile(io.BytesIO(swollen)).getinfo(PART)
    entry.file_size = 100
    tracemalloc.start()
    content = parts.content(swollen, entry)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert content is None and most < 1 << 20


def test_package__part_with_a_wrong_checksum_is_damaged() -> None:
    package = Package(FORM)
    package.names[PART].CRC ^= 1
    assert package.small(package.names[PART]) == b"" and package.is_damaged(PART)
