"""What forms were judged to be, kept from night to night, so that only new ones are judged.

`<folder>/<edition of the rules>` is one file: the edition, frames as Arrow IPC in pieces, then a table of the pieces
with their lengths and checksums, and its own. All of it can be made again: a file that is damaged, cut, foreign or of
another edition is as good as none, a disk that refuses costs time and nothing else. It is written anew as a whole and
renamed, so that nothing stays of forms that no longer stand. It holds what stands in forms, so the folder is closed to
other users.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import polars as pl

# What is packed, or checked, at once: a frame of any length costs no more memory than its own and a piece's.
_ROWS = 50_000
# The length of the table of pieces and the CRC-32 of all that is no piece.
_NUMBER = 4
log = logging.getLogger(__name__)


class Judgings:
    """The frames of one edition of form, rules and program, below `folder`."""

    def __init__(self, folder: Path, edition: str) -> None:
        self._folder = folder
        self._edition = edition

    @property
    def file(self) -> Path:
        """Where they are kept."""
        return self._folder / self._edition

    def load(self) -> dict[str, pl.DataFrame]:
        """The frames as they were saved; none at all where they are not to be trusted."""
        try:
            with self.file.open("rb") as file:
                return _frames(_pieces(file, self._head))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            log.warning("保存的校验结果已损坏或读不出来，重新校验")
            return {}

    def save(self, frames: Mapping[str, pl.DataFrame]) -> bool:
        """Keep these frames instead of any before; whether they are kept. Not flushed to the disk."""
        aside = self.file.with_name(f"{self._edition}.new")
        try:
            with open(aside, "wb", opener=_closed_to_others) as file:
                _write(file, self._head, frames)
            aside.replace(self.file)
        except OSError:
            log.warning("校验结果没有存下，下次重新校验")
            self.drop()
            return False
        return True

    def drop(self) -> None:
        """Let nothing stand that no longer holds, where nothing new can be written."""
        for file in (self.file.with_name(f"{self._edition}.new"), self.file):
            try:
                file.unlink(missing_ok=True)
            except OSError:
                log.warning("以前的校验结果没有清理")

    def prune(self) -> None:
        """Make the folder, closed to others, and drop what other editions or a killed run left in it."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            for left in self._folder.iterdir():
                if left != self.file:
                    shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        except OSError:
            log.warning("以前的校验结果没有清理")

    @property
    def _head(self) -> bytes:
        return f"{self._edition}\n".encode()


def _closed_to_others(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(file: BinaryIO, head: bytes, frames: Mapping[str, pl.DataFrame]) -> None:
    import polars as pl

    file.write(head)
    table = []
    for name, frame in frames.items():
        for start in range(0, frame.height or 1, _ROWS):
            # Without the texts of rows that were filtered out, which the newest layout would take along.
            piece = frame[start:start + _ROWS].write_ipc(None, compat_level=pl.CompatLevel.oldest()).getbuffer()
            file.write(piece)
            table.append([name, len(piece), zlib.crc32(piece)])
    listed = json.dumps(table).encode()
    file.write(listed + len(listed).to_bytes(_NUMBER, "big") + zlib.crc32(head + listed).to_bytes(_NUMBER, "big"))


def _pieces(file: BinaryIO, head: bytes) -> Iterator[tuple[str, bytes]]:
    """The pieces, each with its frame's name. ValueError if the file is not what was written."""
    size = os.fstat(file.fileno()).st_size
    if size < len(head) + 2 * _NUMBER or file.read(len(head)) != head:
        raise ValueError("no judgings of this edition")
    file.seek(size - 2 * _NUMBER)
    length, proof = (int.from_bytes(file.read(_NUMBER), "big") for _ in range(2))
    file.seek(max(0, size - 2 * _NUMBER - length))
    listed = file.read(length)
    if zlib.crc32(head + listed) != proof:
        raise ValueError("the table of pieces is damaged")
    table = json.loads(listed)
    if len(head) + sum(one[1] for one in table) + length + 2 * _NUMBER != size:
        raise ValueError("pieces are missing")
    file.seek(len(head))
    for name, length, proof in table:
        piece = file.read(length)
        if zlib.crc32(piece) != proof:
            raise ValueError("a piece is damaged")
        yield name, piece


def _frames(pieces: Iterator[tuple[str, bytes]]) -> dict[str, pl.DataFrame]:
    import polars as pl

    found: dict[str, list[pl.DataFrame]] = {}
    try:
        for name, piece in pieces:
            found.setdefault(name, []).append(pl.read_ipc(BytesIO(piece)))
    except pl.exceptions.PolarsError as error:
        raise ValueError("a piece is no frame") from error
    return {name: pl.concat(parts) for name, parts in found.items()}
