"""Workbooks of every make: what stands in them stays, and what cannot be marked as it is falls back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.publish import returned
from pipeline.publish.returned.lines import entries_of
from pipeline.publish.returned.marking import marked
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.sheet import Page
from tests.returned_forms import (
    SHEET,
    changed,
    coloured,
    comments,
    demo,
    finding,
    findings,
    opened,
    package,
    parts,
    workbook,
)

NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CONTROLS = demo("无锡/先进封装")
SHEET1 = r"xl/worksheets/sheet1\.xml"


def rich() -> bytes:
    """A workbook with much that a library would drop or count anew."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    first, form = book.add_worksheet("封面"), book.add_worksheet("本局's 表")
    book.add_worksheet("图").hide()
    first.write_string("A1", "封面")
    form.activate()
    form.merge_range("A1:C1", "标题")
    form.write_string("A2", "甲")
    form.conditional_format(
        "A2:A9", {"type": "cell", "criteria": ">", "value": 5, "format": book.add_format({"bold": True})}
    )
    form.data_validation("A2:A9", {"validate": "list", "source": ["甲", "乙"]})
    form.print_area("A1:C9")
    form.repeat_rows(0)
    form.set_header("&C甲")
    form.write_url("B2", "internal:封面!A1", string="见封面")
    form.protect("pw")
    form.insert_textbox("E5", "文本框")
    book.define_name("合计", "=封面!$A$1")
    book.close()
    local = "<definedName name=\"本表\" localSheetId=\"1\">'本局''s 表'!$A$2</definedName></definedNames>"
    return changed(
        target.getvalue(),
        {r"xl/workbook\.xml": lambda part: part.replace(b"</definedNames>", local.encode())},
    )


def answer(data: bytes, *cells: str, sheet: str) -> bytes:
    """A workbook with marks at cells of a sheet."""
    return returned.answer(
        data, (), findings(*(finding(cell, sheet=sheet) for cell in cells), finding("", sheet=sheet)), ""
    )


def settings(sheet: Worksheet) -> dict:
    return {
        "area": sheet.print_area,
        "titles": sheet.print_title_rows,
        "header": sheet.oddHeader.center.text,
        "protection": repr(sheet.protection),
        "guards": [repr(guard) for guard in sheet.data_validations.dataValidation],
        "conditions": [str(range_.sqref) for range_ in sheet.conditional_formatting],
        "page": repr(sheet.page_setup),
        "merges": sorted(map(str, sheet.merged_cells.ranges)),
        "state": sheet.sheet_state,
        "local names": {name: defined.value for name, defined in sheet.defined_names.items()},
        "links": {
            cell.coordinate: cell.hyperlink.location
            for row in sheet.iter_rows()
            for cell in row
            if cell.hyperlink
        },
    }


