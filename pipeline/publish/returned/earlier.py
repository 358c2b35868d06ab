"""What an earlier answer left in a file: taken out before it is marked anew, but for the explanations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.grid import Grid, open_workbook
from pipeline.publish.returned import comments
from pipeline.publish.returned.cells import SheetPart
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.sheet import CODE, PLACE, REMARK
from pipeline.publish.returned.styles import Styles, has_ours
from pipeline.publish.returned.workbook import Workbook
from pipeline.signature import Refused
from schemas.form_2023 import FORM

Remarks = Mapping[tuple[str, str], str]
# Programs save the line break behind the address as they like.
_ADDRESS = re.compile(r"^[A-Z]{1,3}\d+(?:—[A-Z]{1,3}\d+)?(?:（另有 \d+ 处）)?\s*")


def explanations(data: bytes) -> Remarks | None:
    """(rule, place in words) → what the bureau wrote in 说明; None if the file has no sheet of ours."""
    return next((remarks for _, remarks in _own(data)), None)


def _own(data: bytes) -> list[tuple[str, Remarks]]:
    """Our sheets in a workbook with their explanations; one at most, but for what people copy."""
    try:
        grids = open_workbook(data).grids
    except Refused:
        return []
    named = [grid for grid in grids if grid.name.startswith(FORM.answer_sheet)]
    return [(grid.name, remarks) for grid in named if (remarks := _remarks(grid)) is not None]


def _remarks(grid: Grid) -> Remarks | None:
    """The explanations on a sheet, None if it has not the columns of ours."""
    for row in range(min(grid.height, 20)):
        columns = {cell.text: cell.col for cell in grid.in_row(row)}
        if {CODE, PLACE, REMARK} <= columns.keys():
            break
    else:
        return None
    found: dict[tuple[str, str], str] = {}
    for cell in grid:
        if cell.col == columns[REMARK] and cell.row > row:
            code, place = grid.at(cell.row, columns[CODE]), grid.at(cell.row, columns[PLACE])
            if code and place:
                found.setdefault((code.text, _ADDRESS.sub("", place.text, count=1)), cell.text)
    return found


def take_out(package: Package, data: bytes) -> Remarks:
    """Take our sheet, colours and comments out of a package; the explanations that stood on the sheet."""
    book = Workbook(package)
    own = _own(data) if any(name.startswith(FORM.answer_sheet) for name in book.names) else []
    for name, _ in own:
        book.remove(name)
    path = book.styles()
    if has_ours(package.read(path)):
        styles = Styles(package.read(path), book.fills_under())
        for name in book.worksheets.values():
            sheet = SheetPart(package.read(name), book.strict)
            if sheet.unmark(styles):
                package.put(name, sheet.result())
        package.put(path, styles.result())
    for name in book.worksheets.values():
        comments.remove(package, name, book.strict)
    return {key: words for _, remarks in own for key, words in remarks.items()}
