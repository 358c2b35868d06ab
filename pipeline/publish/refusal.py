"""A disk that refuses an answer, in words: what happened, what stands, what to do."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from xlsxwriter.exceptions import FileCreateError

from pipeline.errors import StorageFailed

_STANDS = "收件箱和留存的原件没有变动，已有的答复仍是完整的文件。"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# As Rust's standard library ends a sentence about the system.
_BY_RUST = re.compile(r"\(os error (\d+)\)")
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


class OutboxFailed(StorageFailed):
    """The outbox was not there for a moment, or its disk failed: trying again may help."""

    transient = True


@contextmanager
def told() -> Iterator[None]:
    """StorageFailed instead of an error of the disk in this block, whichever library passes it on."""
    try:
        yield
    except (OSError, FileCreateError) as error:
        raise refused(error) from error
    except pl.exceptions.PolarsError as error:
        if not _BY_RUST.search(str(error)):
            raise
        raise refused(error) from error


def refused(error: BaseException) -> StorageFailed:
    """What to raise instead of `error`."""
    number = _number(error)
    if number in _FULL:
        return StorageFailed(f"磁盘空间不足，答复没有写完。{_STANDS}请清理磁盘后重新运行。")
    if number in _CLOSED:
        return StorageFailed(f"输出文件夹不能写入，答复没有写完。{_STANDS}请检查输出文件夹和临时文件夹的权限后重新运行。")
    return OutboxFailed(f"写答复时磁盘出错（{errno.errorcode.get(number, 'EIO')}），答复没有写完。"
                        f"{_STANDS}请检查磁盘和网络盘后重新运行。")


def _number(error: BaseException | None) -> int:
    """The system's number of what was behind an error."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error.errno
        if by_rust := _BY_RUST.search(str(error)):
            return int(by_rust[1])
        for inner in error.args:
            if isinstance(inner, OSError) and inner.errno:
                return inner.errno
        error = error.__cause__ or error.__context__
    return errno.EIO