def test_settings_of_every_sheet__stay_its_own() -> None:
    original = rich()
    before, after = workbook(original), workbook(answer(original, "A2", "C5", sheet="本局's 表"))
    assert after.sheetnames == [SHEET, *before.sheetnames]
    for sheet in before.worksheets:
        assert settings(after[sheet.title]) == settings(sheet)
    assert {name: defined.value for name, defined in after.defined_names.items()} == {"合计": "封面!$A$1"}
    assert after.active.title == before.active.title == "本局's 表"
    assert coloured(answer(original, "A2", "C5", sheet="本局's 表"), "本局's 表") == {"A2": "E", "C5": "E"}
    links = [cell.hyperlink.location for row in after[SHEET].iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'本局''s 表'!A2", "'本局''s 表'!C5"]


def test_form_controls__share_their_drawing_with_the_comments() -> None:
    marked_form = answer(CONTROLS, "D15", "B4", sheet="基础信息表")
    before, after = parts(CONTROLS), parts(marked_form)
    (drawing,) = (name for name in before if name.endswith(".vml"))
    assert after[drawing].startswith(before[drawing].removesuffix(b"</xml>"))
    assert after[drawing].count(b'ObjectType="Checkbox"') == 5
    assert after[drawing].count(b'ObjectType="Note"') == 2
    numbers = re.findall(rb'<v:shape id="_x0000_s(\d+)"', after[drawing])
    assert len(set(numbers)) == len(numbers) == 7
    assert {name: data for name, data in after.items() if "ctrlProps" in name} == {
        name: data for name, data in before.items() if "ctrlProps" in name
    }
    assert sorted(comments(marked_form)) == ["B4", "D15"]


def test_pictures_and_cells_with_pictures__stay(tmp_path) -> None:
    original = demo("南通市/绿色智能船舶")
    before, after = parts(original), parts(answer(original, "C20", sheet="基础信息表"))
    kept = [name for name in before if "media" in name or name.startswith("xl/drawings/")]
    assert len(kept) >= 3
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    # WPS keeps a picture in a cell as a formula and the picture in a part of its own.
    formula = b'<c r="AA1" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
    displayed = changed(original, {SHEET1: lambda part: part.replace(b"</row>", formula, 1)})
    displayed = package({**parts(displayed), "xl/cellimages.xml": b"<etc:cellImages/>"})
    marked_form = answer(displayed, "C20", "AA1", sheet="基础信息表")
    assert parts(marked_form)["xl/cellimages.xml"] == b"<etc:cellImages/>"
    assert re.sub(rb' s="\d+"', b"", formula) in re.sub(
        rb' s="\d+"', b"", parts(marked_form)["xl/worksheets/sheet1.xml"]
    )
    assert opened(marked_form, tmp_path).forms == opened(displayed, tmp_path).forms


def prefixed(part: bytes) -> bytes:
    """The same part with a prefix before every element of the main namespace."""
    part = part.replace(f'xmlns="{NS}"'.encode(), f'xmlns:x="{NS}"'.encode(), 1)
    return re.sub(rb"<(/?)(?=[A-Za-z]+[\s/>])", rb"<\1x:", part)


def strict(part: bytes) -> bytes:
    """The same part by the strict edition of the standard."""
    return part.replace(NS.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def without_addresses(part: bytes) -> bytes:
    """The same sheet without the addresses of rows and cells, which a reader can count."""
    return re.sub(rb'<(c|row) r="\w+"', rb"<\1", part)


def two_prints(part: bytes) -> bytes:
    """The same XML with other white space and quotes."""
    return part.replace(b'"/>', b'" \n/>').replace(b"<c r=", b"<c\n\tr = ")


ODD: dict[str, Callable[[bytes], bytes]] = {
    "prefixes": lambda data: changed(
        data, {r"xl/(workbook|styles|sharedStrings|worksheets/sheet\d+)\.xml": prefixed}
    ),
    "byte order mark": lambda data: changed(data, {r"xl/.*\.xml": lambda part: b"\xef\xbb\xbf" + part}),
    "white space": lambda data: changed(data, {SHEET1: two_prints}),
    "back slashes": lambda data: package(
        {name.replace("/", "\\"): part for name, part in parts(data).items()}
    ),
    "capitals": lambda data: package(
        {name.upper() if name.endswith("styles.xml") else name: part for name, part in parts(data).items()}
    ),
    "no views": lambda data: changed(
        data, {r"xl/workbook\.xml": lambda part: re.sub(rb"<bookViews>.*?</bookViews>", b"", part)}
    ),
    "absolute targets": lambda data: changed(
        data, {r"xl/_rels/workbook\.xml\.rels": lambda part: part.replace(b'Target="', b'Target="/xl/')}
    ),
}


def grid(*rows: str) -> bytes:
    """A plain workbook with one text a row, one with a fill."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("表")
    for row, text in enumerate(rows):
        sheet.write_string(row, 1, text, book.add_format({"bg_color": "#DDEBF7"} if row else {}))
    book.close()
    return target.getvalue()


@pytest.mark.parametrize("kind", ODD)
def test_odd_packages__are_marked_as_they_are(kind: str) -> None:
    original = ODD[kind](grid("甲", "乙", "丙"))
    marked_form = answer(original, "B2", "B3", "D9", sheet="表")
    before, after = parts(original), parts(marked_form)
    assert [name for name in before if name not in after] == []
    # openpyxl reads none of these names.
    plain = package(
        {
            name.replace("\\", "/").replace("XL/STYLES.XML", "xl/styles.xml"): part
            for name, part in after.items()
        }
    )
    assert workbook(plain).sheetnames == [SHEET, "表"]
    assert coloured(plain, "表") == {"B2": "E", "B3": "E", "D9": "E"}
    assert sorted(comments(plain, "表")) == ["B2", "B3", "D9"]
    assert [cell.value for cell in workbook(plain)["表"]["B"][:3]] == ["甲", "乙", "丙"]


def test_strict_package__is_marked_by_its_own_edition() -> None:
    everything = {
        r"xl/(workbook|styles|sharedStrings|worksheets/sheet1)\.xml": strict,
        r"(xl/)?_rels/.*": strict,
    }
    after = parts(answer(changed(grid("甲", "乙"), everything), "B2", sheet="表"))
    for name in (
        "xl/comments1.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
        "xl/workbook.xml",
    ):
        assert b"http://schemas.openxmlformats.org/spreadsheetml" not in after[name]
    assert (
        after["xl/worksheets/_rels/sheet1.xml.rels"].count(
            b"http://purl.oclc.org/ooxml/officeDocument/relationships/"
        )
        == 2
    )


def test_cells_without_addresses__are_counted() -> None:
    after = parts(answer(changed(grid("甲", "乙"), {SHEET1: without_addresses}), "B2", sheet="表"))[
        "xl/worksheets/sheet1.xml"
    ]
    styles = re.findall(rb'<c(?: s="(\d+)")?[^>]*><v>', after)
    assert styles[1] != styles[0] and len(styles) == 2


def test_workbook_without_formats__gets_some() -> None:
    bare = parts(grid("甲"))
    del bare["xl/styles.xml"]
    bare["xl/worksheets/sheet1.xml"] = re.sub(rb' s="\d+"', b"", bare["xl/worksheets/sheet1.xml"])
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        bare[name] = re.sub(rb"<(Relationship|Override) [^>]*styles[^>]*/>", b"", bare[name])
    assert coloured(answer(package(bare), "B1", sheet="表"), "表") == {"B1": "E"}


def test_thread_of_comments__is_left_alone() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("表").write_comment("B2", "[Threaded comment]", {"author": "tc={6A}"})
    book.close()
    marked_form = answer(target.getvalue(), "B2", "B3", sheet="表")
    assert comments(marked_form, "表")["B2"] == "[Threaded comment]"
    assert coloured(marked_form, "表") == {"B2": "E", "B3": "E"}


UNMARKABLE: dict[str, Callable[[bytes], bytes]] = {
    "document type": lambda data: changed(
        data, {SHEET1: lambda part: part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1)}
    ),
    "not well-formed": lambda data: changed(data, {r"xl/styles\.xml": lambda part: part[:-20]}),
    "other encoding": lambda data: changed(data, {SHEET1: lambda part: part.replace(b"UTF-8", b"GB18030")}),
    "unknown edition": lambda data: changed(
        data,
        {
            r"xl/workbook\.xml": lambda part: part.replace(
                NS.encode(), b"http://schemas.microsoft.com/office/excel/2006/2"
            )
        },
    ),
    "no formats": lambda data: changed(
        data, {r"xl/styles\.xml": lambda part: re.sub(rb"<cellXfs.*?</cellXfs>", b"", part)}
    ),
    "sheet missing": lambda data: package(
        {n: p for n, p in parts(data).items() if n != "xl/worksheets/sheet1.xml"}
    ),
    "cut off": lambda data: data[:-30],
    "no package": lambda data: b"\xd0\xcf\x11\xe0",
}


@pytest.mark.parametrize("kind", UNMARKABLE)
def test_what_cannot_be_changed_safely__is_not_marked(kind: str) -> None:
    entries = entries_of([finding("B1", sheet="表")])
    with pytest.raises(Unmarkable):
        marked(UNMARKABLE[kind](grid("甲")), Page("", entries))


def test_two_parts_of_one_name__are_not_marked() -> None:
    with pytest.raises(Unmarkable):
        marked(package({**parts(grid("甲")), "XL/workbook.xml": b"<x/>"}), Page("", []))
