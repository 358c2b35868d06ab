"""What a Dask worker does for a run: it fetches received files by fsspec, proves them by their SHA-256, and reads them.

They are read as they are anywhere, in children with limits. A worker answers for a file with its reading or with
nothing; what is wrong with a file is found out by the machine that asked.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import pickle
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pipeline import originals, portions, server
from pipeline.edition import reader_edition
from pipeline.intake import Receipt
from pipeline.log import LOGGER

if TYPE_CHECKING:
    from pipeline.settings import Settings

# So many files lie on a worker at a time: one child's share.
_AT_A_TIME = 50
# Waiting for a share or a store is most of fetching.
_FETCHERS = 4
log = logging.getLogger(__name__)


class Places(NamedTuple):
    """Where workers find the private copies and, under the paths on the receipts, the inbox: fsspec URLs."""

    originals: str
    inbox: str


class Order(NamedTuple):
    """Files to be read by readers of one `edition`, within the limits of `settings`."""

    edition: str
    receipts: tuple[Receipt, ...]
    places: Places
    settings: Settings


class Fitness(NamedTuple):
    """What a worker says of itself: its edition, and whether it can fetch the sample and reach Prefect's API."""

    edition: str
    fetches: bool
    reaches: bool


class OtherEdition(Exception):
    """This worker would read otherwise than the machine that asks."""


def fitness(sample: Receipt, places: Places, api: str) -> Fitness:
    """Asked of every worker before it is given anything; `api` is the address of Prefect's, if any."""
    try:
        fetches = _fetched(sample, places) is not None
    # No such share, no such protocol, a library for it that is not there. What that library raises of its own has no
    # class in common: those for clouds raise plain Exceptions too, and each must cost this worker its part, not the
    # run.
    except Exception as error:
        log.warning("取不到原件：%s", type(error).__name__)
        fetches = False
    return Fitness(reader_edition(), fetches, bool(api) and server.answers(api))


def answers(packed: bytes) -> list[bytes | None]:
    """The packed readings of a pickled `Order`'s files, None for a file that nothing can be said of here.

    Raises:
        OSError: no file at all could be fetched; the share may be back in a moment.
        OtherEdition: this worker is of another edition.
    """
    order: Order = pickle.loads(packed)
    if order.edition != reader_edition():
        raise OtherEdition
    _speak()
    _allow_children()
    found: list[bytes | None] = []
    lost: list[OSError] = []
    for start in range(0, len(order.receipts), _AT_A_TIME):
        found += _read(order, order.receipts[start:start + _AT_A_TIME], lost)
    if len(lost) == len(order.receipts):
        raise lost[0]
    return found


def _speak() -> None:
    """What goes wrong here is told in the worker's own output, as in our log: codes and places, never values."""
    if all(isinstance(handler, logging.NullHandler) for handler in LOGGER.handlers):
        LOGGER.addHandler(logging.StreamHandler())


def _allow_children() -> None:
    """Take from this process the mark of a daemon, with which multiprocessing lets it have no children.

    Dask's nannies set it on their workers (distributed.worker.daemon), lest children be left over when a worker is
    ended. Ours end by themselves: their server with the process that started it, and each when its time is up.
    """
    current = multiprocessing.current_process()
    if current.daemon:
        current.daemon = False


def _read(order: Order, receipts: Sequence[Receipt], lost: list[OSError]) -> list[bytes | None]:
    with ExitStack() as held, ThreadPoolExecutor(_FETCHERS) as fetchers:
        here = []
        for receipt, content in zip(receipts, fetchers.map(lambda one: _tried(one, order.places), receipts),
                                    strict=True):
            if isinstance(content, bytes):
                file = held.enter_context(tempfile.TemporaryFile())
                file.write(content)
                file.flush()
                # The file has no name, so that it is gone with this process, however that ends.
                here.append(replace(receipt, original=Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")))
            elif content is not None:
                lost.append(content)
        found = {(one.receipt.path, one.receipt.sha256): one.packed
                 for one in portions.opened(here, order.settings, len(order.receipts)) if one.lasting}
    return [found.get((receipt.path, receipt.sha256)) for receipt in receipts]


def _tried(receipt: Receipt, places: Places) -> bytes | OSError | None:
    try:
        return _fetched(receipt, places)
    except OSError as error:
        return error


def _fetched(receipt: Receipt, places: Places) -> bytes | None:
    """The bytes of a receipt, from its private copy, else from the inbox; None if neither place has them any more."""
    from fsspec.core import url_to_fs

    copy = originals.place(Path(), receipt.sha256).as_posix()
    failed = None
    for url, path in ((places.originals, copy), (places.inbox, receipt.path)):
        system, root = url_to_fs(url)
        try:
            content = system.cat_file(f"{root.rstrip('/')}/{path}")
        except OSError as error:
            failed = error
            continue
        if hashlib.sha256(content).hexdigest() == receipt.sha256:
            return content
    if failed is not None:
        raise failed
    return None
