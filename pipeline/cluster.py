"""Reading on Dask's workers: what they are given, and what becomes of what they answer.

Their answers go into the kept readings. Every portion is then read here as ever, and nearly all of it is known by then.
So whatever a worker cannot do, or does not live to do, is done here: it costs time and nothing else.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.crew import HERE, LOST, Crew, Stopped
from pipeline.edition import reader_edition
from pipeline.errors import RunError
from pipeline.log import fault
from pipeline.progress import shown
from pipeline.remote import Order, Places

if TYPE_CHECKING:
    from distributed import Client

    from pipeline.intake import Receipt
    from pipeline.portions import Portion
    from pipeline.settings import Settings, Workspace

UNREACHED = f"连不上 Dask 调度器，{HERE}"
ABSENT = f"没有安装 Dask，{HERE}"
USED = "由 {workers} 个 Dask 工作进程读取 {files} 个文件。"
UNANSWERED = "有 {count} 个文件 Dask 工作进程没有读成，已在本机读取。"

CONNECT_SECONDS = 20
# An order is seconds of a worker's time; to hand it over costs tens of milliseconds.
_ORDER_FILES = 500
_ORDER_BYTES = 128_000_000
# Few files are divided so that every thread gets several orders: the loss of a worker then costs little.
_SHARES = 4
# Orders under way for each thread, so that none waits while this machine is busy with a portion.
_AHEAD = 3
_GLANCE_SECONDS = 0.05
_STALLED_SECONDS = 900
_FAILURES_IN_A_ROW = 10
log = logging.getLogger(__name__)


class Sent(NamedTuple):
    """An order under way: dask's own future, which knows when it is over, and what gives the answers or raises."""

    future: Any
    answers: Callable[[], list[bytes | None]]


class Team(NamedTuple):
    """A connected client; `send` takes an order's number, the order pickled, and whether Prefect can be told of it."""

    client: Client
    send: Callable[[int, bytes, bool], Sent]
    api: str


class _Part(NamedTuple):
    """Files of one portion that go together."""

    portion: int
    receipts: tuple[Receipt, ...]


class _Answered(NamedTuple):
    part: _Part
    packed: Sequence[bytes | None]


def places(workspace: Workspace, settings: Settings) -> Places:
    """Where workers find what was received: as the settings say, else in the folders of this machine."""
    return Places(settings.originals_url or f"file://{workspace.originals.absolute()}",
                  settings.inbox_url or f"file://{workspace.inbox.absolute()}")


def local(workers: int) -> dict[str, Any]:
    """What distributed.LocalCluster is given for a cluster of this machine that lasts as long as the reading."""
    return {"n_workers": workers, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": None,
            "memory_limit": None, "silence_logs": logging.CRITICAL}


def brought(portions: Sequence[Portion], settings: Settings, where: Places,
            connect: Callable[[], AbstractContextManager[Team]]) -> Iterator[None]:
    """Yields once for each portion, in their order: when what workers have to say of its files is kept."""
    wanted = [_unknown(portion, settings) for portion in portions]
    left = [len(receipts) for receipts in wanted]
    coming = _coming(wanted, settings, where, connect)
    unanswered = 0
    try:
        for number in range(len(portions)):
            while left[number] and (answered := next(coming, None)):
                part, packed = answered
                left[part.portion] -= len(part.receipts)
                read = [pair for pair in zip(part.receipts, packed, strict=True) if pair[1] is not None]
                portions[part.portion].kept.put_all(read)
                unanswered += len(packed) - len(read)
            yield
    finally:
        coming.close()
        if unanswered:
            shown().say(UNANSWERED.format(count=unanswered))


def _unknown(portion: Portion, settings: Settings) -> list[Receipt]:
    largest = settings.max_file_bytes
    if portion.kept is None:
        return []
    return [receipt for receipt in portion.receipts if receipt.size <= largest and not portion.kept.has(receipt)]


def _coming(wanted: Sequence[Sequence[Receipt]], settings: Settings, where: Places,
            connect: Callable[[], AbstractContextManager[Team]]) -> Iterator[_Answered]:
    """What workers answer, in any order; ends early, with a sentence, when they are of no more use."""
    sample = next((receipt for receipts in wanted for receipt in receipts), None)
    if sample is None:
        return
    reached, files = False, sum(map(len, wanted))
    try:
        _quiet()
        with connect() as team:
            reached = True
            crew = Crew(team.client, sample, where, team.api)
            crew.gather()
            shown().say(USED.format(workers=crew.size, files=files))
            yield from _Work(team, crew, settings, where, _parts(wanted, crew.threads)).done()
    except Stopped as reason:
        shown().say(str(reason))
    except RunError:
        raise
    # Whatever Dask or Prefect run into, in their words: no night is lost for it, since all can be read here.
    except Exception as error:
        fault(error)
        absent = isinstance(error, ModuleNotFoundError)
        shown().say(LOST if reached else ABSENT if absent else UNREACHED)


