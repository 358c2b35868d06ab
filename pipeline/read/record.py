"""What reading yields: values as text with their cells, and what was spotted on the way. Plain data, picklable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.label import CELL_BREAK

__all__ = ["CELL_BREAK", "FormReading", "Opened", "Spotted", "Value"]


class Value(NamedTuple):
    """A value as it stands: text, its cell(s), how it was stored, and the unit its column's header names.

    `at` is an A1 address, several with a comma, with the sheet before a “!” where that is not the form's own sheet.
    """

    text: str
    at: str
    stored: str = "text"
    unit: str = ""


class Spotted(NamedTuple):
    """A finding of the file or the sheet: the rule's name in `schemas.current.file`, where, facts for its words."""

    rule: str
    sheet: str = ""
    at: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    table: str = ""
    field: str = ""
    value: str = ""


Row = dict[str, Value]


@dataclass
class FormReading:
    """One form: its own sheet, the records of each block, what was spotted, rows skipped (with why).

    `rows` accounts for every row with content in the area of a table: by block, how many were taken ("") and how many
    were skipped, by reason.
    """

    sheet: str
    blocks: dict[str, list[Row]] = field(default_factory=dict)
    spotted: list[Spotted] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)


class Opened(NamedTuple):
    """The forms of a file, or what is wrong with it; `blank` if it is a form in which nothing was filled in.

    `remarks` are (number of the finding or "", rule and place in words, what the bureau explains), `entries` the rows
    of a sheet of decisions. Nothing at all: a list of problems without explanations. `kind` as in
    `pipeline.signature.kind_of`, of what could be read; None: nobody has asked.
    """

    forms: tuple[FormReading, ...] = ()
    spotted: tuple[Spotted, ...] = ()
    blank: bool = False
    remarks: tuple[tuple[str, str, str], ...] = ()
    entries: tuple[tuple[str, ...], ...] = ()
    kind: str | None = None
