"""How the columns of the output tables get their Chinese titles."""

from __future__ import annotations

import pandera.polars as pa

from schemas.current import FORM


def titled(title: str, nullable: bool = True) -> object:
    """A column of an output table with its Chinese title."""
    return pa.Field(title=title, nullable=nullable)


def as_declared(block: str, field: str) -> object:
    """A column that carries a column of the form: titled as there, with its unit."""
    column = FORM.block(block).columns[field]
    return titled(f"{column.label}（{column.unit}）" if column.unit else column.label)
