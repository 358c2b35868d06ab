"""Forms laid out as one that was read before in this process.

Most bureaus fill in the template as it is, so that most forms differ in their values only. To prove that, and to take
the values, costs a tenth of finding all labels again. What is not sure is read as if it were the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.grid import Cell, Grid, Workbook, address
from pipeline.read.following import stops
from pipeline.read.labels import MAIN_TABLE, SINGLES, Labels
from pipeline.read.mould import Band, Mould, Place, is_bare, is_single
from pipeline.read.record import FormReading, Value
from pipeline.read.sides import margin_of
from pipeline.read.units import unit_in
from schemas.label import label_key

if TYPE_CHECKING:
    from pipeline.read.drafts import Draft
    from pipeline.read.headers import Header
    from pipeline.read.singles import Hit

# More are not remembered: who lays out every form otherwise has nothing of it. Nor are workbooks of more cells, merged
# ones counted again; the template has 400.
_MOST, _LARGEST = 32, 10_000
# What is spotted of a form's labels alone.
_OF_LABELS = "F05_MOVED"
# Behind a label that ends its key, this is what the key of both ends in.
_PROBE = "甲"
# No sheet is so wide.
_NO_EDGE = 1 << 20
_moulds: dict[tuple, list[Mould]] = {}


def read_again(book: Workbook, labels: Labels) -> FormReading | None:
    """The only form of a workbook, where one was laid out alike; else None."""
    readings = (mould.read(book, labels) for mould in _moulds.get(_key(book), ()))
    return next((form for form in readings if form is not None), None)


def remember(book: Workbook, draft: Draft, form: FormReading, labels: Labels) -> None:
    """Remember how a workbook's only form is laid out, if others can be read by that."""
    size = sum(len(grid.cells) + len(grid.spans) for grid in book.grids)
    if size > _LARGEST or sum(map(len, _moulds.values())) >= _MOST:
        return
    mould = _mould(book, draft, form, labels)
    # The form itself must come out the same, in the same order.
    if mould is not None and repr(mould.read(book, labels)) == repr(form):
        _moulds.setdefault(_key(book), []).append(mould)


def forget() -> None:
    """Remember nothing any more."""
    _moulds.clear()


def _key(book: Workbook) -> tuple:
    return book.edition, *((grid.name, grid.visible) for grid in book.grids)


def _mould(book: Workbook, draft: Draft, form: FormReading, labels: Labels) -> Mould | None:
    """What others may have in common with a form; None where too much depends on its values."""
    named = [place for place, grid in enumerate(book.grids) if grid.name == form.sheet]
    if len(named) != 1 or not is_bare(book.grids[named[0]]) or not _is_simple(draft, form):
        return None
    home, grid = book.grids[named[0]], draft.tables[0][0]
    bands = _bands(grid, [table.header for _, table in draft.tables], labels)
    if bands is None:
        return None
    singles = list(_singles(grid, form, [hit for _, hit in draft.hits], labels))
    varying = {place for _, place, _ in singles} | {
        (row, col) for band in bands for row in range(band.top, band.end or grid.height) for _, col, _ in band.places}
    inside = {place: cell for place, cell in grid.cells.items() if place not in varying}
    margin = margin_of(home, labels)
    return Mould(
        labels=labels, home=named[0], others=[other for other in book.grids if other is not home], spans=home.spans,
        edge=min((cell.col for cell in margin), default=_NO_EDGE),
        rows=1 + max((row for row, _ in grid.spans), default=-1),
        fixed=inside | {(cell.row, cell.col): cell for cell in margin}, inside=len(inside),
        singles=singles, bands=bands, spotted=tuple(form.spotted))


def _is_simple(draft: Draft, form: FormReading) -> bool:
    """Whether all of a form stands on one sheet, each label once and beside its value."""
    grids = {id(grid) for grid, _ in (*draft.hits, *draft.tables)}
    hits = [hit for _, hit in draft.hits]
    return (len(grids) == 1 and draft.has(MAIN_TABLE) and not draft.aside and not draft.told
            and all(spotted.rule == _OF_LABELS for spotted in form.spotted)
            and len({hit.field for hit in hits}) == len(hits) and not any(hit.within or hit.above for hit in hits))


def _singles(grid: Grid, form: FormReading, hits: list[Hit], labels: Labels,
             ) -> Iterator[tuple[str, Place | None, Value]]:
    """Each single value with the place at which another may stand; without one, it depends on cells that must be the
    same."""
    places = {address(*place): place for place in grid.cells}
    beside = {hit.field: hit.row for hit in hits if hit.inline is None and hit.row == hit.bottom}
    for name, value in form.blocks[SINGLES][0].items():
        place = places.get(value.at)
        cell = grid.cells[place] if place else None
        own = (cell is not None and cell[2:] == (value.text, value.stored) and cell.row == beside.get(name)
               and is_single(cell, name, labels))
        yield name, place if own else None, value


def _bands(grid: Grid, headers: list[Header], labels: Labels) -> list[Band] | None:
    """The rows below the headers; None where one of them is not of the plainest kind."""
    bands = []
    for header, following in zip(headers, [*headers[1:], None], strict=True):
        limit = following.top if following else grid.height
        top = header.bottom + 1
        rows = range(top, limit)
        end = next((row for row in rows if stops(_own(grid, row), header.block, header.left, labels)), limit)
        if not (_is_plain(grid, header, labels) and all(_is_row(grid, row, header) for row in range(top, end))):
            return None
        # Below a header of one row, the first record might be its second.
        heads = {col: grid.at(header.top, col).text for col in header.columns.values() if header.bottom == header.top}
        if any(not label_key(head + _PROBE).endswith(_PROBE) for head in heads.values()):
            return None
        places = [(name, col, unit) for name, col, _, unit in header.places]
        bands.append(Band(header.block, top, end if following or end < limit else None, header.columns["serial"],
                          header.columns["name"], places, heads))
    return bands


def _own(grid: Grid, row: int) -> list[Cell]:
    return [cell for cell in grid.in_row(row) if cell.row == row]


def _is_plain(grid: Grid, header: Header, labels: Labels) -> bool:
    """Whether a header names its columns and units itself, and nothing else stands in it."""
    if header.halved or header.unknown or header.guessed or [*header.columns][:2] != ["serial", "name"]:
        return False
    rows = range(header.top, header.bottom + 1)
    named = {col for first, last in header.spans.values() for col in range(first, last + 1)}
    money = [col for name, col in header.columns.items() if name in labels.money]
    heads = [cell for row in rows for col in money if (cell := grid.at(row, col)) is not None]
    return ((not money or any(unit_in(cell.text) for cell in heads))
            and all(cell.col in named or labels.is_label(cell.text) for row in rows for cell in grid.in_row(row)))


def _is_row(grid: Grid, row: int, header: Header) -> bool:
    """Whether a row below a header has its cells in the header's columns, none of them over more rows."""
    columns = set(header.columns.values())
    spans = [grid.span(row, col) for col in range(header.left, grid.width)]
    return (all(top == bottom for top, _, bottom, _ in spans)
            and all(grid.span(row, col)[1] == col for col in columns)
            and all(cell.col in columns if cell.row == row else cell.col < header.left for cell in grid.in_row(row)))
