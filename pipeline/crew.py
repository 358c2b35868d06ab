"""The workers of a Dask scheduler as they come and go: who may be used, and when there is nobody any more."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline import remote
from pipeline.edition import reader_edition
from pipeline.progress import shown

if TYPE_CHECKING:
    from distributed import Client

    from pipeline.intake import Receipt
    from pipeline.remote import Places

HERE = "已改为在本机读取，结果相同。"
NOBODY = f"没有可用的 Dask 工作进程，{HERE}"
LOST = f"Dask 中途停止，余下的文件{HERE}"
FOREIGN = "有 {count} 个 Dask 工作进程没有应答，或程序与本机不是同一版本，没有使用。请在各机器上装好同一版本，再重启工作进程。"
BLIND = "有 {count} 个 Dask 工作进程取不到收到的文件，没有使用。请检查设置 originals_url、inbox_url 和文件夹的权限。"

_LOOK_SECONDS = 2.0
# Scheduler and workers are often started together with the run; a nanny starts a lost worker anew in seconds.
_ARRIVE_SECONDS = 10
_GONE_SECONDS = 60
log = logging.getLogger(__name__)


class Stopped(Exception):
    """Dask is of no more use to this run; the message is the sentence that says so."""


class Crew:
    """Who may be used, by address; `look` keeps it true.

    `reaches` is whether all of them reach Prefect's API.
    """

    def __init__(self, client: Client, sample: Receipt, places: Places, api: str) -> None:
        self._client, self._asked = client, (sample, places, api)
        self._threads: dict[str, int] = {}
        # For the whole run: one that was away for a moment is not examined, nor told of, again.
        self._unfit: set[str] = set()
        self._told: set[str] = set()
        self._looked = float("-inf")
        self._seen = time.monotonic()
        self.reaches = True

    @property
    def threads(self) -> int:
        """How many orders can be worked on at the same time."""
        return sum(self._threads.values())

    @property
    def size(self) -> int:
        """How many workers may be used."""
        return len(self._threads)

    @property
    def only(self) -> frozenset[str] | None:
        """The addresses to which orders must go; None if nobody is there who must not have them."""
        return frozenset(self._threads) if self._unfit else None

    def has_none_of(self, addresses: Iterable[str]) -> bool:
        """Whether all of these workers are gone."""
        return self._threads.keys().isdisjoint(addresses)

    def gather(self) -> None:
        """Wait for the first workers; Stopped if none comes that may be used."""
        until = time.monotonic() + _ARRIVE_SECONDS
        while not self.look() and not self._unfit and time.monotonic() < until:
            time.sleep(0.2)
        if not self._threads:
            raise Stopped(NOBODY)

    def look(self) -> bool:
        """Ask who is there, new ones what they are; whether anyone may be used. Stopped if nobody could be for long."""
        now = time.monotonic()
        if self._client.status != "running":
            raise Stopped(LOST)
        self._looked = now
        present = {address: told["nthreads"] for address, told in self._client.scheduler_info()["workers"].items()}
        self._threads = {address: threads for address, threads in self._threads.items() if address in present}
        self._examine({address: threads for address, threads in present.items()
                       if address not in self._threads and address not in self._unfit})
        if self._threads:
            self._seen = now
        elif now - self._seen > _GONE_SECONDS:
            raise Stopped(NOBODY)
        return bool(self._threads)

    def glance(self) -> None:
        """`look`, if it is time to."""
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self.look()

    def _examine(self, new: dict[str, int]) -> None:
        if not new:
            return
        told = self._client.run(remote.fitness, *self._asked, workers=list(new), on_error="return")
        foreign, blind = 0, 0
        for address, threads in new.items():
            found = told.get(address)
            # A worker that cannot even answer has another program, or none.
            if not isinstance(found, remote.Fitness) or found.edition != reader_edition():
                foreign += 1
                log.warning("Dask 工作进程不能用：%s", type(found).__name__)
            elif not found.fetches:
                blind += 1
            else:
                self._threads[address] = threads
                self.reaches &= found.reaches
                continue
            self._unfit.add(address)
        for count, sentence in ((foreign, FOREIGN), (blind, BLIND)):
            if count and sentence not in self._told:
                self._told.add(sentence)
                shown().say(sentence.format(count=count))
