"""Sheets → the bytes of a small .ods: content, merges, hidden rows, and nothing else."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape, quoteattr

from pipeline.demo.sheet import Sheet
from pipeline.demo.workbook import packed

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"' for short, long in (
    ("office", "office"), ("table", "table"), ("text", "text"), ("manifest", "manifest")))
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def ods(sheets: list[Sheet]) -> bytes:
    """A spreadsheet with these sheets; formulas and boxes of any kind are not to be had."""
    tables = "".join(_table(sheet) for sheet in sheets)
    content = (f'{_HEAD}<office:document-content {_NAMES} office:version="1.2"><office:body>'
               f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>")
    entries = "".join(f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
                      for path, kind in (("/", _MIMETYPE), ("content.xml", "text/xml")))
    manifest = f'{_HEAD}<manifest:manifest {_NAMES} manifest:version="1.2">{entries}</manifest:manifest>'
    # The standard wants the type first and uncompressed, to be seen from outside.
    return packed({"mimetype": _MIMETYPE.encode(), "content.xml": content.encode(),
                   "META-INF/manifest.xml": manifest.encode()}, stored=("mimetype",))


def _table(sheet: Sheet) -> str:
    covered = {(row, col) for top, left, bottom, right in sheet.merges
               for row in range(top, bottom + 1) for col in range(left, right + 1)}
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merges}
    width = 1 + max(col for _, col in covered | set(sheet.cells))
    rows = []
    for row in range(sheet.height):
        cells = "".join(_cell(sheet, (row, col), spans, covered) for col in range(width))
        hidden = ' table:visibility="collapse"' if row in sheet.hidden_rows else ""
        rows.append(f"<table:table-row{hidden}>{cells}</table:table-row>")
    columns = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return f'<table:table table:name={quoteattr(sheet.name)}>{columns}{"".join(rows)}</table:table>'


def _cell(sheet: Sheet, place: tuple[int, int], spans: dict, covered: set[tuple[int, int]]) -> str:
    if place in covered and place not in spans:
        return "<table:covered-table-cell/>"
    span = ""
    if place in spans:
        span = ' table:number-rows-spanned="{}" table:number-columns-spanned="{}"'.format(*spans[place])
    content = sheet.cells.get(place)
    if content is None:
        return f"<table:table-cell{span}/>"
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(content).split("\n"))
    return f"<table:table-cell{span}{_typed(content)}>{paragraphs}</table:table-cell>"


def _typed(content: object) -> str:
    if isinstance(content, date):
        return f' office:value-type="date" office:date-value="{content.isoformat()}"'
    if isinstance(content, (int, float)):
        return f' office:value-type="float" office:value="{content}"'
    return ' office:value-type="string"'
