"""Bytes of small workbooks, made from the parts a test speaks of."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pipeline.demo import ole

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STRICT = {_MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
           _OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships"}
_ODF = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in (
    ("office", "office"), ("table", "table"), ("text", "text"), ("draw", "drawing"), ("form", "form"),
    ("style", "style")))
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_GLOBALS, _WORKSHEET = 0x0005, 0x0010

Relation = tuple[str, str, str]
# A picture of one dot.
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {info.filename: package.read(info) for info in package.infolist()}


def relations(*items: Relation) -> str:
    """A relationship part: (id, last word of the type, target)."""
    links = "".join(f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for name, kind,
                    target in items)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def xlsx_parts(*sheets: str, strings: str = "", styles: str = "", states: Sequence[str] = (),
               related: Sequence[Relation] = (), parts: Mapping[str, str | bytes] | None = None) -> dict[str,
                       str | bytes]:
    """An .xlsx by part; each sheet is what stands inside `worksheet`, `related` are the first sheet's relations."""
    names = [f"sheet{n}" for n in range(1, len(sheets) + 1)]
    states = [*states, *[""] * (len(sheets) - len(states))]
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"{state and f" state={state!r}"}/>'
                     for n, state in enumerate(states, 1))
    office = [(f"rId{n}", "worksheet", f"worksheets/{name}.xml") for n, name in enumerate(names, 1)]
    spoken = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"'
    found: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(names),
        "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f"<workbook {spoken}><sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(*office, ("rIdS", "sharedStrings", "sharedStrings.xml"),
                                                ("rIdT", "styles", "styles.xml")),
        "xl/sharedStrings.xml": f"<sst {spoken}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {spoken}>{styles}</styleSheet>",
    }
    found |= {f"xl/worksheets/{name}.xml": f"<worksheet {spoken}>{body}</worksheet>"
              for name, body in zip(names, sheets, strict=True)}
    if related:
        found["xl/worksheets/_rels/sheet1.xml.rels"] = relations(*related)
    return found | dict(parts or {})


def _content_types(names: Sequence[str]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    kinds = {"xl/workbook.xml": "sheet.main", "xl/sharedStrings.xml": "sharedStrings", "xl/styles.xml": "styles"}
    kinds |= {f"xl/worksheets/{name}.xml": "worksheet" for name in names}
    parts = "".join(f'<Override PartName="/{part}" ContentType="{kind}.{word}+xml"/>' for part,
                    word in kinds.items())
    return (f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f"{parts}</Types>")


def sheet_of(*cells: str, after: str = "") -> str:
    """The inside of a sheet with these `c` elements, in the rows they name; `after` stands behind its data."""
    rows: dict[int, list[str]] = {}
    for cell in cells:
        rows.setdefault(int(re.search(r""" r=["'][A-Z]+(\d+)""", cell)[1]), []).append(cell)
    return "<sheetData>" + "".join(f'<row r="{row}">{"".join(found)}</row>' for row,
                                   found in rows.items()) + f"</sheetData>{after}"


def text_cell(place: str, text: str) -> str:
    """A cell with an inline text."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def xlsx(*sheets: str, **facts: object) -> bytes:
    """An .xlsx made of raw sheets; keywords as in `xlsx_parts`."""
    return zipped(xlsx_parts(*sheets, **facts))


def strict(data: bytes) -> bytes:
    """An .xlsx in the namespaces of Strict OOXML."""
    parts = {}
    for name, content in unzipped(data).items():
        text = content.decode()
        for loose, tight in _STRICT.items():
            text = text.replace(loose, tight)
        parts[name] = text
    return zipped(parts)


def prefixed(data: bytes, part: str) -> bytes:
    """An .xlsx with a prefix before each element of one part, as OpenXML SDK writes it."""
    parts = unzipped(data)
    text = re.sub(r"<(/?)(?=\w)", r"<\1x:", parts[part].decode()).replace("xmlns=", "xmlns:x=")
    return zipped(parts | {part: text})


def ods(tables: str, *, forms: str = "", styles: str = "", manifest: str = "", mimetype: str = _ODS) -> bytes:
    """An .ods with these `table:table` elements; `forms` stands in the first of them."""
    body = tables.replace("<!--forms-->", f"<office:forms>{forms}</office:forms>")
    content = (f'<office:document-content {_ODF} office:version="1.2"><office:automatic-styles>{styles}'
               f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
               "</office:document-content>")
    listed = ('<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
              f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}">{manifest}'
              "</manifest:file-entry></manifest:manifest>")
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": listed})


def record(kind: int, content: bytes = b"") -> bytes:
    """A BIFF record."""
    return struct.pack("<HH", kind, len(content)) + content


def xls(cells: bytes, *, fonts: Sequence[str] = (), hidden: bool = False) -> bytes:
    """An .xls of one sheet 表1 with these records; format 15 is in 宋体, 16 on in `fonts`."""
    head = _beginning(_GLOBALS) + record(0x0042, struct.pack("<H", 1200)) + record(0x0022, bytes(2))
    # No file has a font of number 4: the fifth record is font 5.
    head += b"".join(_font(name) for name in ("宋体",) * 4 + tuple(fonts))
    head += b"".join(_format(0, 0xFFF5) for _ in range(15)) + _format(0, 1)
    head += b"".join(_format(n, 1) for n in range(5, 5 + len(fonts)))
    name = "表1".encode("utf-16-le")
    bound = struct.pack("<BBBB", int(hidden), 0, len(name) // 2, 1) + name
    start = len(head) + len(record(0x0085, bytes(4) + bound)) + len(record(0x000A))
    body = _beginning(_WORKSHEET) + record(0x0200, struct.pack("<IIHHH", 0, 50, 0, 20, 0)) + cells + record(0x000A)
    return ole.container({"Workbook": head + record(0x0085,
                                                    struct.pack("<I", start) + bound) + record(0x000A) + body})


def _beginning(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _font(name: str) -> bytes:
    return record(0x0031, struct.pack("<5H4BBB", 210, 0, 0x7FFF, 400, 0, 0, 0, 134, 0, len(name), 1)
                  + name.encode("utf-16-le"))


def _format(font: int, kind: int) -> bytes:
    return record(0x00E0, struct.pack("<3H4B2IH", font, 0, kind, 0x20, 0, 0, 0, 0, 0, 0x20C0))


def xls_text(row: int, col: int, text: str, looks: int = 15) -> bytes:
    """A text in a cell."""
    return record(0x0204, struct.pack("<4HB", row, col, looks, len(text), 1) + text.encode("utf-16-le"))


def xls_number(row: int, col: int, number: float) -> bytes:
    """A number in a cell."""
    return record(0x0203, struct.pack("<3Hd", row, col, 15, number))


def xls_flag(row: int, col: int, value: int, *, error: bool) -> bytes:
    """A truth value or an error code in a cell."""
    return record(0x0205, struct.pack("<3HBB", row, col, 15, value, int(error)))


def converted(books: Mapping[str, bytes], folder: Path, extension: str) -> dict[str, bytes]:
    """The .xlsx workbooks by name as LibreOffice saves them in another format; skips the test where it is missing."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("no LibreOffice here")
    sources = [folder / f"{name}.xlsx" for name in books]
    for source, data in zip(sources, books.values(), strict=True):
        source.write_bytes(data)
    subprocess.run([program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
                    "--convert-to",
                    extension, "--outdir", str(folder), *map(str, sources)], check=True, capture_output=True,
                    timeout=120)
    return {name: (folder / f"{name}.{extension}").read_bytes() for name in books}
