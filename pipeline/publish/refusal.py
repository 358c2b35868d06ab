"""A disk that refuses an answer, in words: what happened, what stands, what to do."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import polars as pl
from xlsxwriter.exceptions import FileCreateError

from pipeline.errors import StorageFailed
from pipeline.publish.celltext import shown

_STANDS = "收件箱和留存的原件没有变动，已有的答复仍是完整的文件。"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# As Rust's standard library ends a sentence about the system.
_BY_RUST = re.compile(r"\(os error (\d+)\)(?:: (/.*))?")
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
# A folder where a file is to be, or the other way round.
_IN_THE_WAY = (errno.EISDIR, errno.ENOTDIR, errno.EEXIST)


class OutboxFailed(StorageFailed):
    """The outbox was not there for a moment, or its disk failed: trying again may help."""

    transient = True


@contextmanager
def told(outbox: Path | None = None) -> Iterator[None]:
    """StorageFailed instead of an error of the disk in this block, whichever library passes it on.

    It names what is concerned by its path below `outbox`, where that is known.
    """
    try:
        yield
    except (OSError, FileCreateError) as error:
        raise refused(error, outbox) from error
    except pl.exceptions.PolarsError as error:
        if not _BY_RUST.search(str(error)):
            raise
        raise refused(error, outbox) from error


def refused(error: BaseException, outbox: Path | None = None) -> StorageFailed:
    """What to raise instead of `error`; `outbox` as in `told`."""
    found = next(_whence(error), _Refused(errno.EIO))
    if found.number in _FULL:
        return StorageFailed(f"磁盘空间不足，答复没有写完。{_STANDS}请清理磁盘后重新运行。")
    if found.number in _CLOSED:
        return StorageFailed(f"输出文件夹{_quoted(_closed(found.path, outbox), outbox)}不能写入，答复没有写完。{_STANDS}"
                             "请检查输出文件夹和临时文件夹的权限后重新运行。")
    path = _in_the_way(found.path, outbox) if found.number == errno.ENOTDIR else found.path
    name = _quoted(path, outbox)
    if found.number in _IN_THE_WAY and name:
        kind = "文件夹" if found.number == errno.EISDIR else "文件"
        return StorageFailed(f"输出文件夹中{name}应在的位置上有一个同名的{kind}，答复没有写完。{_STANDS}请移走它后重新运行。")
    return OutboxFailed(f"写答复{name}时磁盘出错（{errno.errorcode.get(found.number, 'EIO')}），答复没有写完。"
                        f"{_STANDS}请检查磁盘和网络盘后重新运行。")


class _Refused(NamedTuple):
    """The system's number of an error, and the file or folder concerned, None where nobody says."""

    number: int
    path: Path | None = None


def _whence(error: BaseException | None) -> Iterator[_Refused]:
    """What was behind an error, the nearest first."""
    while error is not None:
        for one in (error, *error.args):
            if isinstance(one, OSError) and one.errno:
                # Of a renaming, what was to be replaced.
                name = one.filename2 or one.filename
                yield _Refused(one.errno, Path(os.fsdecode(name)) if isinstance(name, str | bytes) else None)
        if by_rust := _BY_RUST.search(str(error)):
            yield _Refused(int(by_rust[1]), Path(by_rust[2]) if by_rust[2] else None)
        error = error.__cause__ or error.__context__


def _closed(path: Path | None, outbox: Path | None) -> Path | None:
    """The outermost folder, from the outbox down to a refused `path`, in which nothing may be written."""
    if path is None or outbox is None or not path.is_relative_to(outbox):
        return None
    # What lies in a folder that is closed altogether cannot be asked for: `Path` would raise the same error again.
    folder = path if os.path.isdir(path) else path.parent
    return next((place for place in _down_to(folder, outbox)
                 if os.path.exists(place) and not os.access(place, os.W_OK | os.X_OK)), folder)


def _in_the_way(path: Path | None, outbox: Path | None) -> Path | None:
    """Of the places from the outbox down to `path` the first that is no folder, though something lies there."""
    if path is None or outbox is None or not path.is_relative_to(outbox):
        return path
    return next((place for place in _down_to(path, outbox)
                 if os.path.lexists(place) and not os.path.isdir(place)), path)


def _down_to(path: Path, outbox: Path) -> list[Path]:
    return [place for place in (*reversed(path.parents), path) if place.is_relative_to(outbox)]


def _quoted(path: Path | None, outbox: Path | None) -> str:
    """A path below the outbox in quotation marks; "" for any other: where ours lie is nobody's business."""
    if path is None or outbox is None or path == outbox or not path.is_relative_to(outbox):
        return ""
    return f"“{shown(path.relative_to(outbox).as_posix())}”"
