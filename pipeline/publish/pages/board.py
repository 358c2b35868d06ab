"""报送情况.html, the centre's board: who has sent what, how long is left, what is wrong, what must be decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import polars as pl

from pipeline import reminders
from pipeline.layout import RECEIPT
from pipeline.publish import terms
from pipeline.publish.order import InOrder
from pipeline.publish.pages import charts, letters, render, tilemap, watched
from pipeline.publish.pages.decisions import Matters
from pipeline.publish.pages.due import Due
from pipeline.publish.register.overview import OTHER_KIND, commonest
from pipeline.publish.register.progress import GIVEN, MENDING, NIL, NOTHING, PASSED, city_rows
from pipeline.shelf import Shelf
from schemas import call
from schemas.current import FORM
from schemas.register import STATUS_WORDS, TO_MEND, Status, titles
from schemas.rule import SEVERITY_WORDS, Severity

TITLE = f"{call.YEAR}年{call.PROVINCE}创新联合体建设试点报送情况"
OVERDUE = "逾期"
# States with the mark that stands for each in the pages: a shape, not only a colour.
STATES = {PASSED: "pass", MENDING: "mend", NIL: "nil", GIVEN: "nil", NOTHING: "none", OVERDUE: "late"}
_OTHER_FIELD, _NO_FIELD = "《通知》所列以外", "未填"


class CityLine(NamedTuple):
    """One 设区市 on the board; `detail` is what a tile has room for."""

    city: call.City
    link: str
    row: int
    column: int
    state: str
    mark: str
    detail: tuple[str, ...]
    received: int
    admitted: int
    returned: int
    unreadable: int
    late: int
    errors: int
    warnings: int
    last: datetime | None

    @property
    def mending(self) -> int:
        """Forms and files that must be handed in again."""
        return self.returned + self.unreadable


def write(tables: Mapping[str, pl.DataFrame], target: Path, deadline: datetime, now: datetime,
          matters: Matters | None = None) -> None:
    """Write the board in one step; same rows and same day (of `now`, in China), same bytes.

    `tables` as in `schemas.register.TABLES`. Its links lead to `../<city>/` beside `target`'s folder. `matters` are
    those that the list has; without them everything in the tables is to be decided.
    """
    # Of the longest table nothing is asked but this.
    kinds = Shelf.of(tables).columns("organisations", ("kind",))["kind"]
    tables = InOrder(tables)
    due = Due.of(deadline, now)
    cities = _cities(tables, due)
    matters = matters or Matters.of(tables)
    mistakes = commonest(tables)
    render.write(
        "board.html", target, title=TITLE, due=due, notice=call.NOTICE, cities=cities,
        states=_states(cities), overdue=OVERDUE, nothing=NOTHING,
        letters=letters.letters(_chase(cities, due), reminders.reminders(tables, due)), script=letters.script(),
        reported=sum(line.state not in (NIL, NOTHING, OVERDUE) for line in cities),
        nil=sum(line.state == NIL for line in cities), files=watched.files(tables), voided=watched.voided(tables),
        changes=watched.changes(tables), again=watched.decisions(tables),
        admitted=sum(line.admitted for line in cities),
        mending=tables["submissions"].filter(terms.of_status(*TO_MEND)).height,
        organisations=len(kinds), matters=matters, charts=_charts(tables, cities, kinds),
        empty_fields=_empty_fields(tables), mistakes=mistakes,
        most=max([found for *_, found, _ in mistakes], default=1),
        homeless=_homeless(tables), last=tables["submissions"]["received_at"].max(),
        levels={str(level): words for level, words in SEVERITY_WORDS.items()})


def link_to(city: str) -> str:
    """The relative address of a bureau's page."""
    return "../" + quote(f"{city}/{RECEIPT}")


def _cities(tables: Mapping[str, pl.DataFrame], due: Due) -> tuple[CityLine, ...]:
    counted = tables["submissions"].filter(~terms.of_status(Status.SUPERSEDED, Status.IGNORED)).group_by("city").agg(
        late=pl.col("late").sum().cast(pl.Int64), last=pl.col("received_at").max())
    frame = city_rows(tables).join(counted, on="city", how="left", maintain_order="left")
    rows = {row["city"]: row for row in frame.iter_rows(named=True)}
    return tuple(_city(city, rows[city.name], due) for city in call.CITIES)


