"""What forms that are laid out alike have in common: the same labels at the same places, other values.

A form is read by it only if its values are sure to make no difference to the reader of labels, whatever they are: they
are no words of the form, nor of the few others that it heeds. Each question it asks of a text is asked here, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from pipeline.details.cells import Range, cell_key
from pipeline.grid import Cell, Grid, Workbook, address
from pipeline.read.inline import colon_labels, figures
from pipeline.read.labels import MAIN_TABLE, SINGLES, Labels
from pipeline.read.record import FormReading, Row, Spotted, Value
from pipeline.read.regions import is_mark, is_number
from pipeline.read.skipped import BLANK, LONGEST_SERIAL, TOTALS, tells_example
from schemas.kinds.date import read_day
from schemas.kinds.text import is_blank, is_content, is_placeholder, is_void
from schemas.label import label_key

Place = tuple[int, int]

# A text that does not begin or end in the middle of brackets, so that its last character ends its key, too.
_ENDS_ITS_KEY = re.compile(r"[\u4e00-\u9fff0-9A-Z，。；、.,]*[\u4e00-\u9fff0-9A-Z]")
_made = partial(tuple.__new__, Value)


class Band(NamedTuple):
    """The rows of a table: from `top` to `end` (exclusive; None: the sheet's last), each field with its column and
    unit; `heads` are the labels over columns whose first row might be read as more of the label."""

    block: str
    top: int
    end: int | None
    serial: int
    name: int
    places: Sequence[tuple[str, int, str]]
    heads: Mapping[int, str]


@dataclass(frozen=True, eq=False)
class Mould:
    """Of one form what all that are laid out like it have in common.

    `fixed` are the cells that must be the same, `singles` each value with its place, or as it always is; `edge` is
    where the template's own column begins, `rows` how far the merged ranges reach down; `others` are the other sheets.
    """

    labels: Labels
    home: int
    others: Sequence[Grid]
    spans: Mapping[Place, Range]
    edge: int
    rows: int
    fixed: Mapping[Place, Cell]
    inside: int
    singles: Sequence[tuple[str, Place | None, Value]]
    bands: Sequence[Band]
    spotted: Sequence[Spotted]

    def read(self, book: Workbook, labels: Labels) -> FormReading | None:
        """The form of a workbook; None if it is not sure to be laid out so."""
        grid = book.grids[self.home]
        if labels is not self.labels or not self._is_around(book) or not self.fixed.items() <= grid.cells.items():
            return None
        places = [place for place in grid.cells if place[1] < self.edge]
        form = FormReading(grid.name, spotted=list(self.spotted))
        height = max(self.rows, max(places)[0] + 1)
        told = self._singles(grid.cells, labels)
        numbers = [_records(form, grid.cells, band, height, labels) for band in self.bands]
        if told is None or None in numbers or not form.blocks[MAIN_TABLE]:
            return None
        form.blocks[SINGLES] = [told]
        varying = sum(place is not None for _, place, _ in self.singles)
        # Whatever else stands there may be anything.
        return form if self.inside + varying + sum(numbers) == len(places) else None

    def _is_around(self, book: Workbook) -> bool:
        """Whether all but the cells of the form's own sheet is the same."""
        home = book.grids[self.home]
        others = zip(self.others, (grid for grid in book.grids if grid is not home), strict=True)
        # What a bureau explains on the list that we put in front is none of the form.
        return is_bare(home) and home.spans == self.spans and all(
            one.name == self.labels.answer_sheet or _same(one, other) for one, other in others)

    def _singles(self, cells: Mapping[Place, Cell], labels: Labels) -> Row | None:
        row: Row = {}
        for name, place, value in self.singles:
            if place is not None:
                cell = cells.get(place)
                if cell is None or not is_single(cell, name, labels):
                    return None
                value = _made((cell[2], value[1], cell[3], ""))
            row[name] = value
        return row


def is_bare(grid: Grid) -> bool:
    """Whether a sheet has nothing but cells and merged ranges."""
    return grid.keeps_keys and not (grid.hidden_rows or grid.hidden_cols or grid.boxes or grid.pictures)


def _same(one: Grid, other: Grid) -> bool:
    return one.cells == other.cells and one.spans == other.spans and is_bare(other)


def _records(form: FormReading, cells: Mapping[Place, Cell], band: Band, height: int, labels: Labels) -> int | None:
    """Add a table's records to the form: the number of their cells; None if a row is not sure to be one, or spare."""
    records, counted, used = [], {}, 0
    end = height if band.end is None else band.end
    for row in range(band.top, end):
        number, name = cells.get((row, band.serial)), cells.get((row, band.name))
        if number is not None and not _is_number(number[2]):
            return None
        reason = BLANK if name is None else ""
        if name is None:
            told = int(number is not None)
            form.skipped[BLANK] = form.skipped.get(BLANK, 0) + 1
        else:
            record, told = _record(cells, row, band, labels)
            # A record has a number, a name and more.
            if number is None or told <= 2 or not _is_named(record):
                return None
            records.append(record)
        if told:
            counted[reason] = counted.get(reason, 0) + 1
        used += told
    if any(_may_be_label(cells.get((band.top, col)), head, labels) for col, head in band.heads.items()):
        return None
    form.blocks[band.block], form.rows[band.block] = records, counted
    return used


def _record(cells: Mapping[Place, Cell], row: int, band: Band, labels: Labels) -> tuple[Row, int]:
    """The record of a row, and the number of its cells; 0 if one of them is not sure to be a value."""
    record: Row = {}
    told = 0
    for name, col, unit in band.places:
        cell = cells.get((row, col))
        if cell is None:
            record[name] = _made(("", address(row, col), "text", unit))
        elif _is_value(cell, labels):
            told += 1
            record[name] = _made((cell[2], address(row, col), cell[3], unit))
        else:
            return record, 0
    return record, told


def _is_number(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_SERIAL


def _is_value(cell: Cell, labels: Labels) -> bool:
    """Whether a cell below a header cannot be taken for anything but a value."""
    text, stored = cell[2], cell[3]
    if stored == "text":
        return _is_no_label(text, labels) and not is_blank(text)
    return stored in ("number", "date") and _is_figure(text)


def _is_figure(text: str) -> bool:
    """Whether a text ends in a digit, as no label in Latin letters does."""
    return text.isascii() and text[-1].isdigit()


def _is_named(record: Row) -> bool:
    """Whether a record's name, and what else stands in it, can only be those of a record."""
    name, _, stored, _ = record["name"]
    if stored != "text" or tells_example(name) or label_key(name) in TOTALS:
        return False
    if is_content(name):
        return True
    # 无锡 begins as nothing does.
    return ("\u4e00" <= name[0] <= "\u9fff" and not is_placeholder(name) and not is_void(name)
            and any(value[0] and is_content(value[0]) for field, value in record.items()
                    if field not in ("serial", "name")))


def is_single(cell: Cell, name: str, labels: Labels) -> bool:
    """Whether a cell right of a label can only be the value of it, whole and as it stands."""
    _, _, text, stored = cell
    if stored != "text":
        kinds = ("date",) if name in labels.days else () if name in labels.regions else ("number",)
        return stored in kinds and _is_figure(text)
    if not _is_no_label(text, labels) or is_blank(text) or is_placeholder(text) or figures(cell, labels):
        return False
    if ":" in text or "：" in text:
        return name in labels.long_texts | labels.regions and not colon_labels(text, labels)
    if name in labels.days:
        return read_day(text, stored).value is not None
    if name in labels.counts:
        return "其中" not in text
    return name not in labels.regions or not (is_mark(cell) or is_number(cell))


def _is_no_label(text: str, labels: Labels) -> bool:
    """Whether a text is no word of the form, nor is its first line."""
    if "\n" in text and label_key(text.partition("\n")[0]) == labels.margin:
        return False
    return cell_key(text) not in labels.words_of_form


def _may_be_label(cell: Cell | None, head: str, labels: Labels) -> bool:
    """Whether a text below a label may be more of it."""
    if cell is None or (_ENDS_ITS_KEY.fullmatch(cell[2]) and cell[2][-1] not in labels.heading_ends):
        return False
    return label_key(head + cell[2]) in labels.headings
