"""The targets: what was asked for, what was measured, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from tests.bench.measures import Figures

HOLDS, FAILS = "成立", "不成立"
LEAST_RATIO, MOST_UNZIPS, MOST_GROWTH, MOST_MEMORY_MB = 25, 6, 11, 1500
MOST_CHANGED, MOST_RETURNED_MS, MOST_START, MOST_ADDED = 0.1, 15, 0.8, 3
THOUSAND_SECONDS = 10


class Target(NamedTuple):
    """One line: `limit` and `measured` in `unit`; a floor must be reached, anything else not exceeded."""

    title: str
    limit: float
    measured: float
    unit: str = ""
    floor: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is met."""
        return self.measured >= self.limit if self.floor else self.measured <= self.limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Title, limit, figure and verdict, in words."""
        limit = f"{'至少' if self.floor else '至多'} {self.limit:g}{self.unit}"
        return self.title, limit, f"{_rounded(self.measured)}{self.unit}", HOLDS if self.holds else FAILS


def _rounded(measured: float) -> str:
    """Three figures or more."""
    places = next((places for places, bound in enumerate((100, 10, 1)) if measured >= bound), 3)
    return f"{measured:,.{places}f}"


def usual_ratio(figures: Figures) -> float:
    """Our forms per second over the usual script's; both read, check, merge and hand every form back."""
    return rate(figures["cold"]) / rate(figures["usual"])


def rate(figures: Figures) -> float:
    """Forms per second."""
    return figures["forms"] / figures["seconds"]


def unzip_ratio(figures: Figures) -> float:
    """The stage of reading alone over unzipping the same files with as many processes."""
    turns = figures["unzip_seconds"]
    return figures["read_seconds"] / (sum(turns) / len(turns))


def returned_ms(figures: Figures) -> float:
    """Milliseconds of the whole stage of publishing for each form handed back: more than the marking alone."""
    returned = figures["returned"]
    return 1000 * returned["publish_seconds"] / returned["files"]


def targets(figures: Figures) -> Iterator[Target]:
    """Every target for which there are figures."""
    if "cold" in figures:
        yield from _whole(figures)
    if "returned" in figures:
        yield Target("每份退改表用时（发布阶段全部用时分摊）", MOST_RETURNED_MS, returned_ms(figures), " 毫秒")
    for name, rounds in figures.get("start", {}).items():
        yield Target(f"`consortium {name}` 用时", MOST_START, median(rounds), " 秒")
    if "prefect" in figures:
        yield from _prefect(figures["prefect"])
    yield from (Target("1,000 份，从零汇总用时", THOUSAND_SECONDS, run["seconds"], " 秒")
                for run in grown_of(figures) if run["forms"] == 1000)


def grown_of(figures: Figures) -> list[Figures]:
    """The cold runs that have been measured, from the fewest forms to the most."""
    return figures.get("growth") or [figures[name] for name in ("cold",) if name in figures]


def _whole(figures: Figures) -> Iterator[Target]:
    cold, grown = figures["cold"], grown_of(figures)
    forms = f"{cold['forms']:,} 份"
    yield Target(f"{forms}，从零汇总：每秒份数与常见脚本之比", LEAST_RATIO, usual_ratio(figures), " 倍", floor=True)
    if "read_seconds" in figures:
        yield Target(f"{forms}，只读表用时与只解压同样文件之比", MOST_UNZIPS, unzip_ratio(figures), " 倍")
    for small, large in zip(grown, grown[1:]):
        yield Target(f"{large['forms']:,} 份用时与 {small['forms']:,} 份之比", MOST_GROWTH,
                     large["seconds"] / small["seconds"], " 倍")
    yield Target(f"{grown[-1]['forms']:,} 份，全部进程的内存峰值", MOST_MEMORY_MB, max(run["peak_mb"] for run in grown), " MB")
    if "changed" in figures:
        yield Target(f"1% 的表有改动的一晚（{figures['changed']['forms']:,} 份），与从零汇总用时之比", MOST_CHANGED,
                     figures["changed"]["seconds"] / cold["seconds"])


def _prefect(rounds: Figures) -> Iterator[Target]:
    middle = {name: median(seconds) for name, seconds in rounds.items()}
    yield Target("有 Prefect 服务时，`consortium run`（示例）比空流程多用", MOST_ADDED,
                 middle["run_served"] - middle["bare_served"], " 秒")
    yield Target("没有 Prefect 服务时，`consortium run`（示例）与空流程自启临时服务用时之比", 1,
                 middle["run_alone"] / middle["bare_alone"], " 倍")
