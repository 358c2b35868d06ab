"""The bureau's own workbook with our marks: three parts of it change, the rest is as it came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count

from pipeline.publish.returned import comments, drawing, earlier, live
from pipeline.publish.returned.cells import Place, SheetPart
from pipeline.publish.returned.lines import Entry, comment, gravest, marks
from pipeline.publish.returned.looks import LEVELS, with_looks
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.sheet import Page, Sheet
from pipeline.publish.returned.styles import Styles
from pipeline.publish.returned.workbook import Workbook
from schemas.current import FORM
from schemas.rule import SEVERITY_WORDS

_WITHOUT_MACROS = "原文件是启用宏的工作簿。宏没有保留，本文件是普通工作簿（.xlsx），填写的内容和格式不变，请在本文件中改正后报送。"
# Other names, where the bureau has a sheet of that name itself; the reader takes none of them for a form.
_OTHER_NAME = f"{FORM.answer_sheet}说明"


def marked(data: bytes, page: Page, *, proven: bool = False) -> bytes:
    """The workbook with cells coloured, comments, and our sheet in front; `proven` as in `Package.save`.

    Raises:
        Unmarkable: it is no package, or one that cannot be changed part by part.
    """
    package = Package(data)
    if live.take_out(package):
        page = replace(page, note=_WITHOUT_MACROS)
    page = replace(page, remarks=earlier.take_out(package, data))
    book = Workbook(package)
    sheets = book.worksheets
    page.entries = [_linked(entry, sheets) for entry in page.entries]
    path = book.styles()
    data, looks = with_looks(package.read(path), _levels(page.entries))
    styles = Styles(data, book.fills_under())
    block = drawing.spare_block(package, sheets.values())
    for number, (name, found) in enumerate(marks(page.entries).items()):
        _mark_sheet(package, sheets[name], found, styles, block + number, book.strict)
    answer = Sheet(page, looks, book.space)
    others = (f"{_OTHER_NAME}{number or ''}" for number in count())
    name = next(name for name in chain([FORM.answer_sheet], others) if name not in book.names)
    package.put(path, styles.result())
    book.insert(name, answer.xml(), answer.header, styles.under)
    return package.save(proven=proven)


def _levels(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The levels of which the list shows the colour."""
    shown = {SEVERITY_WORDS[entry.level] for entry in entries if entry.asked}
    return tuple(level for level in LEVELS if level in shown)


def _linked(entry: Entry, sheets: dict[str, str]) -> Entry:
    """The entry without cells, where its sheet is not in the workbook."""
    return entry if entry.sheet in sheets else entry._replace(cells=())


def _mark_sheet(
    package: Package, path: str, found: dict[Place, list[Entry]], styles: Styles, block: int, strict: bool
) -> None:
    sheet = SheetPart(package.read(path), strict)
    shown: dict[Place, list[Entry]] = {}
    for place, entries in found.items():
        shown.setdefault(sheet.shown(place), []).extend(entries)
    for place, entries in shown.items():
        sheet.restyle(place, styles, gravest(entries))
    comments.add(package, sheet, path, {place: comment(entries) for place, entries in shown.items()}, block)
    package.put(path, sheet.result())
