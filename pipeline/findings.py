"""A finding's identity, and the register's table of findings with how each of them stands.

All findings are one frame: as `pipeline.bounded.SCHEMA`, with `form`, whose they are (a place among all submissions).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from pipeline.decisions.rulings import Rulings
from pipeline.memory import Disposition
from schemas.register import polars_schema
from schemas.rule import Severity
from schemas.season import SETTLED_NAMES, FindingState

# What tells findings of one form apart: nothing that an inserted row would change.
_IDENTITY = ("code", "table", "record", "field")


def identity(owner: str, code: str, table: str, record: str, field: str) -> str:
    """Rule, record and field, and whose form."""
    parts = (owner, code, table, record, field)
    return "W" + hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def identified(found: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """`found` with its `identity`; a row of `forms` (submissions, as in `pipeline.resolve`) has its owner."""
    owners = forms["owner"].gather(found["form"])
    rows = zip(owners, *(found[name] for name in _IDENTITY), strict=True)
    return found.with_columns(pl.Series("identity", [identity(*row) for row in rows], dtype=pl.String))


def numbered(found: pl.DataFrame) -> pl.DataFrame:
    """Findings in order of submissions, and in each as they are told, with their `finding_id`."""
    found = found.sort("form", "stage", "place", maintain_order=True)
    # Two findings may be alike in all but their row (two blank cells of nameless rows).
    nth = pl.int_range(1, pl.len() + 1).over("identity")
    number = pl.when(nth == 1).then("identity").otherwise(pl.format("{}-{}", "identity", nth))
    return found.with_columns(finding_id=number)


def standing(found: pl.DataFrame, settled: Mapping[str, Disposition], rulings: Rulings) -> pl.DataFrame:
    """`found` with `state`, the centre's words if it sends the form back, and the `level` it counts as.

    Nothing once it is settled, an error where the form is sent back for it.
    """
    stands = {number: how for number, how in settled.items() if number not in rulings.insisted}
    number = pl.col("finding_id")
    found = found.with_columns(
        state=number.replace_strict({one: str(how.state) for one, how in stands.items()},
                                    default=str(FindingState.OPEN), return_dtype=pl.String),
        note=number.replace_strict({one: how.note for one, how in stands.items()}, default="", return_dtype=pl.String))
    returned = number.replace_strict(dict(rulings.returned), default="", return_dtype=pl.String)
    open_ = ~number.is_in(list(stands))
    found = found.with_columns(returned=pl.when(open_).then(returned).otherwise(pl.lit("")))
    counted = pl.when(pl.col("returned") != "").then(pl.lit(str(Severity.ERROR))).otherwise("severity")
    return found.with_columns(level=pl.when(~pl.col("state").is_in(SETTLED_NAMES)).then(counted))


def table(found: pl.DataFrame, forms: pl.DataFrame) -> pl.DataFrame:
    """The table `findings` (`schemas.register.Findings`), submissions in order.

    `found` as `standing` gives it; `forms` has submission_id, city and file.
    """
    # What the centre has decided needs no mending: its words stand where the mending would be told.
    ruled = pl.col("state").is_in([str(FindingState.DECIDED), str(FindingState.WAIVED)])
    told = found.with_columns(
        sheet=pl.when(pl.col("sheet") != "").then("sheet"), severity=pl.coalesce("level", "severity"),
        message=pl.col("message") + pl.col("returned"),
        suggestion=pl.when(ruled).then("note").otherwise("suggestion"))
    whose = forms.select("submission_id", "city", "file")[told["form"]]
    return pl.concat([told, whose], how="horizontal").select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema("findings").items())
