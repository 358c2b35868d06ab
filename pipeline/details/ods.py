"""Details of an .ods package: merges, hidden rows and columns, error cells, form-control boxes.

Rows and columns are run-length coded (`number-rows-repeated`), so positions are counted while walking.
"""

from __future__ import annotations

import zipfile
from xml.etree.ElementTree import Element

from pipeline.details import Box, Details, SheetDetails
from pipeline.details.package import Package, descendants, local

_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "Err:")
_MOST_ROWS, _MOST_COLS = 20_000, 1_024
_HIDDEN = ("collapse", "filter")


def read(data: bytes) -> Details:
    """Details by sheet name."""
    try:
        root = Package(data).parse("content.xml")
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return Details()
    return Details({_get(table, "name"): _table(table) for table in descendants(root, "table")})


def _get(element: Element, name: str, default: str = "") -> str:
    return next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), default)


def _table(table: Element) -> SheetDetails:
    details = SheetDetails()
    hidden_cols: set[int] = set()
    col = 0
    for column in descendants(table, "table-column"):
        repeated = min(int(_get(column, "number-columns-repeated", "1")), _MOST_COLS)
        if _get(column, "visibility") in _HIDDEN:
            hidden_cols.update(range(col, col + repeated))
        col += repeated
    controls = {_get(box, "id"): box for box in descendants(table, "checkbox")}
    boxes: list[Box] = []
    hidden_rows: set[int] = set()
    row = 0
    for line in descendants(table, "table-row"):
        repeated = int(_get(line, "number-rows-repeated", "1"))
        if row + repeated > _MOST_ROWS:
            break
        if _get(line, "visibility") in _HIDDEN:
            hidden_rows.update(range(row, row + repeated))
        _row(line, row, details, controls, boxes)
        row += repeated
    details.hidden_rows, details.hidden_cols = frozenset(hidden_rows), frozenset(hidden_cols)
    details.boxes = tuple(sorted(boxes))
    details.pictures = sum(1 for _ in descendants(table, "image"))
    return details


def _row(line: Element, row: int, details: SheetDetails, controls: dict[str, Element], boxes: list[Box]) -> None:
    col = 0
    for cell in line:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        wide, high = (int(_get(cell, f"number-{what}-spanned", "1")) for what in ("columns", "rows"))
        if wide > 1 or high > 1:
            details.merges.append((row, col, row + high - 1, col + wide - 1))
        text = "".join("".join(p.itertext()) for p in cell if local(p) == "p")
        if text.startswith(_ERRORS) and (_get(cell, "formula") or "error" in cell.attrib.values()):
            details.overrides[row, col] = (text, "error")
        for shape in descendants(cell, "control"):
            box = controls.get(_get(shape, "control"))
            if box is not None:
                boxes.append(Box(row, col, len(boxes), _get(box, "current-state") == "checked"
                                 or _get(box, "state") == "checked", _get(box, "label")))
        col += int(_get(cell, "number-columns-repeated", "1"))
