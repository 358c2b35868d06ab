"""Files that appear whole or not at all: written aside, flushed to the disk, renamed over the old one."""

from __future__ import annotations

import filecmp
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
        if target.is_file() and filecmp.cmp(aside, target, shallow=False):
            return
        _flush(aside, os.O_RDWR)
        os.replace(aside, target)
        _flush(target.parent, os.O_RDONLY)
    finally:
        aside.unlink(missing_ok=True)


def _aside(target: Path) -> Path:
    # Always the same name for a target, so that a killed run leaves one file at most, which the next run
    # overwrites; short, because a bureau's file name may already be as long as the file system allows.
    return target.with_name(f".~{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}.tmp")


def _flush(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
