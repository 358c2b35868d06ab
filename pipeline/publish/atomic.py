"""Files that appear whole or not at all: written aside, flushed to the disk, renamed over the old one.

An output that is open in Excel on Windows cannot be replaced. It is tried again for as long as people take to close a
file, then the new one is put beside it under another name; `moved` knows which, and the next run tries again.
"""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

# How long to wait between one attempt and the next to replace a file that is open.
WAITS_SECONDS: tuple[float, ...] = (0.1, 0.3, 1, 3, 10)
_IN_USE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
# Windows: access denied, sharing violation, lock violation.
_IN_USE_ON_WINDOWS = (5, 32, 33)
_MOST_NAMES = 99
# Measured: with four or more the disk is at its best.
_FLUSHED_AT_ONCE = 8

_moved: dict[Path, Path] = {}
_may_write: list[Callable[[Path], None]] = []
# What waits in this thread: pairs of what lies aside and its target, None outside `together`.
_here = threading.local()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; on leaving, it takes the target's place in one step.

    When the bytes are the same the old file stays untouched, its time included. On an error nothing of the
    new file is left and the old one stays; OSError of the disk goes on to the caller.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside, waiting, waits = _aside(target), getattr(_here, "waiting", None), False
    try:
        yield aside
        if waiting is None:
            _settle([(aside, target)])
        else:
            waiting.append((aside, target))
            waits = True
    finally:
        if not waits:
            aside.unlink(missing_ok=True)


@contextmanager
def together() -> Iterator[None]:
    """Until the end of the block, what this thread is `replacing` waits aside; then all of it takes its places.

    The disk is waited for once and not for every file; each file still is there whole or not at all.
    """
    _here.waiting = waiting = []
    try:
        yield
        _settle(waiting)
    finally:
        _here.waiting = None
        for aside, _ in waiting:
            aside.unlink(missing_ok=True)


def put_all(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Write several targets as `replacing` writes each, and wait for the disk once."""
    with together():
        for target, data in contents:
            if _holds(target, data):
                _moved.pop(target, None)
            else:
                with replacing(target) as aside:
                    aside.write_bytes(data)


@contextmanager
def asking(may_write: Callable[[Path], None]) -> Iterator[None]:
    """Until the end of the block, `may_write` is called with each target right before it is replaced.

    It raises where this process has no right to write any more. Of what was moved before nothing is known.
    """
    _moved.clear()
    _may_write.append(may_write)
    try:
        yield
    finally:
        _may_write.remove(may_write)


def moved() -> Mapping[Path, Path]:
    """Targets that were open and stayed as they were, and where the new file is instead."""
    return dict(_moved)


def place_of(target: Path) -> Path:
    """Where what was last written to `target` is: there, unless it was open."""
    return _moved.get(target, target)


def note(target: Path, place: Path) -> None:
    """Have it known here that a target, perhaps in another process, was written to `place`."""
    if place != target:
        _moved[target] = place


def sweep(folder: Path) -> None:
    """Remove what killed runs left aside anywhere in a folder. Only while nobody else writes there."""
    for left in folder.rglob(".~*.tmp"):
        left.unlink(missing_ok=True)


def _settle(written: Iterable[tuple[Path, Path]]) -> None:
    """Let what was written aside take its targets' places: pairs of what lies aside and its target."""
    new = []
    for aside, target in written:
        _moved.pop(target, None)
        if not _same(aside, target):
            new.append((aside, target))
    _flush_all([aside for aside, _ in new])
    for aside, target in new:
        for ask in _may_write:
            ask(target)
        if not _replaced(aside, target):
            note(target, _put_beside(aside, target))
    for folder in dict.fromkeys(target.parent for _, target in new):
        _flush(folder, os.O_RDONLY)


def _aside(target: Path) -> Path:
    # Always the same name for a target, so that a killed run leaves one file at most, which the next run
    # overwrites; short, because a bureau's file name may already be as long as the file system allows.
    return target.with_name(f".~{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.tmp")


def _same(aside: Path, target: Path) -> bool:
    try:
        return target.is_file() and filecmp.cmp(aside, target, shallow=False)
    except PermissionError:
        # Open in a way that nobody else may even read it.
        return False


def _holds(target: Path, data: bytes) -> bool:
    """Whether the target has these bytes already."""
    try:
        return target.stat().st_size == len(data) and target.is_file() and target.read_bytes() == data
    except OSError:
        # Not there, or open in a way that nobody else may even read it.
        return False


def _replaced(aside: Path, target: Path) -> bool:
    """Whether the target could be replaced, at once or later."""
    for seconds in (*WAITS_SECONDS, None):
        try:
            os.replace(aside, target)
        except OSError as error:
            if not _in_use(error):
                raise
        else:
            return True
        if seconds is not None:
            time.sleep(seconds)
    return False


def _in_use(error: OSError) -> bool:
    return error.errno in _IN_USE or getattr(error, "winerror", None) in _IN_USE_ON_WINDOWS


def _put_beside(aside: Path, target: Path) -> Path:
    """Put the new file under the next name that is free, unless it is there already."""
    for number in range(1, _MOST_NAMES):
        other = target.with_name(f"{target.stem}_新{number}{target.suffix}")
        if _same(aside, other):
            return other
        if not other.exists():
            os.replace(aside, other)
            return other
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _flush_all(paths: Sequence[Path]) -> None:
    """Wait until the disk has several files: at the same time, for each alone it takes as long as for all."""
    if len(paths) < 2:
        for path in paths:
            _flush(path, os.O_RDWR)
        return
    with ThreadPoolExecutor(min(len(paths), _FLUSHED_AT_ONCE)) as pool:
        for _ in pool.map(_flush, paths, repeat(os.O_RDWR)):
            pass


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
