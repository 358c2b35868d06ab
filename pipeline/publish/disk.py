"""Files on their way to the disk: it begins with all that it is given before any of them is waited for."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pipeline import descriptors

_OPEN_AT_MOST = 40


def write(path: str, data: bytes) -> None:
    """Write a file; it is not flushed."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest):]
    finally:
        os.close(descriptor)


def begin(path: str) -> None:
    """Have the disk begin with a file that is waited for later."""
    os.close(_begun(path, os.O_RDWR))


def flush_all(paths: Sequence[str]) -> None:
    """Wait until the disk has several files."""
    several = descriptors.at_once(_OPEN_AT_MOST)
    for start in range(0, len(paths), several):
        _flush(paths[start:start + several], os.O_RDWR)


def flush_folder(folder: str) -> None:
    """Wait until the disk has the names in a folder."""
    _flush([folder], os.O_RDONLY)


def _flush(paths: Sequence[str], flags: int) -> None:
    opened: list[int] = []
    try:
        for path in paths:
            opened.append(_begun(path, flags))
        for descriptor in opened:
            os.fsync(descriptor)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _begun(path: str, flags: int) -> int:
    """The file opened. Told that what was just written will not be read, Linux begins to write it to the disk."""
    descriptor = os.open(path, flags)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    return descriptor
