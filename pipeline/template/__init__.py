"""FORM → the official workbook, blank or filled: the form with its guards, and notes for clerks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from pipeline.template import notes, sheet
from pipeline.template.layout import plan
from pipeline.template.styles import Styles
from pipeline.template.worksheet import FormSheet
from schemas import call
from schemas.current import FORM
from schemas.form import Form

__all__ = ["EDITION_PROPERTY", "Filled", "write"]

Filled = Mapping[str, Any]
# The custom document property in which the reader finds the form's edition.
EDITION_PROPERTY = "edition"


def write(target: Path | BinaryIO, form: Form = FORM, filled: Filled | None = None,
          due: datetime = call.DEADLINE) -> None:
    """Write the blank form, or one with `filled` contents, to a path or binary stream; always the same bytes.

    `filled` maps the block of single values to {field: content} and each table to a list of such records.
    Contents are written as given: a number stays a number, all else is text and never taken for a formula.
    Ticks are a sequence of options or a text. A table with more records than spare rows grows. `due` is the
    deadline that the notes for clerks name.

    Raises:
        KeyError: a field that has no place on the sheet; those of the cover have none.
    """
    contents = filled or {}
    tables = [block.name for block in form.blocks if block.table]
    laid_out = plan(form, tuple((name, len(contents.get(name, ()))) for name in tables))
    _check_fields(form, laid_out.singles, contents)
    book = xlsxwriter.Workbook(_opened(target), {"in_memory": True})
    book.set_properties(
        {
            "title": form.title,
            "subject": call.NOTICE_TITLE,
            "company": call.OFFICE,
            "created": datetime.combine(call.ISSUED, time()),
        }
    )
    book.set_custom_property(EDITION_PROPERTY, form.edition)
    styles = Styles(book)
    sheet.draw(book.add_worksheet(form.sheet, FormSheet), laid_out, styles, contents, blank=not filled)
    notes.draw(book.add_worksheet(notes.NAME), form, styles, due)
    book.close()


def _opened(target: Path | BinaryIO) -> str | BinaryIO:
    return str(target) if isinstance(target, Path) else target


def _check_fields(form: Form, singles: Mapping[str, Any], contents: Filled) -> None:
    for block in form.blocks:
        records = contents.get(block.name, ())
        known = set(block.columns if block.table else singles)
        for record in records if block.table else [records]:
            unknown = set(record) - known
            if unknown:
                raise KeyError(f"{block.name}: {sorted(unknown)}")
