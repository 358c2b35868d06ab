"""How large a machine must be: what was measured, and a million forms reckoned from how it grew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from tests.bench.measures import Figures
from tests.bench.report import README, inserted, table

BLOCK = "how-large"
HEAD = ("forms", "", "time", "of it reading, judging meanwhile", "memory, all processes",
        "disk: inbox, copies, outputs")
RECKONED = 1_000_000
_WIDTH = 130
_SIZES = ("seconds", "reading", "peak_mb", "disk_mb")


def lines(figures: Figures) -> list[str]:
    """What was measured, in Markdown; the line that is reckoned goes on as from the last size but one to the last."""
    return [*wrap(_said(figures), _WIDTH), "", *table(HEAD, _rows(figures["growth"]))]


def write(figures: Figures, readme: Path = README) -> None:
    """Put it into the README."""
    readme.write_text(inserted(readme.read_text("utf-8"), lines(figures), BLOCK), "utf-8")


def _said(figures: Figures) -> str:
    """How it was measured, and what workers change: of the reading column what they take over, and what they leave."""
    forms, processors, alone = figures["cold"]["forms"], figures["machine"]["processors"], figures["read_seconds"]
    return (
        f"How large a machine must be: `make bench` on {processors} cores, cold, without Prefect and without workers; "
        f"{RECKONED:,} forms are reckoned from the growth between the two largest sizes measured. Reading is what "
        f"workers take over: by itself it took {_clock(alone)} for {forms:,} forms in {processors} processes, so with "
        f"workers it takes about {_clock(alone * processors)} over the number of their threads (reckoned), and as much "
        "again for as many more. The judging of what was read, which the column below has besides, stays on the "
        "machine with the workspace, as all else does.")


def _rows(grown: list[Figures]) -> Iterator[tuple[str, ...]]:
    runs = [{**run, "reading": run["stages"]["读表"][0]} for run in grown]
    for run in runs:
        yield _row(run, "measured")
    yield _row(_further(*runs[-2:]), "reckoned")


def _further(small: Figures, large: Figures) -> Figures:
    steps = (RECKONED - large["forms"]) / (large["forms"] - small["forms"])
    return {"forms": RECKONED} | {size: large[size] + steps * (large[size] - small[size]) for size in _SIZES}


def _row(run: Figures, how: str) -> tuple[str, ...]:
    return (f"{run['forms']:,}", how, _clock(run["seconds"]), _clock(run["reading"]), _space(run["peak_mb"]),
            _space(run["disk_mb"]))


def _clock(seconds: float) -> str:
    minutes = seconds / 60
    return f"{seconds:.0f} s" if seconds < 100 else f"{minutes:.1f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def _space(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"
