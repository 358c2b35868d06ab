"""Macros, links to other workbooks and what else would start by itself are not handed back."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from pipeline.opening import kind_at
from pipeline.publish import returned
from pipeline.publish.returned import live
from pipeline.publish.returned.lines import entries_of
from pipeline.publish.returned.marking import marked
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.sheet import Page
from pipeline.publish.returned.workbook import Workbook
from tests.returned_forms import SHEET, changed, finding, findings, judged, package, parts, workbook
from tests.test_returned_packages import grid

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def with_parts(data: bytes, owner: str, links: str, more: dict[str, bytes], macros: bool = False) -> bytes:
    """The package with these relationships of a part, and more parts."""
    contents = parts(data)
    folder, _, file = owner.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels"
    before = contents.get(
        rels, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>')
    contents[rels] = before.replace(b"</Relationships>", links.encode() + b"</Relationships>")
    if macros:
        contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(MAIN.encode(), MACROS.encode())
    return package(contents | more)


def link(identity: str, kind: str, target: str, mode: str = "", base: str = OFFICE) -> str:
    how = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{identity}" Type="{base}/{kind}" Target="{target}"{how}/>'


def macro_book() -> bytes:
    """A workbook with a VBA project and its signature."""
    return with_parts(
        grid("甲", "乙"), "xl/workbook.xml", link("rIdV", "vbaProject", "vbaProject.bin", base=MICROSOFT),
        {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open", "xl/_rels/vbaProject.bin.rels":
         b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'}, macros=True)


def answer(data: bytes) -> bytes:
    return returned.answer(data, (), findings(finding("B1", sheet="表")), "")


def marks(data: bytes) -> bytes | None:
    """The workbook with a mark at B2, None if it cannot be marked."""
    try:
        return marked(data, Page("", entries_of([finding("B2", sheet="表")])))
    except Unmarkable:
        return None


def test_macros__are_left_out_and_it_is_said() -> None:
    made = answer(macro_book())
    assert [name for name in parts(made) if "vba" in name.lower()] == []
    everything = b"".join(parts(made).values())
    assert b"Auto_Open" not in everything and b"vbaProject" not in everything and b"macroEnabled" not in everything
    assert workbook(made).sheetnames == [SHEET, "表"]
    said = [cell.value for row in workbook(made)[SHEET].iter_rows() for cell in row if cell.value]
    assert [text for text in said if "宏" in text] == [
        "原文件是启用宏的工作簿。宏没有保留，本文件是普通工作簿（.xlsx），填写的内容和格式不变，请在本文件中改正后报送。"]


def test_workbook_without_macros__says_nothing_of_them() -> None:
    said = [cell.value for row in workbook(answer(grid("甲")))[SHEET].iter_rows() for cell in row if cell.value]
    assert [text for text in said if "宏" in str(text)] == []


@pytest.mark.parametrize(("file", "name"), [("表.xlsm", "表（不含宏）.xlsx"), ("表.XLTM", "表（不含宏）.xlsx"), ("表.xlsx", "表.xlsx")])
def test_name__goes_with_what_is_in_it(tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / "a").write_bytes(macro_book())
    assert returned.name_of(kind_at(tmp_path / "a"), file) == name


def test_macro_sheets__are_taken_out() -> None:
    contents = parts(grid("甲"))
    contents["xl/workbook.xml"] = contents["xl/workbook.xml"].replace(
        b"<sheets>", b'<sheets><sheet name="Macro1" sheetId="9" state="veryHidden" r:id="rIdM"/>')
    data = with_parts(package(contents), "xl/workbook.xml",
                      link("rIdM", "xlMacrosheet", "macrosheets/sheet1.xml", base=MICROSOFT),
                      {"xl/macrosheets/sheet1.xml": b"<xm:macrosheet><f>EXEC(&quot;calc&quot;)</f></xm:macrosheet>"})
    made = answer(data)
    assert workbook(made).sheetnames == [SHEET, "表"]
    assert b"EXEC" not in b"".join(parts(made).values())


@pytest.mark.parametrize("kind", ["externalLinkPath", "image", "oleObject", "attachedTemplate"])
def test_links_followed_on_opening__lead_nowhere(kind: str) -> None:
    data = with_parts(grid("甲"), "xl/externalLinks/externalLink1.xml",
                      link("rId1", kind, "file:///\\\\evil.example\\a\\b.xlsx", "External"),
                      {"xl/externalLinks/externalLink1.xml": b"<externalLink><externalBook/></externalLink>"})
    made = parts(answer(data))["xl/externalLinks/_rels/externalLink1.xml.rels"].decode()
    assert "evil" not in made and re.findall('Target="([^"]*)"', made) == ["已断开的外部链接.xlsx"]


def test_link_that_must_be_clicked__stays_the_bureaus_own() -> None:
    data = with_parts(grid("甲"), "xl/worksheets/sheet1.xml",
                      link("rId9", "hyperlink", "mailto:a@example.cn", "External"), {})
    assert b"mailto:a@example.cn" in parts(answer(data))["xl/worksheets/_rels/sheet1.xml.rels"]


@pytest.mark.parametrize(("kind", "name", "content"), [
    ("control", "xl/activeX/activeX1.xml", b"<ax:ocx/>"), ("connections", "xl/connections.xml", b"<connections/>"),
    ("queryTable", "xl/queryTables/queryTable1.xml", b"<queryTable/>"),
    ("externalLink", "xl/externalLinks/externalLink1.xml",
     b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'),
])
def test_what_cannot_be_left_out__sends_the_form_to_the_template(kind: str, name: str, content: bytes,
                                                                 tmp_path) -> None:
    data = with_parts(grid("甲"), "xl/workbook.xml", link("rIdC", kind, f"/{name}"), {name: content})
    with pytest.raises(Unmarkable, match="a control, a connection or a DDE link"):
        live.take_out(Package(data))
    made = judged(data, tmp_path).answer()
    assert [part for part in parts(made) if name.rpartition("/")[2] in part] == []
    assert b"ddeLink" not in b"".join(parts(made).values())


def test_sheets_without_part__are_not_marked() -> None:
    data = changed(grid("甲"),
                   {r"xl/_rels/workbook\.xml\.rels": lambda part: part.replace(b"<Relationship ", b"<Relationships ")})
    with pytest.raises(Unmarkable, match="a sheet without a part"):
        Workbook(Package(data))


@pytest.mark.parametrize(("pattern", "old", "new"), [
    (r"xl/worksheets/sheet1\.xml", rb'<row r="1"', b'<row r="99999999999999"'),
    (r"xl/worksheets/sheet1\.xml", rb'<row r="1"', b'<row r="NaN"'),
    (r"xl/worksheets/sheet1\.xml", rb'<row r="1"', b'<row r="-1"'),
    (r"xl/worksheets/sheet1\.xml", rb'<row r="1"', b'<row r="1048577"'),
    (r"xl/worksheets/sheet1\.xml", rb'<c r="B2" s="\d"', b'<c r="B2" s="x"'),
    (r"xl/workbook\.xml", rb'activeTab="\d"', b'activeTab="1e9"'),
    (r"xl/_rels/workbook\.xml\.rels", rb"relationships/styles", b"relationships/x"),
])
def test_numbers_that_are_none__are_not_counted_with(pattern: str, old: bytes, new: bytes) -> None:
    data = grid("甲", "乙")
    if b"activeTab" in old:
        data = changed(data, {pattern: lambda part: part.replace(b"<workbookView ", b'<workbookView activeTab="0" ',
                                                                 1).replace(b' activeTab="0"/>', b"/>")})
    spoilt = changed(data, {pattern: lambda part: re.sub(old, new, part, count=1)})
    assert spoilt != data
    assert marks(spoilt) is None


@pytest.mark.parametrize("width", ["NaN", "inf", "1e308", "-3", "x"])
def test_widths_that_nobody_could_draw__are_taken_for_the_usual(width: str) -> None:
    spoilt = changed(grid("甲", "乙"), {r"xl/worksheets/sheet1\.xml": lambda part: re.sub(
        rb"<sheetFormatPr [^>]*>",
        f'<sheetFormatPr defaultRowHeight="{width}" defaultColWidth="{width}"/>'.encode(), part)})
    made = marks(spoilt)
    assert made is not None and zipfile.ZipFile(io.BytesIO(made)).testzip() is None
