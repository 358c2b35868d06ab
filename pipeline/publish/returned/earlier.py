"""What an earlier answer of ours left in a file: taken out before the file is marked anew, but for the explanations."""

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
    """(rule, place in words) → what the bureau wrote in 说明 of our sheet; None if the file has no sheet of ours."""
    try:
        grids = open_workbook(data).grids
    except Refused:
        return None
    return next(
        (
            found
            for grid in grids
            if grid.name.startswith(FORM.answer_sheet) and (found := _remarks(grid)) is not None
        ),
        None,
    )


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
    remarks = explanations(data) if any(name.startswith(FORM.answer_sheet) for name in book.names) else None
    if remarks is not None:
        book.remove(next(name for name in book.names if name.startswith(FORM.answer_sheet)))
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
    return remarks or {}
