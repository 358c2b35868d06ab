"""One order of rows, whatever order they came in: cities in official order, fields as in the call, names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from schemas import call
from schemas.register import polars_schema

_KEYS = {
    "submissions": ("consortium_name", "file", "sheet", "version", "submission_id"),
    "consortia": ("submission_id",), "members": ("submission_id", "seq"),
    "platforms": ("submission_id", "seq"), "projects": ("submission_id", "seq"), "organisations": ("org_id",),
    "sources": ("org_id", "submission_id", "role", "cell"),
    "ignored": ("file", "submission_id"), "findings": ("submission_id", "code", "row", "finding_id"),
    "finding_history": ("consortium_id", "code", "finding_id"),
    "changes": ("submission_id", "table", "record", "field"),
    "arrivals": ("sequence",), "decisions": ("file", "sheet", "row"), "cities": (),
    "rows": ("file", "sheet", "submission_id"),
}
_FIELD_ORDER = {field: place for place, field in enumerate(call.FIELDS)}
_KIND_ORDER = {kind: place for place, kind in enumerate(call.MEMBER_KINDS)}


def _place(column: str, order: Mapping[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(order, default=len(order), return_dtype=pl.Int32)


def by_city(column: str = "city") -> pl.Expr:
    """The city's place in the official order; an unknown city comes last."""
    return _place(column, call.CITY_ORDER)


def by_field(column: str = "industry") -> pl.Expr:
    """The field's place in the call; another field comes last."""
    return _place(column, _FIELD_ORDER)


def by_kind(column: str = "kind") -> pl.Expr:
    """The place of an organisation's kind as the form lists them."""
    return _place(column, _KIND_ORDER)


def ordered(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with rows in one order that does not depend on how they came; nulls last."""
    return {name: _sorted(name, frame) for name, frame in tables.items()}


class InOrder(Mapping[str, pl.DataFrame]):
    """The tables as `ordered`, each when it is first asked for."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._tables = tables
        self._found: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self._found:
            self._found[name] = _sorted(name, self._tables[name])
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def keys(table: str) -> tuple[str, ...]:
    """The columns by which the rows of a table of the register are put in order."""
    return (*(("city",) if "city" in polars_schema(table) else ()), *_KEYS[table])


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with `serial`, from 1, as a text: a number of order is centred and never added up."""
    return frame.with_row_index("serial", 1).with_columns(pl.col("serial").cast(pl.String))


def _sorted(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    named = [*(["city"] if "city" in frame.columns else []), *_KEYS[name]]
    keys = [by_city() if column == "city" else pl.col(column) for column in named]
    place = frame.select(pl.arg_sort_by(keys, nulls_last=True)).to_series()
    if _same_twice(frame.select(pl.col(named).gather(place))):
        # Then every column takes part, so that only equal rows are left to chance.
        rest = [column for column in frame.columns if column not in _KEYS[name]]
        return frame.sort([*keys, *rest], nulls_last=True)
    # What is in order already need not be in memory twice.
    return frame if place.is_sorted() else frame[place]


def _same_twice(frame: pl.DataFrame) -> bool:
    """Whether two rows that follow each other are equal."""
    return frame.select(pl.all_horizontal(pl.all().eq_missing(pl.all().shift())).slice(1).any()).item()
