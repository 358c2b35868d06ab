"""What fuzzing has found in our own code, each by the least input that showed it."""

from __future__ import annotations

import io
import struct

import olefile
import pytest

from pipeline.details.package import whole
from pipeline.grid import open_workbook
from pipeline.publish.celltext import shown
from pipeline.publish.names import names_of
from pipeline.publish.returned.fallback import Transfer
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.styles import MINIMAL, Styles
from pipeline.read import FormReading
from pipeline.signature import Refused, kind_of
from schemas.form_2023 import FORM
from schemas.rule import Severity
from tests.workbooks import ods, xlsx_parts, zipped

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(("written", "read"), [
    ("12", 12), (None, 7), ("", 7), ("many", 7), ("1e9", 7), ("-3", -3), ("9" * 30, 7), (" 4 ", 4), ("1.5", 7)])
def test_whole__of_what_stands_in_an_attribute(written, read) -> None:
    assert whole(written, 7) == read


def test_repeats_that_are_no_number__count_once() -> None:
    cell = ('<table:table-cell office:value-type="string" table:number-columns-repeated="NaN"><text:p>甲</text:p>'
            '</table:table-cell>')
    row = f'<table:table-row table:number-rows-repeated="x">{cell}</table:table-row>'
    with pytest.raises(Refused) as told:
        open_workbook(ods(f'<table:table table:name="表">{row}</table:table>'))
    assert told.value.reason == "damaged"


def test_encoding_nobody_knows__is_damage() -> None:
    parts = xlsx_parts('<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>')
    parts["xl/sharedStrings.xml"] = '<?xml version="1.0" encoding="e"?>' + str(parts["xl/sharedStrings.xml"])
    with pytest.raises(Refused) as told:
        open_workbook(zipped(parts))
    assert told.value.reason == "damaged"


def test_container_that_divides_by_nothing__is_damaged() -> None:
    header = bytearray(OLE + bytes(592))
    # Sectors of four bytes hold no numbers of the table's sectors, of which there are many.
    struct.pack_into("<H", header, 30, 2)
    struct.pack_into("<I", header, 72, 0xFF000000)
    with pytest.raises(ZeroDivisionError):
        olefile.OleFileIO(io.BytesIO(header))
    with pytest.raises(Refused) as told:
        kind_of(bytes(header))
    assert told.value.reason == "damaged"


def test_half_a_character__is_shown_as_none() -> None:
    assert shown("a\ud800b\udcff") == "a\ufffdb\ufffd"


@pytest.mark.parametrize("name", ["a\x00", "\x1f", "'a", "a/b", "a" * 32, "", "\ud800", "\u202ea", "[x]"])
def test_sheet_names_that_excel_does_not_take__are_numbered(name: str) -> None:
    forms = [FormReading(name), FormReading("乙")]
    assert Transfer(forms)._names == [f"{FORM.sheet}1", f"{FORM.sheet}2"]


def test_sheet_names_alike_but_for_case__are_numbered() -> None:
    assert Transfer([FormReading("Form"), FormReading("FORM")])._names == [f"{FORM.sheet}1", f"{FORM.sheet}2"]
    assert Transfer([FormReading("甲"), FormReading("乙")])._names == ["甲", "乙"]


def names(*files: str) -> list[str]:
    """What the answers to files of one city are called."""
    return list(names_of(dict.fromkeys(files, "xlsx")).values())


def test_names_of_answers__are_never_the_same() -> None:
    assert names("南京市/表.xlsx") == ["表.xlsx"]
    assert names("南京市/甲/表.xlsx", "南京市/乙/表.xlsx") == ["甲_表.xlsx", "乙_表.xlsx"]
    assert names("a/甲/表.xlsx", "b/甲/表.xlsx") == ["1_甲_表.xlsx", "2_甲_表.xlsx"]
    assert names("a/A.xlsx", "b/a.xlsx") == ["a_A.xlsx", "b_a.xlsx"]
    # The number of one makes the other's own name.
    assert names("2_甲_表.xlsx", "a/甲/表.xlsx", "b/甲/表.xlsx") == ["1_2_甲_表.xlsx", "2_2_甲_表.xlsx", "3_甲_表.xlsx"]


def test_names_of_answers__fit_the_file_system() -> None:
    made = names(f"{'长' * 83}.xls", f"x/{'长' * 84}.xlsm", f"y/{'长' * 84}.xlsm")
    assert len(set(made)) == 3
    assert all(len(name.encode()) <= 250 and name.endswith(".xlsx") for name in made)


@pytest.mark.parametrize("spoiled", [
    MINIMAL.replace(b"</cellXfs>", b'<family val="2"/></cellXfs>'), MINIMAL.replace(b"<font/>", b"<font/><fill/>"),
    MINIMAL.replace(b"</styleSheet>", b'<cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>')])
def test_styles_that_readers_count_differently__are_not_added_to(spoiled: bytes) -> None:
    assert Styles(MINIMAL, {}).marked(0, Severity.ERROR) == 1
    with pytest.raises(Unmarkable):
        Styles(spoiled, {})
