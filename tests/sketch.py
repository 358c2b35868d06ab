"""Sheets drawn for the tests of the reader, and what it makes of them; drawings are as in `drawn`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import drawn

from pipeline.grid import Cell, Grid, Workbook
from pipeline.read import FormReading, Labels, Spotted, labels_of, read_workbook
from pipeline.read.headers import headers_in, unknown_columns
from pipeline.read.tables import Table, read_table
from schemas.form_2023 import FORM

Place = tuple[str, str]


def sketch(drawing: str, changes: Mapping[str, Any] | None = None, name: str = "表", **facts: Any) -> Grid:
    """The grid of a drawing in which ⏎ breaks a line, cells exchanged by address; `facts` are fields of `Grid`."""
    grid = drawn.grid_of(drawn.sheet(changes, drawing, name, **facts))
    grid.cells = {place: Cell(*place, cell.text.replace("⏎", "\n"), cell.stored) for place,
                  cell in grid.cells.items()}
    return grid


def labels() -> Labels:
    """The labels of the form."""
    return labels_of(FORM)


def table_of(drawing: str, changes: Mapping[str, Any] | None = None) -> Table:
    """The first table of a drawing, with columns guessed where they must be."""
    grid = sketch(drawing, changes)
    header = headers_in(grid, labels())[0]
    unknown_columns(grid, header, labels())
    return read_table(grid, header, grid.height, labels())


def column_of(table: Table, field: str) -> list[Place]:
    """(text, address) of one column of a table's records."""
    return [(row[field].text, row[field].at) for row in table.rows]


def forms_of(*grids: Grid, edition: str = "") -> list[FormReading]:
    """The forms of a workbook of these sheets."""
    return read_workbook(Workbook(grids, edition), labels())[0]


def singles_of(grid: Grid) -> dict[str, Place]:
    """(text, address) of the single values of a sheet with one form, blank ones included."""
    (form,) = forms_of(grid)
    return {name: (value.text, value.at) for name, value in form.blocks["consortium"][0].items()}


def told(spotted: Iterable[Spotted]) -> list[tuple[str, str, str]]:
    """(rule, address, the words of its first fact) of what was spotted."""
    return [(each.rule, each.at, each.facts[0][1] if each.facts else "") for each in spotted]
