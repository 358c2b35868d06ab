"""Everything that is answered, each kind of output by the module that writes it. Paths are the contract's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline import manifest
from pipeline.layout import BOARD, DATA, PENDING, PROBLEMS, PROVINCE, RECEIPT, RECOMMENDATION, REGISTER
from pipeline.publish import atomic, handed_back, order, pages, pending, problems, recommendation, register, tables
from pipeline.publish.atomic import replacing
from pipeline.publish.standing import Contents, Standing, source
from schemas import call
from schemas.register import TABLES

if TYPE_CHECKING:
    import polars as pl

    from pipeline.job import Resolved
    from pipeline.manifest import Manifest
    from pipeline.settings import Workspace

_DATA = PurePosixPath(PROVINCE, DATA)
_KINDS = ("parquet", "csv")
# Forms up to which the register is written beside the other outputs: with more of them memory counts.
_MOST_BESIDE = 20_000
# What a bureau's list of recommendations is made from.
_RECOMMENDED = ("consortia", "submissions", "cities")


class Written(NamedTuple):
    """Paths under the outbox: `outputs` are for people, the province's first; `data` are the tables.

    `sources` are digests of what they were made from, `last` is the manifest of the run before, `matters` what the
    board shows to be decided.
    """

    outputs: tuple[str, ...]
    data: tuple[str, ...]
    sources: Mapping[str, str] | None = None
    last: Manifest | None = None
    matters: pages.Matters | None = None

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
    """Write the outputs of a run, but for those that stand as they would be written."""
    atomic.sweep(workspace.outbox)
    books = (workspace.province_outbox / REGISTER, workspace.province_outbox / PENDING)
    known, contents = Standing.of(workspace), Contents(resolved.tables)
    agenda = resolved.rulings.agenda if resolved.rulings else None
    matters = pages.Matters.of(resolved.tables, agenda)
    # What links to the forms handed back is written beside them, and takes its place after them.
    with atomic.together(), handed_back.writing(resolved, workspace, known) as forms, ExitStack() as beside:
        names = {city: {path.name for path in paths} for city, paths in forms.items()}
        linked = [contents.whole(), sorted((city, sorted(those)) for city, those in names.items())]
        if known.to_make(books[0], source(*linked)):
            # The first time all forms are marked meanwhile, and no processor is free.
            few = known.last is not None and resolved.tables["submissions"].height <= _MOST_BESIDE
            beside.enter_context(_register(resolved.tables, books[0], names, beside=few))
        made = _Made(resolved.tables, known, contents)
        # The board first: what it takes and what is told of the cities are not in memory together.
        pages_of_day(resolved.tables, workspace, resolved.deadline, now, resolved.waiting, matters, made)
        _lists(resolved.tables, workspace, made)
        # What they show is not needed any more.
        del made
        for name in TABLES:
            targets = [workspace.data_outbox / f"{name}.{kind}" for kind in _KINDS]
            if any([known.to_make(target, source(name, contents.of(name))) for target in targets]):
                tables.write(resolved.tables, workspace.data_outbox, (name,))
        if known.to_make(books[1], source(*linked, agenda)):
            pending.write(resolved.tables, books[1], agenda, names)
    bureaus = [path for city, paths in forms.items() for path in (*_bureau(workspace, city), *paths)]
    people = (*books, workspace.province_outbox / BOARD, *bureaus)
    data = (workspace.data_outbox / f"{name}.{kind}" for name in TABLES for kind in _KINDS)
    under = partial(manifest.under, workspace.outbox)
    return Written(tuple(map(under, people)), tuple(map(under, data)), known.sources, known.last, matters)


@contextmanager
def _register(tables: Mapping[str, pl.DataFrame], target: Path, names: Mapping[str, Collection[str]], *,
              beside: bool) -> Iterator[None]:
    """Write the register before the block runs, or `beside` it."""
    with replacing(target) as aside:
        if not beside:
            register.write_aside(tables, aside, names)
            yield
            return
        with ThreadPoolExecutor(1) as thread:
            written = thread.submit(register.write_aside, tables, aside, names)
            yield
            written.result()


def elsewhere(workspace: Workspace) -> tuple[tuple[str, str], ...]:
    """Outputs of this run that were open, by path under the outbox, each with where the new one is."""
    return tuple(sorted((target.relative_to(workspace.outbox).as_posix(),
                         place.relative_to(workspace.outbox).as_posix())
                        for target, place in atomic.moved().items() if target.is_relative_to(workspace.outbox)))


def pages_of_day(frames: Mapping[str, pl.DataFrame], workspace: Workspace, deadline: datetime, now: datetime,
                 waiting: Mapping[str, str], matters: pages.Matters, made: _Made | None = None) -> None:
    """Write the pages that show how long is left, from the data tables alone but for the `matters` of the board: the
    board and each bureau's receipt.

    A receipt shows what is `waiting` of its bureau's files as well, each with the reason. Of the pages and lists only
    those that must be `made` are.
    """
    facts = made or _Made(frames)
    held_up = pages.receipt.by_city(waiting)
    board = workspace.province_outbox / BOARD
    hour = manifest.clock(deadline, now), deadline.isoformat()
    if facts.must(board, lambda contents: source(BOARD, hour, contents.whole(), matters)):
        pages.board.write(frames, board, deadline, now, matters)
    for city in call.CITY_ORDER:
        target, held = workspace.city_outbox(city) / RECEIPT, held_up.get(city, {})
        if facts.must(target, lambda contents: source(
                RECEIPT, city, hour, list(held.items()), contents.of_city(city))):
            pages.receipt.write(frames, city, target, deadline, now, held, facts.received[city])


def _lists(frames: Mapping[str, pl.DataFrame], workspace: Workspace, made: _Made) -> None:
    for city in call.CITY_ORDER:
        target, _, table = _bureau(workspace, city)
        if made.must(target, lambda contents: source(PROBLEMS, city, contents.of_city(city))):
            problems.write(frames, city, target, made.told[city])
        if made.must(table, lambda contents: source(RECOMMENDATION, city, contents.of_city(city, _RECOMMENDED))):
            recommendation.write_listed(frames, city, table, order.numbered(made.recommended(city)))


class _Made:
    """Which pages and lists must be made, and what they show: found for all cities at once, if one has to be made."""

    def __init__(self, frames: Mapping[str, pl.DataFrame], known: Standing | None = None,
                 contents: Contents | None = None) -> None:
        self._frames, self._known, self._contents = frames, known, contents

    def must(self, target: Path, made_from: Callable[[Contents], str]) -> bool:
        """Whether an output must be made; what from is noted."""
        return self._known is None or self._known.to_make(target, made_from(self._contents))

    @cached_property
    def told(self) -> dict[str, problems.Told]:
        """What is told of each city's forms."""
        return problems.told(self._frames)

    @cached_property
    def received(self) -> dict[str, pages.receipt.Known]:
        """What each city's receipt shows."""
        return pages.receipt.known(self._frames, self.told)

    @cached_property
    def recommended(self) -> Callable[[str], pl.DataFrame]:
        """What each city recommends."""
        return problems.by_city(recommendation.of_all(order.ordered({"consortia": self._frames["consortia"]})))


def _bureau(workspace: Workspace, city: str) -> tuple[Path, Path, Path]:
    """A bureau's lists: what is to be mended, the receipt, what it recommends."""
    folder = workspace.city_outbox(city)
    return folder / PROBLEMS, folder / RECEIPT, folder / RECOMMENDATION