def _city(city: call.City, row: Mapping, due: Due) -> CityLine:
    mending = row["returned"] + row["unreadable"]
    # A bureau that has sent something is not overdue: what came late is counted by itself.
    state = OVERDUE if due.passed and row["state"] == NOTHING else row["state"]
    counts = (("入库", row["admitted"]), ("待改", mending))
    detail = tuple(f"{word} {number}" for word, number in counts if number) or (row["state"],)
    return CityLine(
        city, link_to(city.name), *tilemap.tile(city), state, STATES[state], detail, row["received"],
        row["admitted"], row["returned"], row["unreadable"], row["late"] or 0, row["errors"], row["warnings"],
        row["last"])


def _states(cities: tuple[CityLine, ...]) -> list[tuple[str, str, list[CityLine]]]:
    """State, mark and cities; declarations, forms given away, nothing sent and overdue only where there is one."""
    held = [(state, mark, [line for line in cities if line.state == state]) for state, mark in STATES.items()]
    return [each for each in held if each[2] or each[0] not in (NIL, GIVEN, NOTHING, OVERDUE)]


def _chase(cities: tuple[CityLine, ...], due: Due) -> list[str]:
    """Sentences for all bureaus together that are missing or have something to mend, as a group is told."""
    missing = [line.city.bureau for line in cities if line.state in (NOTHING, OVERDUE)]
    mending = [f"{line.city.bureau}（{line.mending} 份）" for line in cities if line.mending]
    until = f"已过截止时间（{due.words}），请立即" if due.passed else f"请于{due.words}前"
    said = []
    if missing:
        said.append(f"{'、'.join(missing)}：尚未收到贵局推荐的创新联合体{FORM.title}，{until}报送；确无推荐的，也请告知。")
    if mending:
        said.append(f"{'、'.join(mending)}：报送的材料尚有待改之处，位置和改法见“{RECEIPT.partition('.')[0]}”，{until}改正重报。")
    return said


def _charts(tables: Mapping[str, pl.DataFrame], cities: tuple[CityLine, ...], kinds: pl.Series) -> list[charts.Chart]:
    admitted, returned, unreadable = (
        STATUS_WORDS[status] for status in (Status.ACCEPTED, Status.RETURNED, Status.UNREADABLE))
    forms = [(line.city.short, (line.admitted, line.returned, line.unreadable)) for line in cities]
    wrong = [(line.city.short, (line.errors, line.warnings)) for line in cities]
    return [
        charts.bars("forms", "各市现行的表（份）", (admitted, returned, unreadable), forms),
        charts.bars("problems", "各市的问题（处）",
                    (SEVERITY_WORDS[Severity.ERROR], SEVERITY_WORDS[Severity.WARNING]), wrong),
        charts.bars("kinds", "牵头及成员单位（家，已入库）", ("单位数",), _kinds(kinds)),
        charts.bars("fields", f"{titles('consortia')['industry']}（个联合体）", (admitted, "待改"), _fields(tables)),
    ]


def _kinds(kinds: pl.Series) -> list[tuple[str, tuple[int, ...]]]:
    counts = dict(kinds.value_counts().iter_rows())
    known = [(kind, (counts.get(kind, 0),)) for kind in call.MEMBER_KINDS]
    others = len(kinds) - sum(number for _, (number,) in known)
    return [*known, (OTHER_KIND, (others,))] if others else known


def _fields(tables: Mapping[str, pl.DataFrame]) -> list[tuple[str, tuple[int, ...]]]:
    """Current forms by field in the call's order: in the register, and not yet."""
    field = pl.col("industry")
    named = pl.when(field.is_null() | (field == "")).then(pl.lit(_NO_FIELD)).when(
        field.is_in(call.FIELDS)).then(field).otherwise(pl.lit(_OTHER_FIELD))
    counted = tables["consortia"].with_columns(field=named).group_by("field").agg(
        inside=pl.col("admitted").sum(), outside=(~pl.col("admitted")).sum())
    held = {name: numbers for name, *numbers in counted.select("field", "inside", "outside").iter_rows()}
    return [(name, tuple(held[name])) for name in (*call.FIELDS, _OTHER_FIELD, _NO_FIELD) if name in held]


def _empty_fields(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    held = set(tables["consortia"]["industry"])
    return [field for field in call.FIELDS if field not in held]


def _homeless(tables: Mapping[str, pl.DataFrame]) -> list[dict]:
    """Files of which no city can be told: no bureau's page shows them."""
    said = terms.first_message(tables["findings"], tables["ignored"])
    unknown = pl.col("city").is_null() | ~pl.col("city").is_in(list(call.CITY_ORDER))
    frame = tables["submissions"].filter(unknown & ~terms.of_status(Status.SUPERSEDED))
    return frame.join(said, on="submission_id", how="left", maintain_order="left").with_columns(
        status=terms.status()).to_dicts()
