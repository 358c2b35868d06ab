"""The stage of reading: which files go together, what is known of them already, and what children find in the
others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline import sandbox
from pipeline.intake import Receipt, Taken
from pipeline.opening import open_again, open_packed, refused
from pipeline.read.packed import headings, mark_of, pack

if TYPE_CHECKING:
    from pipeline.held import Packed
    from pipeline.readings import Readings
    from pipeline.settings import Settings
    from pipeline.submissions import FileReading

# A child's faults say as much about the machine and its load as about the file: they may be gone next time.
PASSING = frozenset(refused(fault).spotted
                    for fault in (sandbox.CRASHED, sandbox.TIMEOUT, sandbox.MEMORY, sandbox.RAISED))
# A child is replaced after so many files: to start one, and its first form, cost as much as five others. With several
# to a portion, what they answer is taken while others read.
_CHILD_FILES = 250
_SUSPICIOUSLY_MANY = 3
log = logging.getLogger(__name__)


class Portion(NamedTuple):
    """The receipts of one task, and what is known already of such files (None: nothing is)."""

    receipts: tuple[Receipt, ...]
    kept: Readings | None = None


class Answer(NamedTuple):
    """What opening a file gave, packed; `lasting` unless another attempt may do better. Picklable."""

    receipt: Receipt
    packed: bytes
    lasting: bool = True


def chunks(taken: Taken, settings: Settings, kept: Readings | None = None) -> list[Portion]:
    """The receipts to be read, in portions for one task each."""
    wanted = [receipt for receipt in taken.receipts if not receipt.ignored]
    size = settings.chunk_files
    return [Portion(tuple(wanted[start:start + size]), kept) for start in range(0, len(wanted), size)]


def read(portion: Portion, settings: Settings) -> list[FileReading]:
    """What a portion's files hold: as it is known, else by opening them, each in a child with limits."""
    found, new = known(portion)
    answers = opened(new, settings, len(portion.receipts))
    # What one child answered is taken and kept while others read.
    while part := list(islice(answers, _CHILD_FILES)):
        found += taken(part, portion.kept)
    if new:
        log.info("打开 %d 个文件，另有 %d 个沿用上次的读取结果", len(new), len(portion.receipts) - len(new))
    order = {receipt: place for place, receipt in enumerate(portion.receipts)}
    return sorted(found, key=lambda reading: order[reading.receipt])


def known(portion: Portion) -> tuple[list[FileReading], list[Receipt]]:
    """What is known of a portion's files from earlier runs, and the files that must be opened."""
    from pipeline.held import InStore

    found, new = [], []
    for receipt in portion.receipts:
        packed = portion.kept.packed(receipt) if portion.kept else None
        reading = _reading(receipt, packed, InStore(portion.kept, receipt, mark_of(packed))) if packed else None
        if reading is None:
            new.append(receipt)
        else:
            found.append(reading)
    return found, new


def taken(answers: Iterable[Answer], kept: Readings | None) -> list[FileReading]:
    """What was found in files opened here or elsewhere; what is lasting is kept for later runs."""
    from pipeline.held import InMemory, InStore

    answers = list(answers)
    lasting = [(answer.receipt, answer.packed) for answer in answers if answer.lasting]
    stored = bool(kept and lasting) and kept.put_all(lasting)
    readings = []
    for receipt, packed, is_lasting in answers:
        file = InStore(kept, receipt, mark_of(packed)) if stored and is_lasting else InMemory.of(packed)
        readings.append(_reading(receipt, packed, file) or _damaged(receipt))
    return readings


def _reading(receipt: Receipt, packed: bytes, file: Packed) -> FileReading | None:
    """The heads of a file's forms with the rest of what was read; None if the bytes are damaged."""
    from pipeline.held import heads
    from pipeline.submissions import FileReading

    try:
        forms, *rest = headings(packed)
    except ValueError:
        log.warning("保存的读取结果已损坏，重新读取这个文件")
        return None
    return FileReading(receipt, heads(forms, file), *rest)


def _damaged(receipt: Receipt) -> FileReading:
    """What came back from elsewhere was not what was sent: as if the reader had broken."""
    from pipeline.submissions import FileReading

    return FileReading(receipt, *refused(sandbox.CRASHED))


def opened(receipts: Sequence[Receipt], settings: Settings, files: int = 0) -> Iterator[Answer]:
    """Open files, each in a child with limits; needs no workspace. `files` is how many there are in the portion."""
    small, large = [], []
    for receipt in receipts:
        (small if receipt.size <= settings.max_file_bytes else large).append(receipt)
    yield from (Answer(receipt, pack(refused("too_large")), lasting=False) for receipt in large)
    faults = []
    for receipt, outcome in _outcomes(small, settings):
        if outcome.fault:
            faults.append(outcome.detail)
            yield Answer(receipt, pack(refused(outcome.fault)), lasting=False)
        else:
            yield Answer(receipt, outcome.value if isinstance(outcome.value, bytes) else pack(outcome.value))
    _heed(faults, files or len(receipts))


def _outcomes(receipts: Sequence[Receipt], settings: Settings) -> Iterator[tuple[Receipt, sandbox.Outcome]]:
    """What the children answer, file by file; the centre's decisions have a reader of their own.

    A form that breaks the first reader is given to the second one, once, in another child. Time or memory that has run
    out would run out again.
    """
    from pipeline.decisions.reading import open_decisions
    from pipeline.read.labels import labels_of
    from schemas.current import FORM

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
