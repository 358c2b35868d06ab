"""Private copies of everything received, named by SHA-256, durable before anything is parsed.

The order is restic's: temporary name → write → fsync → rename → fsync of the folder → only then a receipt.
A rename may overwrite: what has the same name has the same bytes. Several files are written before the first of them is
waited for: the disk then has most of the others as well.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from pipeline import descriptors
from pipeline.errors import StorageFailed
from pipeline.inbox import Look
from pipeline.watchdog import Watchdog

# Waiting for the disk is most of the work: four at a time took half the time of one, eight no less.
_COPIERS = 4
# How many a copier has open at once: with 8 it takes a fifth longer, with more than 32 no less.
_TOGETHER = 32
_BLOCK = 1 << 20
_INCOMING = "incoming"
_ZIP = b"PK\x03\x04"
# A share may lay out the whole size before the first byte arrives.
_NOTHING_YET = bytes(4)
_END_RECORD = b"PK\x05\x06"
# The end record is 22 bytes and a comment of up to 65,535.
_END_REGION = 22 + 65_535

CHANGING, UNFINISHED, UNREADABLE = "仍在变化", "还没有传完", "暂时读不到"


class Copied(NamedTuple):
    """What became of one file: its `sha256`, or why it `waits`; neither when it was taken away meanwhile."""

    look: Look
    sha256: str = ""
    waits: str = ""


class _Partial(NamedTuple):
    """A whole copy under a name of its own, open until it is flushed."""

    file: int
    path: str
    sha256: str


def place(originals: Path, sha256: str) -> Path:
    """Where the copy of those bytes is kept."""
    return originals / _below(sha256)


def _below(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def names(originals: Path) -> set[str]:
    """The SHA-256 of every copy there is: a few listings are soon done where a question for each file is not.

    StorageFailed if the folder cannot be listed.
    """
    try:
        folders = [originals / name for name in os.listdir(originals) if len(name) == 2]
        return {name for folder in folders if folder.is_dir() for name in os.listdir(folder)}
    except OSError as error:
        raise StorageFailed(_said(error)) from error


def keep(parts: Iterable[list[Look]], originals: Path, young: set[str], needed: int) -> list[Copied]:
    """Copy every file of the parts into `originals`; when this returns, the copies survive a power cut.

    A part is asked for when the one before has been copied. `young` are the paths that may still be arriving: without
    an end they wait. `needed` bytes of disk must be free. The result is in the order of the files and has the inbox's
    faults; StorageFailed if our disk fails, InboxUnavailable if the share hangs.
    """
    store, copied = _Store(originals), []
    try:
        store.prepare(needed)
        for looks in parts:
            several = min(descriptors.at_once(_TOGETHER), -(-len(looks) // _COPIERS)) or 1
            together = [looks[start:start + several] for start in range(0, len(looks), several)]
            copied += chain.from_iterable(store.dog.each(lambda some: store.take(some, young), together, _COPIERS))
        store.settle(one.sha256 for one in copied if one.sha256)
    except OSError as error:
        raise StorageFailed(_said(error)) from error
    return copied


class _Store:
    """The folder of private copies, with a place in it for copies that are not whole yet."""

    def __init__(self, originals: Path) -> None:
        self.originals = originals
        self.incoming = originals / _INCOMING
        # As text: of a path object is asked too much for every file.
        self.folder = os.fspath(originals)
        # A thread that a share held up may come to life again beside a later attempt: no two have one name.
        self.name = secrets.token_hex(4)
        self.serial = count()
        self.dog = Watchdog()
        # Folders that are known to be there.
        self.made: set[str] = set()

    def prepare(self, needed: int) -> None:
        """Make the folders, clear what a killed run left, and see that `needed` bytes are free."""
        self.incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in self.incoming.iterdir():
            leftover.unlink()
        if shutil.disk_usage(self.originals).free < needed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def take(self, looks: Sequence[Look], young: Collection[str]) -> list[Copied]:
        """Some files into the store: all are written, then all flushed, and only then any is given its name."""
        written: list[_Partial] = []
        try:
            copied = [self.copy(look, look.path in young, written) for look in looks]
            for partial in written:
                os.fsync(partial.file)
                self.dog.beat()
            for partial in written:
                self._adopt(partial)
        finally:
            for partial in written:
                os.close(partial.file)
        return copied

    def copy(self, look: Look, young: bool, written: list[_Partial]) -> Copied:
        """Add one file to what is `written`, unless it is changing, unfinished, cannot be read or is in the store."""
        try:
            # Should a pipe have taken the file's place, O_NONBLOCK keeps the run from hanging on it.
            source = os.open(look.place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return Copied(look)
        except OSError:
            # A share also says so while a program holds the file.
            return Copied(look, waits=UNREADABLE)
        try:
            if not _unchanged(look, source):
                return Copied(look, waits=CHANGING)
            return self._copy_open(look, source, young, written)
        finally:
            os.close(source)

    def _copy_open(self, look: Look, source: int, young: bool, written: list[_Partial]) -> Copied:
        path = f"{self.folder}/{_INCOMING}/{self.name}-{next(self.serial)}"
        copy, needed = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400), False
        try:
            waits, sha256 = _stream(source, copy, look.size, young, self.dog)
            if not waits and not _unchanged(look, source):
                waits = CHANGING
            needed = not waits and not self._has(sha256, look.size)
        finally:
            if needed:
                written.append(_Partial(copy, path, sha256))
            else:
                os.close(copy)
        if needed:
            # The disk begins with it, and nobody waits. What is being written stays in memory, for whoever reads it.
            os.posix_fadvise(copy, 0, 0, os.POSIX_FADV_DONTNEED)
        else:
            os.unlink(path)
        return Copied(look, waits=waits) if waits else Copied(look, sha256)

    def _has(self, sha256: str, size: int) -> bool:
        """A copy of another length under that name is damaged and is replaced."""
        try:
            return os.stat(self._target(sha256)).st_size == size
        except FileNotFoundError:
            return False

    def _adopt(self, partial: _Partial) -> None:
        target = self._target(partial.sha256)
        if partial.sha256[:2] not in self.made:
            with suppress(FileExistsError):
                os.mkdir(os.path.dirname(target), 0o700)
            self.made.add(partial.sha256[:2])
        os.replace(partial.path, target)

    def _target(self, sha256: str) -> str:
        return f"{self.folder}/{_below(sha256)}"

    def settle(self, kept: Iterable[str]) -> None:
        """Make the new names durable: several folders at once, for each alone the disk is waited for as long."""
        folders = {sha256[:2] for sha256 in kept}
        with ThreadPoolExecutor(_COPIERS) as pool:
            for _ in pool.map(_sync_folder, [*map(self.originals.joinpath, folders), self.originals]):
                pass


def _unchanged(look: Look, source: int) -> bool:
    """The open file is the regular file that was looked at, and as it was then."""
    try:
        found = os.fstat(source)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and look.same_as(found)


def _stream(source: int, copy: int, size: int, young: bool, dog: Watchdog) -> tuple[str, str]:
    """Copy all blocks; returns (why it waits, SHA-256)."""
    digest = hashlib.sha256()
    head, tail, length = b"", b"", 0
    while length <= size:
        # One byte more than there should be: that it does not come is the end, and no second question is needed.
        asked = min(_BLOCK, size + 1 - length)
        try:
            block = os.read(source, asked)
        except OSError:
            return UNREADABLE, ""
        dog.beat()
        head = head or block[:len(_ZIP)]
        tail = (tail + block)[-_END_REGION:] if young else b""
        length += len(block)
        digest.update(block)
        _write(copy, block)
        if not block or (length == size and len(block) < asked):
            break
    if length != size:
        return CHANGING, ""
    unfinished = young and (head in (b"", _NOTHING_YET) or (head == _ZIP and _END_RECORD not in tail))
    return (UNFINISHED, "") if unfinished else ("", digest.hexdigest())


def _write(copy: int, block: bytes) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(copy, rest):]


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _said(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "磁盘空间不足，没有接收新文件。收件箱里的文件没有变动，请清理磁盘后重新运行。"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "留存文件夹不能写入，没有接收新文件。请检查磁盘和权限后重新运行。"
    return f"留存文件时磁盘出错（{errno.errorcode.get(error.errno or 0, 'EIO')}），没有接收新文件。请检查磁盘后重新运行。"
