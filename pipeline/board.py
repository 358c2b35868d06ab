"""The board on a screen: how each of the 13 cities stands, from the tables of the last run; the texts of reminders."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from pipeline import arrivals, reminders
from pipeline.inbox import NO_CITY
from pipeline.publish.pages.due import Due
from pipeline.settings import Settings, Workspace
from pipeline.usage import WrongUsage, columns
from schemas import call
from schemas.register import ADMITTED, TABLES, TO_MEND, Status
from schemas.season import CITY_STATE_WORDS, CityState

HEAD = ("设区市", "状态", "收到", "入库", "待改", "逾期收到", "须改正", "需核实", "最近收件")
_SAID = {CityState.MISSING: "尚未报送", CityState.MENDING: "有待改正", CityState.CLEAN: "有待核实"}


def lines(workspace: Workspace, now: datetime) -> list[str]:
    """Days left on the day of `now`, a line a city, a sum, files gone, whom to remind; WrongUsage before a run."""
    tables = _tables(workspace)
    due = _due(workspace, now)
    states = dict(tables["cities"].select("city", "state").iter_rows())
    counted = tables["submissions"].filter(~pl.col("status").is_in([Status.IGNORED, Status.SUPERSEDED]))
    known = pl.col("city").is_in([city.name for city in call.CITIES]).fill_null(False)
    rows = [_row(counted.filter(pl.col("city") == city.name), city.name, CITY_STATE_WORDS[states[city.name]])
            for city in call.CITIES]
    homeless = counted.filter(~known)
    if homeless.height:
        rows.append(_row(homeless, NO_CITY, ""))
    sums = [str(sum(map(int, numbers))) for numbers in list(zip(*rows, strict=True))[2:-1]]
    return [f"报送截止：{due.words}（{due.countdown}）", *columns([HEAD, *rows, ("合计", "", *sums, "")]),
            *_gone(tables), *_to_remind(reminders.reminders(tables, due))]


def texts(workspace: Workspace, now: datetime) -> list[str]:
    """The reminders, each as it is sent, with a blank line between them; one line where nobody need be reminded."""
    told = reminders.reminders(_tables(workspace), _due(workspace, now))
    return "\n\n".join(one.text for one in told).split("\n") if told else ["没有需要催报的市。"]


def _tables(workspace: Workspace) -> dict[str, pl.DataFrame]:
    files = {name: workspace.data_outbox / f"{name}.parquet" for name in TABLES}
    if not all(files[name].is_file() for name in ("submissions", "arrivals", "cities")):
        raise WrongUsage("还没有汇总过，请先运行“consortium run”")
    return {name: pl.read_parquet(files[name]) for name in ("submissions", "arrivals", "cities")}


def _due(workspace: Workspace, now: datetime) -> Due:
    return Due.of(Settings.of(workspace).due, now)


def _row(forms: pl.DataFrame, city: str, state: str) -> tuple[str, ...]:
    status = forms["status"]
    last = forms["received_at"].max()
    numbers = (forms.height, status.is_in(list(ADMITTED)).sum(), status.is_in(list(TO_MEND)).sum(),
               forms["late"].sum(), forms["errors"].sum(), forms["warnings"].sum())
    return (city, state, *map(str, numbers), f"{last:%Y-%m-%d %H:%M}" if last else "—")


def _gone(tables: dict[str, pl.DataFrame]) -> list[str]:
    """The files that still count and no longer lie in the inbox."""
    files = arrivals.of_submissions(tables).filter("vanished")["file"].unique(maintain_order=True)
    return [f"{file}：{arrivals.VANISHED}" for file in files]


def _to_remind(told: list[reminders.Reminder]) -> list[str]:
    by_state = {state: [one.city.name for one in told if one.state == state] for state in _SAID}
    said = [f"{words} {len(by_state[state])} 市（{'、'.join(by_state[state])}）"
            for state, words in _SAID.items() if by_state[state]]
    return [f"须催报：{'；'.join(said)}。催报文字见“consortium status --remind”"] if said else []
