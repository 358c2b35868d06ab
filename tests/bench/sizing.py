"""How large a machine must be: what was measured, and a million forms reckoned from how it grew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.bench.measures import Figures
from tests.bench.report import README, inserted, table

BLOCK = "how-large"
HEAD = ("forms", "", "time", "of it reading, judging meanwhile", "memory, all processes", "disk: inbox, copies, outputs")
RECKONED = 1_000_000
_SIZES = ("seconds", "reading", "peak_mb", "disk_mb")


def lines(grown: list[Figures]) -> list[str]:
    """The table in Markdown; the line that is reckoned goes on as from the last size but one to the last."""
    return table(HEAD, _rows(grown))


def write(figures: Figures, readme: Path = README) -> None:
    """Put the table into the README."""
    readme.write_text(inserted(readme.read_text("utf-8"), lines(figures["growth"]), BLOCK), "utf-8")


def _rows(grown: list[Figures]) -> Iterator[tuple[str, ...]]:
    runs = [{**run, "reading": run["stages"]["读表"][0]} for run in grown]
    for run in runs:
        yield _row(run, "measured")
    yield _row(_further(*runs[-2:]), "reckoned")


def _further(small: Figures, large: Figures) -> Figures:
    steps = (RECKONED - large["forms"]) / (large["forms"] - small["forms"])
    return {"forms": RECKONED} | {size: large[size] + steps * (large[size] - small[size]) for size in _SIZES}


def _row(run: Figures, how: str) -> tuple[str, ...]:
    return (f"{run['forms']:,}", how, _clock(run["seconds"]), _clock(run["reading"]), _space(run["peak_mb"]), _space(run["disk_mb"]))


def _clock(seconds: float) -> str:
    minutes = seconds / 60
    return f"{seconds:.0f} s" if seconds < 100 else f"{minutes:.1f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def _space(megabytes: float) -> str:
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"