def _quiet() -> None:
    """What dask and its network library tell is English, and all that matters of it is told by us."""
    import distributed  # noqa: F401  (sets up its logging when it is loaded)

    for name in ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False


def _parts(wanted: Sequence[Sequence[Receipt]], threads: int) -> Iterator[_Part]:
    """The files, a few hundred together, less where they are large, or so few that each thread would get one part."""
    most = min(_ORDER_FILES, max(1, -(-sum(map(len, wanted)) // (_SHARES * threads))))
    for number, receipts in enumerate(wanted):
        part: list[Receipt] = []
        size = 0
        for receipt in receipts:
            if part and (len(part) == most or size + receipt.size > _ORDER_BYTES):
                yield _Part(number, tuple(part))
                part, size = [], 0
            part.append(receipt)
            size += receipt.size
        if part:
            yield _Part(number, tuple(part))


class _Work:
    """The parts on their way: so many ahead of the workers, again where their workers went, given up where they
    fail."""

    def __init__(self, team: Team, crew: Crew, settings: Settings, where: Places, parts: Iterator[_Part]) -> None:
        self._team, self._crew, self._where = team, crew, where
        # Neither passwords nor how this machine works go along.
        self._settings = settings.without_secrets().model_copy(update={"read_workers": 1})
        self._parts = deque(parts)
        self._under_way: dict[int, tuple[_Part, Sent, frozenset[str] | None]] = {}
        self._number = 0
        self._failures = 0

    def done(self) -> Iterator[_Answered]:
        """Every part, answered or given up; Stopped if nothing comes any more."""
        heard = time.monotonic()
        while self._fill():
            over = [number for number, (_, sent, _) in self._under_way.items() if sent.future.done()]
            for number in over:
                part, sent, _ = self._under_way.pop(number)
                yield _Answered(part, self._answers(part, sent))
                heard = time.monotonic()
            if not over:
                time.sleep(_GLANCE_SECONDS)
            self._crew.glance()
            self._stranded()
            if time.monotonic() - heard > _STALLED_SECONDS:
                raise Stopped(LOST)

    def _fill(self) -> bool:
        """Send what there is room for; whether anything is under way or waits for a worker."""
        while self._parts and len(self._under_way) < _AHEAD * self._crew.threads:
            self._send(self._parts.popleft())
        return bool(self._under_way or self._parts)

    def _send(self, part: _Part) -> None:
        import dask

        self._number += 1
        only = self._crew.only
        bare = tuple(replace(receipt, original=None) for receipt in part.receipts)
        order = pickle.dumps(Order(reader_edition(), bare, self._where, self._settings))
        with dask.annotate(**({"workers": sorted(only)} if only else {})):
            sent = self._team.send(self._number, order, self._crew.reaches)
        self._under_way[self._number] = part, sent, only

    def _answers(self, part: _Part, sent: Sent) -> list[bytes | None]:
        try:
            found = sent.answers()
        # A worker's error of any kind, or Dask's own after losing several workers over this part: it is read here.
        except Exception as error:
            return self._given_up(part, type(error).__name__)
        if len(found) != len(part.receipts):
            return self._given_up(part, f"回答 {len(found)} 个")
        self._failures = 0
        return found

    def _given_up(self, part: _Part, why: str) -> list[None]:
        """No answers for a part; Stopped if there have been too few for too long."""
        log.warning("Dask 工作进程没有读成 %d 个文件：%s", len(part.receipts), why)
        self._failures += 1
        if self._failures >= _FAILURES_IN_A_ROW or self._team.client.status != "running":
            raise Stopped(LOST)
        return [None] * len(part.receipts)

    def _stranded(self) -> None:
        """What may go only to workers that are gone would wait for ever: it is sent again, to others."""
        for number, (part, sent, bound) in list(self._under_way.items()):
            if bound and self._crew.has_none_of(bound):
                sent.future.cancel()
                del self._under_way[number]
                self._parts.append(part)
