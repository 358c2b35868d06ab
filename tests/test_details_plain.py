"""`pipeline.details.plain`: what is read without the reader of values is read as it reads it, and nothing else is."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from workbooks import sheet_of, strict, unzipped, xlsx, xlsx_parts, zipped

from pipeline.details import details_of, plain
from pipeline.grid import Workbook, open_workbook
from pipeline.opening import open_packed
from pipeline.read.labels import labels_of
from pipeline.signature import Refused
from schemas.form_2023 import FORM
from tests.bench.contents import right_form
from tests.bench.forms import template, workbook

MEMBERS, MUTANTS = 4, 60
STRINGS = ('<si><t>创新联合体名称</t></si><si><t>甲&amp;乙 &lt;1&gt; &quot;a&quot; &apos;b&apos;</t></si>'
           '<si><t xml:space="preserve"> 前后有空格\n</t></si><si><t>拼音</t><phoneticPr fontId="1" type="noConversion"/></si>'
           '<si><t></t></si>')
STYLES = ('<numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0.00"/><numFmt numFmtId="165" '
          'formatCode="yyyy/m"/></numFmts>'
          '<cellXfs>' + "".join(f'<xf numFmtId="{n}"/>' for n in (0, 164, 165, 14)) + '</cellXfs>')
CELLS = tuple(f'<c r="{place}" s="0" t="s"><v>{n}</v></c>' for n, place in enumerate(("A1", "B1", "C1", "D1", "E1")))
FIGURES = ('<c r="A2"><v>12</v></c>', '<c r="B2" s="1"><v>-0</v></c>', '<c r="C2" s="0"><v>1.50</v></c>',
           '<c r="D2" s="1"/>',
           '<c r="E2" s="0" t="str"><f></f><v> 甲&amp;乙 </v></c>', '<c r="F2" t="str"><f>A1</f><v></v></c>',
           '<c r="AB3"><f>1+1</f><v>2</v></c>', '<c r="AC3"><v>0.000001234</v></c>',
           '<c r="AD3"><v>123456789012345</v></c>')
MERGES = '<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="A2:A9"/></mergeCells><pageMargins left="0.4"/>'
PLAIN = xlsx_parts(sheet_of(*CELLS, *FIGURES, after=MERGES), sheet_of(*CELLS), strings=STRINGS, styles=STYLES,
                   states=("", "hidden"))
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
PLACES = [SHEET] * 6 + [TEXTS] * 4 + ["xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                                      "xl/worksheets/sheet2.xml"]
ODD = ('&#10;', '_x000D_', '<!-- x -->', ' hidden="1"', ' t="e"', ' t="b"', '<c r="A1"><v>3</v></c>', '\r', '\n',
       '</row>', '<row r="5">',
       '<f/>', '</v>', 's="2"', '&bogus;', '<row r="99"/>', '<![CDATA[x]]>', '<mergeCell ref="A1"/>', '1e5', '.5',
       '99999', '<si/>',
       'numFmtId="14"', 'formatCode="yyyy"', 'state="hidden"', 'x:', 'Wingdings', 'DISPIMG', '<sheetData/>',
       '"', '<', '>')


@pytest.fixture(scope="module")
def forms() -> list[bytes]:
    made = []
    for number in range(3):
        filled = right_form(7, number, MEMBERS)
        # Without its members, with a figure that was never given, and as it should be.
        filled |= {"members": []} if number == 1 else {}
        made.append(workbook(template(MEMBERS), filled))
    return made


def told(data: bytes) -> Workbook | tuple[Any, ...]:
    try:
        return open_workbook(data)
    except Refused as refusal:
        return refusal.reason, refusal.sheet, refusal.place


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    """What is told of a file, and what is told of it where nothing is plain."""
    first = told(data)
    with monkeypatch.context() as without:
        without.setattr(plain, "sheets", lambda package, bare: None)
        return first, told(data)


def is_plain(data: bytes) -> bool:
    return details_of(data, "xlsx").plain is not None


def changed(part: str, old: str, new: str) -> bytes:
    content = PLAIN[part]
    assert old in content
    return zipped(PLAIN | {part: content.replace(old, new, 1)})


def test_plain__cells_and_merges_as_the_reader_of_values_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(PLAIN)
    assert is_plain(data)
    first, second = both(data, monkeypatch)
    assert first == second
    shown, hidden = first.grids
    assert [cell[2:] for cell in shown] == [
        ("创新联合体名称", "text"), ("甲&乙 <1> \"a\" 'b'", "text"), (" 前后有空格\n", "text"), ("拼音", "text"), ("12", "number"),
        ("0", "number"), ("1.5", "number"), (" 甲&乙 ", "text"), ("2", "number"), ("0.000001234", "number"),
        ("123456789012345", "number")]
    assert shown.spans[8, 0] == (1, 0, 8, 0) and shown.cells[2, 27].text == "2"
    assert (shown.visible, hidden.visible, len(hidden.cells)) == (True, False, 4)


@pytest.mark.parametrize(("part", "old", "new"), [
    (SHEET, 't="s"><v>0', 't="s"><v>00'), (SHEET, 't="s"><v>0', 't="s"><v>77'), (SHEET, "<v>12</v>", "<v>1e2</v>"),
    (SHEET, "<v>12</v>", "<v> 12</v>"), (SHEET, '<c r="C2" s="0">', '<c r="C2" s="2">'),
    (SHEET, '<c r="C2" s="0">', '<c r="C2" s="3">'),
    (SHEET, '<c r="C2" s="0">', '<c r="C2" s="9">'), (SHEET, 'r="C2"', 'r="A2"'), (SHEET, 'r="AD3"', 'r="AAD3"'),
    (SHEET, 'r="AD3"', 'r="AD30000"'), (SHEET, "<row r=\"2\">", "<row r=\"2\" hidden=\"1\">"),
    (SHEET, "<row r=\"2\">", "<row r=\"2\" r=\"3\">"),
    (SHEET, "<f>1+1</f>", "<f>_xlfn.DISPIMG(&quot;ID&quot;,1)</f>"), (SHEET, "<f>1+1</f><v>2</v>", "<f>1+1</f><v></v>"),
    (SHEET, "<f>1+1</f>", '<f t="shared" si="0">1+1</f>'), (SHEET, '<c r="A2"><v>12', '<c r="A2" t="e"><v>#N/A'),
    (SHEET, '<c r="A2"><v>12', '<c r="A2" t="b"><v>1'),
    (SHEET, '<c r="A2"><v>12</v></c>', '<c r="A2" t="inlineStr"><is><t>x</t></is></c>'),
    (SHEET, "</row>", "<!-- x --></row>"), (SHEET, "<sheetData>", '<dimension ref="x"/><sheetData>'),
    (SHEET, "<sheetData>", '<cols><col min="1" max="2" hidden="1"/></cols><sheetData>'), (SHEET, "A1:B1", "A1"),
    (SHEET, "<pageMargins", "<pageMargins></x>"), (SHEET, "<mergeCells", "<x><mergeCells/></x><mergeCells"),
    (TEXTS, "拼音", "_x000D_"), (TEXTS, "拼音", "&#10;"), (TEXTS, "拼音", " 拼音"), (TEXTS, "拼音", "拼\r\n音"),
    (TEXTS, "<t>拼音</t>", "<r><t>拼</t></r><r><t>音</t></r>"), (TEXTS, "</sst>", "<x/></sst>"),
    ("xl/workbook.xml", "'hidden'", "'bogus'"), ("xl/workbook.xml", "表2", "表1"), ("xl/workbook.xml", "表2", "表&amp;"),
    ("xl/_rels/workbook.xml.rels", "sheet2.xml", "sheet1.xml"),
    ("xl/_rels/workbook.xml.rels", "sheet2.xml", "sheet9.xml"),
    ("xl/styles.xml", 'formatCode="#,##0.00"', 'formatCode="d"'), ("xl/styles.xml", "</styleSheet>", ""),
    (SHEET, '<c r="A2"><v>12</v></c>', '<c r="A2"><v>12</v><row r="99"/></c>'),
    (SHEET, 'r="D2" s="1"', 'r="D2" s="1<row r="99"/>"'),
    (SHEET, '<c r="D2"', '<c r="<row r="99"/>D2"'), (SHEET, '<row r="2">', '<row r="\n2">'),
    ("xl/workbook.xml", "表2", "表\t2"),
    (SHEET, '<c r="A2"><v>12', '<c r="A2"/><v>12'), (SHEET, "<v>12</v></c>", "<v>12</v><v>13</v></c>"),
    (SHEET, "</row><row", "</row><rowx/><row"),
    (SHEET, "</row></sheetData>", "</row><c r=\"AE3\"><v>1</v></c></sheetData>"),
    (SHEET, "<v> 甲&amp;乙 </v>", "<v>甲<v>乙</v>"),
    (SHEET, '<c r="A2"><v>12</v></c>', '<c r="A2"><v>12</v></c><v>1</v></c>'),
    ("xl/styles.xml", '<xf numFmtId="0"/>', '<x numFmtId="0"/>'), ("_rels/.rels", "xl/workbook.xml", "xl/other.xml"),
])
def test_plain__leaves_all_else_to_the_reader_of_values(part: str, old: str, new: str,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    data = changed(part, old, new)
    assert not is_plain(data)
    first, second = both(data, monkeypatch)
    assert first == second


@pytest.mark.parametrize(("part", "old", "new"), [
    (SHEET, '<row r="2">', '<row r="2" spans="1:4" s="1" customFormat="1" ht="15" customHeight="1">'),
    (SHEET, '<row r="2">', '<row customHeight="1" ht="15" r="2">'),
    (SHEET, '<row r="3">', '<row r="8" ht="15" customHeight="1"/><row r="3">'),
    (SHEET, "<sheetData>", '<dimension ref="A1:AD3"/><sheetData>'), (SHEET, MERGES, ""),
    (TEXTS, "<sst", '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst'),
    ("xl/_rels/workbook.xml.rels", '"worksheets/sheet2.xml', '"/xl/worksheets/sheet2.xml'),
])
def test_plain__takes_what_other_programs_write(part: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = changed(part, old, new)
    assert is_plain(data)
    first, second = both(data, monkeypatch)
    assert first == second


def test_plain__strict_form_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = both(strict(zipped(PLAIN)), monkeypatch)
    assert first == second and len(first.grids) == 2


def test_plain__filled_template_is_and_gives_the_same_reading(forms: list[bytes], tmp_path: Path,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    labels, file = labels_of(FORM), tmp_path / "表.xlsx"
    for form in forms:
        file.write_bytes(form)
        assert is_plain(form)
        first = open_packed((labels, file))
        with monkeypatch.context() as without:
            without.setattr(plain, "sheets", lambda package, bare: None)
            assert open_packed((labels, file)) == first


def mutant(parts: dict[str, bytes], chance: random.Random) -> bytes:
    """A workbook in one of whose parts something was put in, taken out or told twice."""
    name = chance.choice([place for place in PLACES if place in parts])
    text = parts[name].decode()
    at, length = chance.randrange(len(text)), chance.choice((1, 2, 5, 13, 40))
    tags = [place for place, character in enumerate(text) if character == "<"]
    start = chance.choice(tags)
    end = next((place for place in tags if place > start), len(text))
    text = chance.choice((
        text[:at] + text[at + length:], text[:at] + text[at:at + length] + text[at:],
        text[:at] + chance.choice(ODD) + text[at:],
        text[:start] + text[end:], text[:start] + chance.choice(ODD) + text[start:],
        text[:start] + text[start:end] + text[start:]))
    return zipped(parts | {name: text.encode()})


@pytest.mark.parametrize("seed", range(3))
def test_plain__damaged_and_drifted_files_are_read_the_same(seed: int, forms: list[bytes],
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    parts = [unzipped(forms[seed]),
             {name: part if isinstance(part, bytes) else part.encode() for name, part in PLAIN.items()}]
    taken = 0
    for number in range(MUTANTS):
        data = mutant(parts[number % 2], chance)
        first, second = both(data, monkeypatch)
        assert first == second, (seed, number)
        taken += isinstance(first, Workbook) and is_plain(data)
    assert taken > MUTANTS // 10


def test_plain__cells_of_a_sheet_are_no_one_elses() -> None:
    first, second = open_workbook(zipped(PLAIN)), open_workbook(zipped(PLAIN))
    first.grids[0].cells.clear()
    first.grids[0].spans.clear()
    assert len(second.grids[0].cells) == 11 and second.grids[0].spans
    assert open_workbook(zipped(PLAIN)) == second


def test_plain__only_what_is_short_between_values_is_remembered() -> None:
    """A megabyte of empty cells stands in one form, not in many."""
    def remembered(empty: int) -> int:
        cells = '<row r="77">' + '<c r="A77" s="1"/>' * empty + '<c r="D77"><v>1</v></c></row>'
        before = plain._next.cache_info().currsize
        assert plain._made(cells, {}, frozenset([""])) == {(76, 3): (76, 3, "1", "number")}
        return plain._next.cache_info().currsize - before

    remembered(empty=1)
    assert (remembered(empty=10_000), remembered(empty=10)) == (0, 1)


def test_plain__sheet_without_cells_is_left() -> None:
    assert not is_plain(xlsx("<sheetData/>"))
