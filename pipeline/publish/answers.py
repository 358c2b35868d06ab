"""Everything that is answered, each kind of output by the module that writes it. Paths are the contract's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline import manifest
from pipeline.publish import atomic, handed_back, order, pages, pending, problems, recommendation, register, tables
from pipeline.publish.atomic import replacing
from schemas import call
from schemas.register import TABLES

if TYPE_CHECKING:
    import polars as pl

    from pipeline.job import Resolved
    from pipeline.settings import Workspace

REGISTER = f"{call.PROVINCE}创新联合体名录.xlsx"
PENDING = "待核清单.xlsx"
PROBLEMS = "问题清单.xlsx"
RECOMMENDATION = "推荐汇总表.xlsx"
_DATA = PurePosixPath("省级/data")


class Written(NamedTuple):
    """Paths under the outbox: `outputs` are for people, the province's first; `data` are the tables.

    `sources` are digests of what some of them were made from.
    """

    outputs: tuple[str, ...]
    data: tuple[str, ...]
    sources: Mapping[str, str] | None = None

    @property
    def everything(self) -> tuple[str, ...]:
        """All that a run answers."""
        return self.outputs + self.data

    @classmethod
    def among(cls, paths: Iterable[str]) -> Self:
        """What of a manifest's paths is whose; its own listing is neither's."""
        answered = [path for path in paths if PurePosixPath(path).name != manifest.NAME]
        data = tuple(path for path in answered if PurePosixPath(path).parent == _DATA)
        ours = set(data)
        return cls(tuple(path for path in answered if path not in ours), data)


def write(resolved: Resolved, workspace: Workspace, now: datetime) -> Written:
    """Write all outputs of a run."""
    atomic.sweep(workspace.outbox)
    books = (workspace.province_outbox / REGISTER, workspace.province_outbox / PENDING)
    # What links to the forms handed back is written beside them, and takes its place after them.
    with atomic.together(), handed_back.writing(resolved, workspace) as forms:
        names = {city: {path.name for path in paths} for city, paths in forms.targets.items()}
        with replacing(books[0]) as aside:
            register.write_aside(resolved.tables, aside, names)
        told = problems.told(resolved.tables)
        _lists(resolved.tables, workspace, told)
        pages_of_day(resolved.tables, workspace, resolved.deadline, now, resolved.waiting, told)
        tables.write(resolved.tables, workspace.data_outbox)
        pending.write(resolved.tables, books[1], resolved.rulings.agenda if resolved.rulings else None, names)
    bureaus = [path for city, paths in forms.targets.items() for path in (*_bureau(workspace, city), *paths)]
    people = (*books, workspace.province_outbox / pages.board.NAME, *bureaus)
    data = (workspace.data_outbox / f"{name}.{kind}" for name in TABLES for kind in ("parquet", "csv"))
    under = partial(manifest.under, workspace.outbox)
    return Written(tuple(map(under, people)), tuple(map(under, data)),
                   {under(path): source for path, source in forms.sources.items()})


def elsewhere(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Outputs of this run that were open, by path under the outbox, each with where the new one is."""
    return tuple(sorted((target.relative_to(workspace.outbox).as_posix(), place.relative_to(workspace.outbox).as_posix())
                        for target, place in atomic.moved().items() if target.is_relative_to(workspace.outbox)))


def pages_of_day(frames: Mapping[str, pl.DataFrame], workspace: Workspace, deadline: datetime, now: datetime,
                 waiting: Mapping[str, str], told: Mapping[str, problems.Told] | None = None) -> None:
    """Write the pages that show how long is left, from the data tables alone: the board and each bureau's receipt.

    A receipt shows what is `waiting` of its bureau's files as well, each with the reason.
    """
    held_up = pages.receipt.by_city(waiting)
    known = pages.receipt.known(frames, told or problems.told(frames))
    pages.board.write(frames, workspace.province_outbox / pages.board.NAME, deadline, now)
    for city in call.CITIES:
        pages.receipt.write(frames, city.name, workspace.city_outbox(city.name) / pages.receipt.NAME, deadline, now,
                            held_up.get(city.name, {}), known[city.name])


def _lists(frames: Mapping[str, pl.DataFrame], workspace: Workspace, told: Mapping[str, problems.Told]) -> None:
    recommended = problems.by_city(recommendation.of_all(order.ordered({"consortia": frames["consortia"]})))
    for city in call.CITY_ORDER:
        target, _, table = _bureau(workspace, city)
        problems.write(frames, city, target, told[city])
        recommendation.write_listed(frames["submissions"], city, table, order.numbered(recommended(city)))


def _bureau(workspace: Workspace, city: str) -> tuple[Path, Path, Path]:
    """A bureau's lists: what is to be mended, the receipt, what it recommends."""
    folder = workspace.city_outbox(city)
    return folder / PROBLEMS, folder / pages.receipt.NAME, folder / RECOMMENDATION
