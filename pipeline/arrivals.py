"""When each file was first seen, and what is to be said of it: vanished from the inbox, withdrawn, a clock ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl

from schemas.register import Status, polars_schema

if TYPE_CHECKING:
    from pipeline.intake import Receipt

VANISHED = "收件夹里已找不到该文件，仍按已收到的计；确要撤回请告知省里"
# A file cannot have been changed after it was first seen; what is within this is the coarseness of clocks.
CLOCK_AHEAD = timedelta(minutes=5)
_NOT_COUNTED = (Status.SUPERSEDED, Status.IGNORED)


def table(receipts: Sequence[Receipt], deadline: datetime) -> pl.DataFrame:
    """`schemas.season.Arrivals` in order of arrival: every file whose bytes were received, decisions included.

    Arrival is the moment a path first had these bytes; the file's own time stands beside it and decides nothing.
    """
    rows = [(one.path, one.sha256, one.city, one.size, one.received_at, one.modified_at, one.sequence, one.present,
             one.received_at > deadline, one.withdrawn or None) for one in receipts if one.sha256]
    return pl.DataFrame(rows, schema=polars_schema("arrivals"), orient="row").sort("sequence")


def of_submissions(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """`submissions` with modified_at, present, withdrawn, `vanished` and what there is to `remark`, in its order.

    Vanished is what still counts and no longer lies in the inbox: a replaced or moved file is none.
    """
    facts = tables["arrivals"].select("file", "sha256", "modified_at", "present", "withdrawn").unique(
        ["file", "sha256"], keep="last", maintain_order=True)
    frame = tables["submissions"].join(facts, on=["file", "sha256"], how="left", maintain_order="left")
    counts = ~pl.col("status").is_in([str(status) for status in _NOT_COUNTED])
    frame = frame.with_columns(vanished=counts & ~pl.col("present").fill_null(True))
    said = pl.concat_str(pl.when("vanished").then(pl.lit(VANISHED)), _clock_ahead(), separator="；", ignore_nulls=True)
    return frame.with_columns(remark=pl.when(said != "").then(said))


def _clock_ahead() -> pl.Expr:
    """In words by how much a file's own time is after its arrival; null if it is not."""
    ahead = pl.col("modified_at") - pl.col("received_at")
    minutes, hours, days = ahead.dt.total_minutes(), ahead.dt.total_hours(), ahead.dt.total_days()
    words = pl.when(days > 0).then(pl.format("{} 天", days)).when(hours > 0).then(
        pl.format("{} 小时", hours)).otherwise(pl.format("{} 分钟", minutes))
    return pl.when(ahead > CLOCK_AHEAD).then(
        pl.format("文件时间比收件时间晚 {}，共享盘或报送电脑的时钟可能偏快；是否逾期只看收件时间", words))
