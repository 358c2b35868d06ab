"""Fault cases A, malformed containers: those that no other test has. See docs/faults.md for all of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from sketch import labels
from template_forms import GOOD
from workbooks import sheet_of, text_cell, unzipped, xlsx, xlsx_parts, zipped

from pipeline.grid import open_workbook
from pipeline.opening import Opened, open_file
from pipeline.read import Spotted
from pipeline.signature import REASONS, Refused
from pipeline.template import write

NO_WORKBOOK = (Spotted("F01", facts=(("reason", REASONS["not_a_workbook"]),)),)
DAMAGED = (Spotted("F01", facts=(("reason", REASONS["damaged"]),)),)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = tmp_path_factory.mktemp("form") / "表.xlsx"
    write(place, filled=GOOD)
    return place.read_bytes()


def opened(folder: Path, data: bytes, name: str = "表.xlsx") -> Opened:
    (folder / name).write_bytes(data)
    return open_file((labels(), folder / name))


def with_wrong_checksum(data: bytes, part: str) -> bytes:
    """The package in which the checksum of one part is another, in its header and in the directory."""
    spoiled = bytearray(data)
    info = zipfile.ZipFile(io.BytesIO(data)).getinfo(part)
    spoiled[info.header_offset + 14] ^= 1
    entry = data.index(part.encode(), data.index(b"PK\x01\x02")) - 46
    assert data[entry:entry + 4] == b"PK\x01\x02"
    spoiled[entry + 16] ^= 1
    return bytes(spoiled)


@pytest.mark.parametrize("part", [
    "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a03__wrong_checksum_of_cells_is_refused(tmp_path: Path, good: bytes, part: str) -> None:
    assert opened(tmp_path, with_wrong_checksum(good, part)) == Opened(spotted=DAMAGED)


@pytest.mark.parametrize("part", ["xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml"])
def test_a03__wrong_checksum_elsewhere_costs_nothing(tmp_path: Path, good: bytes, part: str) -> None:
    assert opened(tmp_path, with_wrong_checksum(good, part)) == opened(tmp_path, good)


def test_a03__flipped_digit_in_an_unpacked_part_is_no_other_figure(tmp_path: Path) -> None:
    """Without the checksum, calamine reads another amount and says nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, content in xlsx_parts(sheet_of('<c r="A1"><v>125000</v></c>')).items():
            package.writestr(name, content)
    with pytest.raises(Refused) as refusal:
        open_workbook(target.getvalue().replace(b"<v>125000</v>", b"<v>925000</v>"))
    assert refusal.value.reason == "damaged"
    assert [cell.text for cell in open_workbook(target.getvalue()).grids[0]] == ["125000"]


@pytest.mark.parametrize("entries", [1, -1], ids=["first", "all"])
def test_a04__wrong_mark_in_the_directory_is_refused(tmp_path: Path, good: bytes, entries: int) -> None:
    assert opened(tmp_path, good.replace(b"PK\x01\x02", b"PK\x01\x03", entries)) == Opened(spotted=DAMAGED)


@pytest.mark.parametrize("name", ["表.xls", "表.XLSX", "表.et", "表.csv", "表"])
def test_a07__form_under_another_ending_is_read(tmp_path: Path, good: bytes, name: str) -> None:
    assert opened(tmp_path, good, name) == opened(tmp_path, good)


FOREIGN_TEXTS = {
    "page": '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>单位</td></tr></table>'
            '</html>'.encode(),
    "web archive": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n",
    "2003 XML": b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    "flat ODS": b'<?xml version="1.0"?><office:document office:version="1.2"/>',
    "BIFF2": bytes.fromhex("09000400020010000000"), "BIFF3": bytes.fromhex("090206000000100000000000"),
    "BIFF4": bytes.fromhex("090406000000100000000000"),
}


@pytest.mark.parametrize("data", FOREIGN_TEXTS.values(), ids=FOREIGN_TEXTS)
def test_a08_a09__what_only_looks_like_a_workbook_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    assert opened(tmp_path, data, "表.xls") == Opened(spotted=NO_WORKBOOK)


@pytest.mark.parametrize(("part", "reads"), [
    ("xl/workbook.xml", False), ("xl/_rels/workbook.xml.rels", False), ("xl/worksheets/sheet1.xml", False),
    ("xl/worksheets/sheet2.xml", False), ("xl/sharedStrings.xml", False), ("xl/styles.xml", True),
    ("[Content_Types].xml", True), ("_rels/.rels", True), ("docProps/app.xml", True), ("xl/theme/theme1.xml", True),
])
def test_a14__missing_part_costs_nothing_or_the_file(tmp_path: Path, good: bytes, part: str, reads: bool) -> None:
    """Never another sheet in place of the one that is missing."""
    parts = unzipped(good)
    del parts[part]
    expected = opened(tmp_path, good) if reads else Opened(spotted=DAMAGED)
    assert opened(tmp_path, zipped(parts)) == expected


@pytest.mark.parametrize("lost", ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"])
def test_a14__sheet_that_is_listed_and_not_there_is_damage(lost: str) -> None:
    parts = xlsx_parts(sheet_of(text_cell("A1", "甲")), sheet_of(text_cell("A1", "乙")))
    del parts[lost]
    with pytest.raises(Refused) as refusal:
        open_workbook(zipped(parts))
    assert refusal.value.reason == "damaged"


def test_a16__utf_16_parts_are_read_or_refused_but_never_empty() -> None:
    parts = xlsx_parts(sheet_of(text_cell("A1", "单位名称")))
    name = "xl/worksheets/sheet1.xml"
    text = '<?xml version="1.0" encoding="UTF-16"?>' + str(parts[name])
    try:
        texts = [cell.text for cell in open_workbook(zipped(parts | {name: text.encode("utf-16")})).grids[0]]
    except Refused as refusal:
        assert refusal.reason == "damaged"
    else:
        assert texts == ["单位名称"]


def test_a17__workbook_with_macros_is_read_and_its_macros_are_not(tmp_path: Path, good: bytes) -> None:
    """Read for its cells; nothing in it is ever run, and no part but cells and settings is looked at."""
    parts = unzipped(good)
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert opened(tmp_path, zipped(parts), "表.xlsm") == opened(tmp_path, good)


def test_a18__values_of_external_links_are_those_that_were_saved() -> None:
    """The linked file is never looked for: the value is the one in the cell, or there is none."""
    sheet = sheet_of('<c r="A1" t="str"><f>[1]表!$A$1</f><v>东南大学</v></c>', '<c r="B1"><f>[1]表!$B$1</f></c>')
    link = '<externalLink><externalBook r:id="rId1"/></externalLink>'
    data = xlsx(sheet, parts={"xl/externalLinks/externalLink1.xml": link})
    assert [(cell.text, cell.stored) for cell in open_workbook(data).grids[0]] == [
        ("东南大学", "text"), ("=[1]表!$B$1", "formula")]
