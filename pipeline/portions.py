"""The stage of reading: which files go together, what is known of them already, and what children find in the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import sandbox
from pipeline.intake import Receipt, Taken
from pipeline.opening import open_again, open_packed, refused

if TYPE_CHECKING:
    from pipeline.read.record import Opened
    from pipeline.readings import Readings
    from pipeline.settings import Settings
    from pipeline.submissions import FileReading

# A child's faults say as much about the machine and its load as about the file: they may be gone next time.
PASSING = frozenset(refused(fault).spotted
                    for fault in (sandbox.CRASHED, sandbox.TIMEOUT, sandbox.MEMORY, sandbox.RAISED))
# A child is replaced after so many files; with several to a portion, what they answer is taken while others read.
_CHILD_FILES = 50
_SUSPICIOUSLY_MANY = 3
log = logging.getLogger(__name__)


class Portion(NamedTuple):
    """The receipts of one task, and what is known already of such files (None: nothing is)."""

    receipts: tuple[Receipt, ...]
    kept: Readings | None = None


def chunks(taken: Taken, settings: Settings, kept: Readings | None = None) -> list[Portion]:
    """The receipts to be read, in portions for one task each."""
    wanted = [receipt for receipt in taken.receipts if not receipt.ignored]
    size = settings.chunk_files
    return [Portion(tuple(wanted[start:start + size]), kept) for start in range(0, len(wanted), size)]


def read(portion: Portion, settings: Settings) -> list[FileReading]:
    """What a portion's files hold: as it is known, else by opening them, each in a child with limits."""
    from pipeline.submissions import FileReading

    receipts, kept = portion
    known = {receipt: kept.get(receipt) for receipt in receipts} if kept else {}
    new = [receipt for receipt in receipts if known.get(receipt) is None]
    known.update(_opened(new, settings, portion))
    if new:
        log.info("打开 %d 个文件，另有 %d 个沿用上次的读取结果", len(new), len(receipts) - len(new))
    return [FileReading(receipt, *known[receipt]) for receipt in receipts]


def _opened(receipts: Sequence[Receipt], settings: Settings, portion: Portion) -> Iterator[tuple[Receipt, Opened]]:
    from pipeline.read.packed import unpack

    small, large = [], []
    for receipt in receipts:
        (small if receipt.size <= settings.max_file_mb * 1_000_000 else large).append(receipt)
    yield from ((receipt, refused("too_large")) for receipt in large)
    faults = []
    for receipt, outcome in _outcomes(small, settings):
        if outcome.fault:
            faults.append(outcome.detail)
            yield receipt, refused(outcome.fault)
        else:
            if portion.kept:
                portion.kept.put(receipt, outcome.value)
            yield receipt, unpack(outcome.value) if isinstance(outcome.value, bytes) else outcome.value
    _heed(faults, len(portion.receipts))


def _outcomes(receipts: Sequence[Receipt], settings: Settings) -> Iterator[tuple[Receipt, sandbox.Outcome]]:
    """What the children answer, file by file; the centre's decisions have a reader of their own.

    A form that breaks the first reader is given to the second one, once, in another child. Time or memory that has run
    out would run out again.
    """
    from pipeline.decisions.reading import open_decisions
    from pipeline.read.labels import labels_of
    from schemas.form_2023 import FORM

    labels = labels_of(FORM)
    forms = [receipt for receipt in receipts if not receipt.is_decision]
    lists = [receipt for receipt in receipts if receipt.is_decision]
    broken_on = []
    for receipt, outcome in _asked(open_packed, forms, [(labels, receipt.original) for receipt in forms], settings):
        if outcome.fault == sandbox.CRASHED:
            broken_on.append((receipt, outcome))
        else:
            yield receipt, outcome
    again = [receipt for receipt, _ in broken_on]
    for (receipt, first), (_, outcome) in zip(broken_on, _asked(
            open_again, again, [(labels, receipt.original) for receipt in again], settings), strict=True):
        yield receipt, outcome if outcome.value else first
    yield from _asked(open_decisions, lists, [receipt.original for receipt in lists], settings)


def _asked(function: Callable[[Any], Any], receipts: Sequence[Receipt], items: Sequence[Any], settings: Settings,
           ) -> Iterator[tuple[Receipt, sandbox.Outcome]]:
    yield from zip(receipts, sandbox.each(
        function, items, workers=settings.workers, timeout_seconds=settings.read_timeout_seconds,
        chunk=_CHILD_FILES, memory_mb=settings.read_memory_mb), strict=True)


def broken(readings: Iterable[FileReading]) -> list[str]:
    """The SHA-256 of files that broke their reader, where another attempt may do better."""
    return [r.receipt.sha256 for r in readings if not r.forms and r.spotted in PASSING]


def _heed(faults: Sequence[str], files: int) -> None:
    """A file that breaks its reader is told to its bureau; files that all break it the same way are our own fault."""
    for detail in faults:
        log.warning("读取一个文件时子进程出错：%s", detail)
    if len(faults) >= _SUSPICIOUSLY_MANY and len(faults) == files and len(set(faults)) == 1:
        raise RuntimeError("every file of a chunk broke its reader in the same way")
