"""The ledger's tables as frames, for whoever freezes or examines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.ledger.tables import KEPT

if TYPE_CHECKING:
    from pipeline.ledger.ledger import Ledger

_TYPES = {str: pl.String, int: pl.Int64, bool: pl.Boolean}


def extract(ledger: Ledger) -> dict[str, pl.DataFrame]:
    """Every table as one moment has it, rows in order of their keys; moments are texts at +08:00."""
    return {name: pl.DataFrame(rows, schema=_schema(name)) for name, rows in ledger.rows().items()}


def _schema(name: str) -> dict[str, type[pl.DataType]]:
    return {column.name: _TYPES[column.type.python_type] for column in KEPT[name].c}
