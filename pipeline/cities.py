"""How each city stands towards the deadline: nothing yet, 零申报, all given to another city, something to mend, all in
the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from pipeline.submissions import NIL_FILE
from schemas import call
from schemas.register import ADMITTED, TO_MEND, Status, polars_schema
from schemas.season import CityState

if TYPE_CHECKING:
    from pipeline.memory import Nil

GIVEN = "所报材料已由省里裁定归他市报送，本市不需再办。"


def table(tables: Mapping[str, pl.DataFrame], nils: Mapping[str, Nil]) -> pl.DataFrame:
    """`schemas.season.Cities` from `submissions`, `ignored` and `arrivals`; `nils` are those declared by command.

    A city is nil only where nothing counts that it sent: a form, or a file that may be one, goes before the
    declaration. `nil_reason` then still says what was declared (see `without_effect`). Of a city whose forms the centre
    has all given to another one nothing more is asked.
    """
    declared = by_file(tables) | {city: _in_words(nil) for city, nil in nils.items()}
    counted = _counted(tables["submissions"])
    frame = pl.DataFrame({"city": [city.name for city in call.CITIES]}).join(
        counted, on="city", how="left", maintain_order="left").with_columns(
        pl.col("forms", "admitted", "mending", "given", "late", "errors", "warnings").fill_null(0),
        nil_reason=pl.col("city").replace_strict(declared, default=None, return_dtype=pl.String))
    state = pl.when(pl.col("mending") > 0).then(pl.lit(CityState.MENDING)).when(pl.col("forms") > 0).then(
        pl.lit(CityState.CLEAN)).when(pl.col("nil_reason").is_not_null()).then(pl.lit(CityState.NIL)).when(
        pl.col("given") > 0).then(pl.lit(CityState.GIVEN)).otherwise(pl.lit(CityState.MISSING))
    schema = polars_schema("cities")
    return frame.with_columns(state=state.cast(pl.String)).select(
        pl.col(name).cast(kind) for name, kind in schema.items())


def by_file(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """City → what its newest declaration file is called, in words; a file that has since been replaced is none."""
    newest = tables["arrivals"].sort("sequence").unique("file", keep="last", maintain_order=True)
    held = tables["submissions"].filter(status=str(Status.IGNORED)).join(
        tables["ignored"].filter(reason=NIL_FILE).select("submission_id"), on="submission_id", how="semi",
        maintain_order="left").join(newest.select("file", "sha256"), on=["file", "sha256"], how="semi",
                                    maintain_order="left")
    return {city: f"报送文件“{file.rpartition('/')[2]}”" for city, file in held.select("city", "file").iter_rows()
            if city is not None}


def without_effect(cities: pl.DataFrame) -> pl.DataFrame:
    """The cities whose 零申报 does not hold, because something else counts that they sent."""
    return cities.filter(pl.col("nil_reason").is_not_null(), pl.col("state") != CityState.NIL)


def excused(cities: pl.DataFrame) -> dict[str, str]:
    """City → why nothing is asked of it although nothing of it counts, as a sentence; the other cities are left out."""
    rows = cities.select("city", "state", "nil_reason").iter_rows()
    return {city: f"已登记零申报：{reason}。" if state == CityState.NIL else GIVEN
            for city, state, reason in rows if state in (CityState.NIL, CityState.GIVEN)}


def _in_words(nil: Nil) -> str:
    day = nil.declared_at.astimezone(call.CHINA)
    return f"{nil.reason}（{day:%Y-%m-%d} 登记）"


def _put_aside() -> pl.Expr:
    """Of `submissions`: the forms that are not counted by the centre's decision; other files that are not are none."""
    return (pl.col("status") == str(Status.IGNORED)) & pl.col("consortium_id").is_not_null()


def _counted(submissions: pl.DataFrame) -> pl.DataFrame:
    def of(*statuses: Status) -> pl.Expr:
        return pl.col("status").is_in([str(status) for status in statuses])

    counts = ~of(Status.SUPERSEDED, Status.IGNORED)
    return submissions.filter(~of(Status.IGNORED) | _put_aside()).group_by("city").agg(
        forms=(counts & ~of(Status.UNREADABLE)).sum(), admitted=of(*ADMITTED).sum(), mending=of(*TO_MEND).sum(),
        given=_put_aside().sum(),
        late=(counts & pl.col("late")).sum(), errors=pl.col("errors").filter(counts).sum(),
        warnings=pl.col("warnings").filter(counts).sum(), first_received_at=pl.col("received_at").min(),
        last_received_at=pl.col("received_at").max())
