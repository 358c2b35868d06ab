"""The data tables as others read them: Parquet for programs, CSV (UTF-8 with BOM) for Excel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

import polars as pl

from pipeline.publish.atomic import replacing
from pipeline.publish.celltext import INVISIBLE, visible
from pipeline.publish.order import ordered
from schemas import register

# A text that a spreadsheet would execute begins with one of these, full-width ones too, and is no number.
_EXECUTED = r"^\s*[=+\-@＝＋－＠]"
_LEADING_CONTROL = r"^[\t\r\n]"
_PLAIN_NUMBER = r"^\s*[+\-＋－]?\d[\d,]*(\.\d+)?([eE][+\-]?\d+)?%?\s*$|^[\-－]+$"
# What a text has, if anything is done to it.
_ODD = f"{_EXECUTED}|{_LEADING_CONTROL}|{INVISIBLE}"
_ISO = "%Y-%m-%dT%H:%M:%S%:z"
_ROWS_A_GROUP = 262_144


def write(tables: Mapping[str, pl.DataFrame], folder: Path, names: Iterable[str] = register.TABLES) -> None:
    """`<table>.parquet` and `<table>.csv` in `folder` for each of these of `schemas.register.TABLES`.

    Same rows, same bytes, in whatever order the rows come. OSError where the disk refuses.
    """
    for name in names:
        # The table as it came is gone before the other is written.
        frame = ordered({name: tables[name]})[name].select(list(register.polars_schema(name))).rechunk()
        with replacing(folder / f"{name}.parquet") as aside:
            # Where it may not be written, Python says so with the whole path, of which polars shows the end alone.
            aside.touch()
            _write_parquet(frame, aside)
        with replacing(folder / f"{name}.csv") as aside:
            # Line ends as Excel writes them.
            neutral(frame).write_csv(aside, include_bom=True, line_terminator="\r\n", datetime_format=_ISO)


def _write_parquet(frame: pl.DataFrame, target: Path) -> None:
    try:
        frame.write_parquet(target, compression="zstd", row_group_size=_ROWS_A_GROUP)
    except pl.exceptions.ComputeError:
        # Of a disk that refuses the end of a file polars gives no number; whoever writes the same bytes gets it.
        made = BytesIO()
        frame.write_parquet(made, compression="zstd", row_group_size=_ROWS_A_GROUP)
        target.write_bytes(made.getbuffer())


def neutral(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with an apostrophe before each text that a spreadsheet would execute on opening the CSV."""
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    if not texts or not frame.height:
        return frame
    # Few columns have any such text, or one that is not visible.
    odd = frame.select(pl.col(texts).str.contains(_ODD).any()).row(0, named=True)
    return frame.with_columns(_neutral(name) for name in texts if odd[name])


def _neutral(name: str) -> pl.Expr:
    text = pl.col(name)
    formula = text.str.contains(_EXECUTED) & ~text.str.contains(_PLAIN_NUMBER)
    executed = formula | text.str.contains(_LEADING_CONTROL)
    return pl.when(executed).then("'" + visible(text)).otherwise(visible(text)).alias(name)
