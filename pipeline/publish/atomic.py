"""Files that appear whole or not at all: written aside, flushed to the disk, renamed over the old one.

An output that is open in Excel on Windows cannot be replaced. It is tried again for as long as people take to close a
file, then the new one is put beside it under another name; `moved` knows which, and the next run tries again.
"""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# How long to wait between one attempt and the next to replace a file that is open.
WAITS_SECONDS: tuple[float, ...] = (0.1, 0.3, 1, 3, 10)
_IN_USE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
# Windows: access denied, sharing violation, lock violation.
_IN_USE_ON_WINDOWS = (5, 32, 33)
_MOST_NAMES = 99

_moved: dict[Path, Path] = {}
_may_write: list[Callable[[Path], None]] = []


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; on leaving, it takes the target's place in one step.

    When the bytes are the same the old file stays untouched, its time included. On an error nothing of the
    new file is left and the old one stays; OSError of the disk goes on to the caller.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(target)
    try:
        yield aside
        _moved.pop(target, None)
        if _same(aside, target):
            return
        _flush(aside, os.O_RDWR)
        for ask in _may_write:
            ask(target)
        if not _replaced(aside, target):
            note(target, _put_beside(aside, target))
        _flush(target.parent, os.O_RDONLY)
    finally:
        aside.unlink(missing_ok=True)


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


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
