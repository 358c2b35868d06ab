"""Files that appear whole or not at all: written aside, flushed to the disk, renamed over the old one.

An output that is open in Excel on Windows cannot be replaced. It is tried again for as long as people take to close a
file, then the new one is put beside it under another name; `moved` knows which, and the next run tries again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from pipeline.publish import disk

# How long to wait between one attempt and the next to replace a file that is open.
WAITS_SECONDS: tuple[float, ...] = (0.1, 0.3, 1, 3, 10)
_IN_USE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY)
# Windows: access denied, sharing violation, lock violation.
_IN_USE_ON_WINDOWS = (5, 32, 33)
_MOST_NAMES = 99


class Stamp(NamedTuple):
    """What a run wrote to a target, or found there already: size, time and SHA-256 of those bytes."""

    size: int
    mtime_ns: int
    sha256: str


class _Written(NamedTuple):
    """What is to take a target's place, and where it lies aside.

    `sha256` is "" until it is known; given from the start, the target is known to have other bytes.
    """

    aside: str
    target: Path
    sha256: str = ""


_moved: dict[Path, Path] = {}
# By target as text: there may be a hundred thousand, and paths take ten times as much.
_stamps: dict[str, Stamp] = {}
_may_write: list[Callable[[Path], None]] = []
# What waits in this thread, None outside `together`.
_here = threading.local()


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; on leaving, it takes the target's place in one step.

    When the bytes are the same the old file stays untouched, its time included. On an error nothing of the
    new file is left and the old one stays; OSError of the disk goes on to the caller.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _waiting(_Written(_aside(target), target)) as aside:
        yield aside


@contextmanager
def _waiting(one: _Written) -> Iterator[Path]:
    waiting, waits = getattr(_here, "waiting", None), False
    try:
        yield Path(one.aside)
        if waiting is None:
            _settle([one])
        else:
            disk.begin(one.aside)
            waiting.append(one)
            waits = True
    finally:
        if not waits:
            _remove(one.aside)


@contextmanager
def together() -> Iterator[None]:
    """Until the end of the block, what this thread is `replacing` waits aside; then all of it takes its places.

    The disk is waited for once and not for every file; each file still is there whole or not at all.
    """
    _here.waiting = waiting = []
    try:
        yield
        _settle(waiting)
        # Nothing of it lies aside any more.
        waiting.clear()
    finally:
        _here.waiting = None
        for one in waiting:
            _remove(one.aside)


def put_all(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Write several targets as `replacing` writes each, and wait for the disk once."""
    folders: set[str] = set()
    with together():
        for target, data in contents:
            if standing := _holds(target, data):
                _stands(target, standing)
                continue
            one = _Written(_aside(target), target, hashlib.sha256(data).hexdigest())
            if (folder := os.path.dirname(one.aside)) not in folders:
                os.makedirs(folder, exist_ok=True)
                folders.add(folder)
            _here.waiting.append(one)
            disk.write(one.aside, data)


@contextmanager
def asking(may_write: Callable[[Path], None]) -> Iterator[None]:
    """Until the end of the block, `may_write` is called with each target right before it is replaced.

    It raises where this process has no right to write any more. Of what was moved or written before nothing is known.
    """
    _moved.clear()
    _stamps.clear()
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


def stamp_of(target: str) -> Stamp | None:
    """What this run wrote to a target, as it was then; None if it did not write there.

    Whatever lies there now: an output that somebody alters while the run lasts is not taken for ours.
    """
    return _stamps.get(target)


def sweep(folder: Path) -> None:
    """Remove what killed runs left aside anywhere in a folder. Only while nobody else writes there."""
    for left in folder.rglob(".~*.tmp"):
        left.unlink(missing_ok=True)


def _settle(written: Iterable[_Written]) -> None:
    """Let what was written aside take its targets' places."""
    new = []
    for one in written:
        if not one.sha256:
            one = one._replace(sha256=_stamp(one.aside).sha256)
            if standing := _same(one.aside, one.sha256, one.target):
                _stands(one.target, standing)
                _remove(one.aside)
                continue
        new.append(one)
    disk.flush_all([one.aside for one in new])
    for one in new:
        for ask in _may_write:
            ask(one.target)
        # Not before it was flushed: a share may give it its time only then.
        found = os.stat(one.aside)
        _moved.pop(one.target, None)
        if not _replaced(one.aside, one.target):
            _moved[one.target] = _put_beside(one)
        _stamps[os.fspath(one.target)] = Stamp(found.st_size, found.st_mtime_ns, one.sha256)
    for folder in dict.fromkeys(os.path.dirname(one.aside) for one in new):
        disk.flush_folder(folder)


def _stands(target: Path, standing: Stamp) -> None:
    """Note that a target has the bytes already."""
    _moved.pop(target, None)
    _stamps[os.fspath(target)] = standing


def _aside(target: Path) -> str:
    # Always the same name for a target, so that a killed run leaves one file at most, which the next run
    # overwrites; short, because a bureau's file name may already be as long as the file system allows.
    folder, name = os.path.split(target)
    return os.path.join(folder or os.curdir, f".~{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}.tmp")


def _remove(aside: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(aside)


def _stamp(path: str | Path) -> Stamp:
    found = os.stat(path)
    with open(path, "rb") as file:
        return Stamp(found.st_size, found.st_mtime_ns, hashlib.file_digest(file, "sha256").hexdigest())


def _same(aside: str, sha256: str, target: Path) -> Stamp | None:
    """What the target is, if it has the bytes that lie aside already."""
    try:
        # The time is from before it is read: whoever writes there meanwhile gives it another.
        if not target.is_file() or target.stat().st_size != os.stat(aside).st_size:
            return None
        found = _stamp(target)
    except (PermissionError, FileNotFoundError):
        # Open in a way that nobody else may even read it, or gone at this moment.
        return None
    return found if found.sha256 == sha256 else None


def _holds(target: Path, data: bytes) -> Stamp | None:
    """What the target is, if it has these bytes already."""
    try:
        found = os.stat(target)
        if found.st_size != len(data) or not stat.S_ISREG(found.st_mode) or target.read_bytes() != data:
            return None
    except OSError:
        return None
    return Stamp(found.st_size, found.st_mtime_ns, hashlib.sha256(data).hexdigest())


def _replaced(aside: str, target: Path) -> bool:
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


def _put_beside(one: _Written) -> Path:
    """Put the new file under the next name that is free, unless it is there already."""
    for number in range(1, _MOST_NAMES):
        other = one.target.with_name(f"{one.target.stem}_新{number}{one.target.suffix}")
        if _same(one.aside, one.sha256, other):
            _remove(one.aside)
            return other
        if not other.exists():
            os.replace(one.aside, other)
            return other
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
