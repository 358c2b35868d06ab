"""One column of the form, declared once: label, accepted spellings, kind, unit, choices, width, help.

`column` puts a `Column` into pandera's field metadata; template, reader, frames, messages and dictionary read it back
through `columns_of`.
"""

from __future__ import annotations

from dataclasses import dataclass, field as attribute, replace
from functools import cache
from typing import Any

import pandera.polars as pa

from schemas import without_examples  # noqa: F401
from schemas.kind import Kind
from schemas.label import label_key

# Suffix of the companion column that says how a cell was read: "" as it stands, else one word of the kind's notes.
NOTE = "__note"
DETAIL = "__detail"


@dataclass(frozen=True)
class Column:
    """What one label of the form means. `width` is in characters of the template's grid."""

    label: str
    kind: Kind
    spellings: tuple[str, ...] = ()
    unit: str = ""
    choices: tuple[str, ...] = ()
    width: int = 12
    help: str = ""
    example: str = ""
    required: bool = False
    field: str = ""
    # Text that the official form prints in the cell or its label as a hint; left alone it is no content.
    hint: str = ""
    # Spellings of two columns that some forms have instead of this one (a period's start and its end).
    halves: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    # What some forms print between this label and its value (联系人 | 姓名 | …), or before a colon in the value's cell.
    sub_labels: tuple[str, ...] = ()
    keys: frozenset[str] = attribute(default=frozenset(), compare=False)


def column(label: str, kind: Kind, **facts: Any) -> Any:
    """A pandera field for one column of the form; keywords as in `Column`."""
    return pa.Field(nullable=True, title=label, description=facts.get("help", ""),
                    metadata={"column": Column(label=label, kind=kind, **facts)})


def part(of: str, label: str) -> Any:
    """A typed part of a column that one cell fills together with others (period_start of 实施期)."""
    return pa.Field(nullable=True, title=label, metadata={"part_of": of})


@cache
def columns_of(model: type[pa.DataFrameModel]) -> dict[str, Column]:
    """The columns of a block by field name, in sheet order."""
    found = {}
    for name, spec in model.to_schema().columns.items():
        declared = (spec.metadata or {}).get("column")
        if declared is not None:
            spellings = (declared.label, *declared.spellings)
            found[name] = replace(declared, field=name, keys=frozenset(map(label_key, spellings)))
    return found
