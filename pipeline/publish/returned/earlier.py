"""What an earlier answer left in a file: taken out before it is marked anew, but for the explanations."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.grid import open_workbook
from pipeline.publish.returned import comments
from pipeline.publish.returned.cells import SheetPart
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.sheet import Remarks
from pipeline.publish.returned.styles import Styles, has_ours
from pipeline.publish.returned.workbook import Workbook
from pipeline.read.remarks import Remark, on_sheet
from pipeline.signature import Refused
from schemas.current import FORM


def explanations(data: bytes) -> Remarks | None:
    """Number, or (rule, place in words) → what the bureau wrote in 说明; None if the file has no sheet of ours."""
    return next((remarks for _, remarks in _own(data)), None)


def _own(data: bytes) -> list[tuple[str, Remarks]]:
    """Our sheets in a workbook with their explanations; one at most, but for what people copy."""
    try:
        grids = open_workbook(data).grids
    except Refused:
        return []
    named = [grid for grid in grids if grid.name.startswith(FORM.answer_sheet)]
    return [(grid.name, _by_finding(told)) for grid in named if (told := on_sheet(grid)) is not None]


def _by_finding(told: Iterable[Remark]) -> Remarks:
    """The first text for each finding: a cell of several areas has several lines."""
    found: dict[str | tuple[str, str], str] = {}
    for remark in told:
        found.setdefault(remark.number or remark.place, remark.text)
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
