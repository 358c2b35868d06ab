"""Everything that is answered, each kind of output by the module that writes it. Paths are the contract's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline import manifest
from pipeline.publish import atomic, handed_back, pages, pending, problems, recommendation, register, tables
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
    """Paths under the outbox: `outputs` are for people, the province's first; `data` are the tables."""

    outputs: tuple[str, ...]
    data: tuple[str, ...]

    @property
    def everything(self) -> tuple[str, ...]:
        """All that a run answers."""
        return self.outputs + self.data

    @classmethod
    def among(cls, paths: Iterable[str]) -> Self:
        """What of a manifest's paths is whose; its own listing is neither's."""
        answered = [path for path in paths if PurePosixPath(path).name != manifest.NAME]
        data = tuple(path for path in answered if PurePosixPath(path).parent == _DATA)
        return cls(tuple(path for path in answered if path not in set(data)), data)


def write(resolved: Resolved, workspace: Workspace, now: datetime) -> Written:
    """Write all outputs of a run."""
    atomic.sweep(workspace.outbox)
    books = (workspace.province_outbox / REGISTER, workspace.province_outbox / PENDING)
    # The register links to the forms handed back: it is written beside them and takes its place after them.
    with replacing(books[0]) as aside, handed_back.writing(resolved, workspace) as forms:
        register.write_aside(resolved.tables, aside, {path for paths in forms.values() for path in paths})
        bureaus = [path for city in forms for path in (*_for_bureau(resolved, workspace, city), *forms[city])]
        pages_of_day(resolved.tables, workspace, resolved.deadline, now)
        tables.write(resolved.tables, workspace.data_outbox)
    pending.write(resolved.tables, books[1], resolved.rulings.agenda if resolved.rulings else None)
    people = (*books, workspace.province_outbox / pages.board.NAME, *bureaus)
    data = (workspace.data_outbox / f"{name}.{kind}" for name in TABLES for kind in ("parquet", "csv"))
    return Written(*(tuple(path.relative_to(workspace.outbox).as_posix() for path in paths) for paths in (people, data)))


def elsewhere(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Outputs of this run that were open, by path under the outbox, each with where the new one is."""
    return tuple(sorted((target.relative_to(workspace.outbox).as_posix(), place.relative_to(workspace.outbox).as_posix())
                        for target, place in atomic.moved().items() if target.is_relative_to(workspace.outbox)))


def pages_of_day(frames: Mapping[str, pl.DataFrame], workspace: Workspace, deadline: datetime, now: datetime) -> None:
    """Write the pages that show how long is left, from the data tables alone: the board and each bureau's receipt."""
    pages.board.write(frames, workspace.province_outbox / pages.board.NAME, deadline, now)
    for city in call.CITIES:
        pages.receipt.write(frames, city.name, workspace.city_outbox(city.name) / pages.receipt.NAME, deadline, now)


def _for_bureau(resolved: Resolved, workspace: Workspace, city: str) -> list[Path]:
    folder = workspace.city_outbox(city)
    # Each list sorts its tables: only the city's rows of the long ones.
    long = {name: resolved.tables[name].filter(city=city) for name in ("submissions", "consortia", "findings")}
    frames = {**resolved.tables, **long}
    problems.write(frames, city, folder / PROBLEMS)
    recommendation.write(frames, city, folder / RECOMMENDATION)
    return [folder / PROBLEMS, folder / pages.receipt.NAME, folder / RECOMMENDATION]
