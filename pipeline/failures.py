"""Which rows of a frame do not keep which rules of its model: pandera's verdict, on the rules that some row breaks."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.config import ValidationDepth, config_context

from schemas.rule import conditions, judged


def failures(model: type[pa.DataFrameModel], frame: pl.DataFrame) -> pl.DataFrame:
    """(check, column, index) of what does not keep the rules of a model, by row, then in the rules' order.

    Raises:
        TypeError: the frame does not have the columns and types of the model.
        RuntimeError: pandera finds nothing where a rule is known to be broken.
    """
    schema = {"check": pl.String, "column": pl.String, "index": pl.Int64}
    rules = judged(model)
    if frame.is_empty():
        return pl.DataFrame(schema=schema)
    try:
        _as_declared(model, tuple(frame.schema.items()))
        unkept = _unkept(model, frame)
        with _judging(ValidationDepth.SCHEMA_AND_DATA):
            unkept.validate(frame.select(_looked_at(model, unkept)), lazy=True)
        if unkept.columns or unkept.checks:
            raise RuntimeError(f"pandera says nothing of broken rules of {model.__name__}")
        return pl.DataFrame(schema=schema)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    strange = set(cases["check"].unique()) - rules.keys()
    if strange:
        raise TypeError(f"the frame does not have the types its model {model.__name__} declares: {sorted(strange)}")
    order = {name: place for place, name in enumerate(rules)}
    cases = cases.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).unique()
    return cases.sort("index", pl.col("check").replace_strict(order, return_dtype=pl.Int32), "column")


@cache
def _as_declared(model: type[pa.DataFrameModel], schema: tuple[tuple[str, pl.DataType], ...]) -> None:
    """A frame of these columns has those of the model and their types; pandera looks at no value, and is asked once."""
    with _judging(ValidationDepth.SCHEMA_ONLY):
        model.validate(pl.LazyFrame(schema=dict(schema)), lazy=True)


def _judging(depth: ValidationDepth) -> AbstractContextManager[None]:
    """pandera looks at all that is asked, though the environment (PANDERA_VALIDATION_ENABLED, …) may tell it not to."""
    return config_context(validation_enabled=True, validation_depth=depth)


def _looked_at(model: type[pa.DataFrameModel], unkept: pa.DataFrameSchema) -> list[str]:
    """The columns that take part in what is not kept: pandera makes a record of each row that breaks a rule."""
    asked = {(check.name, "") for check in unkept.checks} | {
        (check.name, name) for name, column in unkept.columns.items() for check in column.checks}
    sought = conditions(model)
    return sorted({*unkept.columns, *(name for which in asked for name in sought[which].meta.root_names())})


def _unkept(model: type[pa.DataFrameModel], frame: pl.DataFrame) -> pa.DataFrameSchema:
    """Of a model's schema what some row does not keep, most often nothing: pandera collects a frame four times for each
    rule, polars once for all of them."""
    schema = model.to_schema()
    sought = conditions(model) | {("", name): pl.col(name).is_not_null()
                                  for name, column in schema.columns.items() if not column.nullable}
    kept = frame.select(condition.all().alias(str(place)) for place, condition in enumerate(sought.values())).row(0)
    unkept = {what for what, is_kept in zip(sought, kept, strict=True) if not is_kept}
    where = {name for _, name in unkept}
    columns = {name: pa.Column(checks=[check for check in column.checks if (check.name, name) in unkept],
                               nullable=column.nullable)
               for name, column in schema.columns.items() if name in where}
    checks = [check for check in schema.checks if (check.name, "") in unkept]
    return pa.DataFrameSchema(columns, checks, name=schema.name)
