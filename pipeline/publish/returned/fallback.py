"""The official template with the bureau's own contents, for a file on which we cannot write (.xls, .ods).

Contents are moved as they were typed, so that the template, read again, says what the file said; a finding
goes to the cell where its content stands now.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from math import isfinite
from typing import Any

import xlsxwriter

from pipeline.publish.celltext import shown
from pipeline.publish.returned.lines import Entry
from pipeline.read import FormReading, Value
from pipeline.read.record import CELL_BREAK
from pipeline.template import EDITION_PROPERTY, Filled, notes, sheet
from pipeline.template.layout import Plan, plan
from pipeline.template.styles import Styles
from pipeline.template.worksheet import FormSheet
from schemas import call
from schemas.column import Column
from schemas.current import FORM
from schemas.kind import DAY, TICKS
from schemas.kinds.ticks import CHECKED, UNCHECKED

# Marks of a symbol font show in no other; its plain cross differs from its ticked boxes.
_PLAIN_CROSS = "\uf0fb"
_SYMBOLS = (
    {ord(mark): "☑" for mark in CHECKED} | {ord(mark): "□" for mark in UNCHECKED} | {ord(_PLAIN_CROSS): "✗"}
)
_SYMBOLS = {char: mark for char, mark in _SYMBOLS.items() if char >= 0xE000}
# What Excel takes for a sheet's name, of characters that show; other formats allow more.
_SHEET_NAME = re.compile(
    r"(?!')[^\[\]:*?/\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
    r"{1,31}(?<!')")
# A cell of the file: its sheet and address.
_Cell = tuple[str, str]


class Transfer:
    """The template filled with the forms of a file, and where each of the file's cells is now."""

    def __init__(self, forms: Sequence[FormReading]) -> None:
        self.forms = list(forms)
        self._plans = [_plan(form) for form in self.forms] or [plan(FORM)]
        self._names = _names(self.forms)
        self._moved: dict[_Cell, _Cell] = {}
        for form, name, laid_out in zip(self.forms, self._names, self._plans, strict=False):
            for place, block, row, field in _values(form):
                target = _target(laid_out, block, row, field)
                if target:
                    self._moved.setdefault(place, (name, target))

    def workbook(self, due: datetime = call.DEADLINE) -> bytes:
        """The filled template's bytes; the blank one if there was no form. `due` is the deadline that its notes
        name."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(
            target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties(
            {
                "title": FORM.title,
                "subject": call.NOTICE_TITLE,
                "company": call.OFFICE,
                "created": datetime.combine(call.ISSUED, time()),
            }
        )
        book.set_custom_property(EDITION_PROPERTY, FORM.edition)
        styles = Styles(book)
        contents = [
            _filled(form, laid_out) for form, laid_out in zip(self.forms, self._plans, strict=False)
        ] or [{}]
        for name, laid_out, filled in zip(self._names, self._plans, contents, strict=True):
            sheet.draw(book.add_worksheet(name, FormSheet), laid_out, styles, filled, blank=not self.forms)
        notes.draw(book.add_worksheet(notes.NAME), FORM, styles, due)
        book.close()
        return target.getvalue()

    def entry(self, entry: Entry) -> Entry:
        """The entry with the cells where its contents are now, as far as the template has them."""
        moved = [self._moved[entry.sheet, cell] for cell in entry.cells if (entry.sheet, cell) in self._moved]
        if not moved:
            moved = self._by_field(entry)
        name = moved[0][0] if moved else ""
        cells = dict.fromkeys(cell for own, cell in moved if own == name)
        return entry._replace(sheet=name, cells=tuple(cells))

    def _by_field(self, entry: Entry) -> list[_Cell]:
        """The place of an entry about a cell that the file did not have."""
        number = next((n for n, form in enumerate(self.forms) if form.sheet == entry.sheet), None)
        if number is None or not entry.field:
            return []
        target = _target(self._plans[number], entry.table, entry.row - 1, entry.field)
        return [(self._names[number], target)] if target else []


def _names(forms: Sequence[FormReading]) -> list[str]:
    """A sheet for each form: the template's own name, or the file's names where there are several."""
    if len(forms) <= 1:
        return [FORM.sheet]
    names = [form.sheet for form in forms]
    taken = {name.lower() for name in (*names, FORM.answer_sheet, notes.NAME)}
    if len(taken) == len(names) + 2 and all(map(_SHEET_NAME.fullmatch, names)):
        return names
    return [f"{FORM.sheet}{number}" for number in range(1, len(forms) + 1)]


def _plan(form: FormReading) -> Plan:
    tables = [block.name for block in FORM.blocks if block.table]
    return plan(FORM, tuple((name, len(form.blocks.get(name, ()))) for name in tables))


def _values(form: FormReading) -> Iterator[tuple[_Cell, str, int, str]]:
    """Every cell of a form that holds a value, with its block, row from 0 and field."""
    for block, records in form.blocks.items():
        for row, record in enumerate(records):
            for field, value in record.items():
                for cell in value.at.split(","):
                    own, _, address = cell.rpartition("!")
                    yield (own or form.sheet, address), block, row, field


def _target(laid_out: Plan, block: str, row: int, field: str) -> str:
    """The address of a value on the template, "" if it has no place there."""
    table = laid_out.tables.get(block)
    if table is None:
        return laid_out.singles[field].value.address if field in laid_out.singles else ""
    place = table.first + row
    return (
        table.cell(field, place).address
        if field in table.columns and 0 <= row <= table.last - table.first
        else ""
    )


def _filled(form: FormReading, laid_out: Plan) -> Filled:
    """The form's contents for the template."""
    filled: dict[str, Any] = {}
    for block in FORM.blocks:
        known = block.columns if block.table else {name: block.columns[name] for name in laid_out.singles}
        records = [_record(record, known) for record in form.blocks.get(block.name, ())]
        filled[block.name] = records if block.table else (records or [{}])[0]
    return filled


def _record(record: Mapping[str, Value], known: Mapping[str, Column]) -> dict[str, Any]:
    return {
        name: _content(value, known[name]) for name, value in record.items() if name in known and value.text
    }


def _content(value: Value, column: Column) -> Any:
    """A cell's content as it was typed: a number as a number, a day as a day, everything else as a text."""
    # A header that names another unit counts: 12.5 under 亿元 is 12.5亿元.
    if value.unit and value.unit != column.unit and value.stored == "number":
        return value.text + value.unit
    if value.stored == "number" and isfinite(float(value.text)):
        return float(value.text)
    if value.stored == "date" and column.kind == DAY:
        return datetime.fromisoformat(value.text)
    text = value.text.replace(CELL_BREAK, "　" if column.kind == TICKS else " ")
    return shown(text.translate(_SYMBOLS))
