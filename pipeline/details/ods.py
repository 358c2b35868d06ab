"""Details of an .ods package: merges, hidden rows and columns, error cells, symbol fonts, form-control boxes.

Rows and columns are run-length coded (`number-rows-repeated`), so positions are counted while walking.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.details import Box, Details, SheetDetails
from pipeline.details.package import Package, attributes_below, descendants, local, whole
from pipeline.details.xlsx import as_symbols
from pipeline.preflight.extent import Extent
from pipeline.signature import Refused

_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "Err:")
_MOST_ROWS, _MOST_COLS = 20_000, 1_024
_HIDDEN = ("collapse", "filter")


def read(source: bytes | Package) -> Details:
    """Details by sheet name.

    Raises:
        Refused: `extent`, where a sheet reaches further than a reader of values should be made to go.
    """
    try:
        root = Package.of(source).parse("content.xml")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return Details()
    styles = {_get(style, "name") for style in descendants(root, "style") if "wingdings" in attributes_below(style)}
    return Details({_get(table, "name"): _table(table, styles) for table in descendants(root, "table")})


def _get(element: Element, name: str, default: str = "") -> str:
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), default)


def _table(table: Element, styles: set[str]) -> SheetDetails:
    details = SheetDetails()
    hidden_cols: set[int] = set()
    col = 0
    for column in descendants(table, "table-column"):
        repeated = min(whole(_get(column, "number-columns-repeated"), 1), _MOST_COLS)
        if _get(column, "visibility") in _HIDDEN:
            hidden_cols.update(range(col, col + repeated))
        col += repeated
    controls = {_get(box, "id"): box for kind in ("checkbox", "radio") for box in descendants(table, kind)}
    boxes: list[Box] = []
    hidden_rows: set[int] = set()
    row = 0
    extent = Extent()
    for line in descendants(table, "table-row"):
        repeated = whole(_get(line, "number-rows-repeated"), 1)
        for left, right in _contents(line):
            if far := extent.add(row, left, row + repeated - 1, right):
                raise Refused("extent", sheet=_get(table, "name"), place=far)
        if row + repeated > _MOST_ROWS:
            row += repeated
            continue
        if _get(line, "visibility") in _HIDDEN:
            hidden_rows.update(range(row, row + repeated))
        for col, cell in _cells(line):
            _content(cell, (row, col), details, styles)
            boxes.extend(_boxes(cell, (row, col), controls))
        row += repeated
    details.hidden_rows, details.hidden_cols = frozenset(hidden_rows), frozenset(hidden_cols)
    details.boxes = tuple(sorted(boxes))
    details.pictures = sum(1 for _ in descendants(table, "image"))
    return details


def _contents(line: Element) -> Iterator[tuple[int, int]]:
    """(first column, last column) of the cells of a row that have content."""
    for col, cell in _cells(line):
        if len(cell) or _get(cell, "value-type"):
            yield col, col + whole(_get(cell, "number-columns-repeated"), 1) - 1


def _cells(line: Element) -> Iterator[tuple[int, Element]]:
    """The cells of a row with their columns, each repeated one where it is first."""
    col = 0
    for cell in line:
        if local(cell) in ("table-cell", "covered-table-cell"):
            yield col, cell
            col += whole(_get(cell, "number-columns-repeated"), 1)


def _content(cell: Element, place: tuple[int, int], details: SheetDetails, styles: set[str]) -> None:
    wide, high = (whole(_get(cell, f"number-{what}-spanned"), 1) for what in ("columns", "rows"))
    if wide > 1 or high > 1:
        details.merges.append((*place, place[0] + high - 1, place[1] + wide - 1))
    lines = [line for line in cell if local(line) == "p"]
    text, formula = "".join("".join(line.itertext()) for line in lines), _get(cell, "formula")
    if text.startswith(_ERRORS) and (formula or "error" in cell.attrib.values()):
        details.overrides[place] = (text, "error")
    elif formula and not text and not _get(cell, "value-type"):
        details.overrides[place] = ("=" + formula.removeprefix("of:").removeprefix("="), "formula")
    elif styles and _get(cell, "value-type") == "string":
        symbol = _get(cell, "style-name") in styles
        marked = ["".join(_marked(line, symbol, styles)) for line in lines]
        if "".join(marked) != text:
            details.overrides[place] = ("\n".join(marked), "text")


def _marked(element: Element, symbol: bool, styles: set[str]) -> Iterator[str]:
    """An element's text in pieces, what is set in a symbol font as marks."""
    yield as_symbols(element.text or "") if symbol else element.text or ""
    for child in element:
        style = _get(child, "style-name")
        yield from _marked(child, style in styles if style else symbol, styles)
        yield as_symbols(child.tail or "") if symbol else child.tail or ""


def _boxes(cell: Element, place: tuple[int, int], controls: dict[str, Element]) -> Iterator[Box]:
    for n, shape in enumerate(descendants(cell, "control")):
        box = controls.get(_get(shape, "control"))
        if box is not None:
            ticked = (_get(box, "current-state", _get(box, "state")) == "checked"
                      or _get(box, "current-selected", _get(box, "selected")) == "true")
            yield Box(*place, n, ticked, _get(box, "label"))
