"""The journal: every row the ledger ever wrote, as text beside the originals. A lost ledger is made from it.

A header, then rows, and after the rows of each transaction a line that closes it: its number, how many rows,
their CRC-32, how many rows there are in all. Lines are durable before the database commits. What follows the last
closed transaction was never whole, and is cut off.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import StorageFailed

_TAIL = 4096
_BLOCK = 1 << 20
_CLOSED = b'{"closed":'
_FAILED = "留存记录写不进去，台账没有变动。请检查磁盘空间和权限后重新运行。"
Row = tuple[str, Mapping[str, Any]]


class Header(NamedTuple):
    """Whose journal it is, and of which edition of the tables."""

    workspace: str
    edition: int


class Closing(NamedTuple):
    """The end of a transaction; `total` counts all rows up to here."""

    number: int
    rows: int
    crc: int
    total: int


class Lines:
    """Rows as the journal has them, gathered while a transaction lasts: as text they take a fifth of the memory."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.number = 0

    def add(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows of a table."""
        for row in rows:
            self.content += _line({"table": table, "row": row})
            self.number += 1


class Journal:
    """The journal in the file `path`, whose folder exists. StorageFailed if the disk fails."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def header(self) -> Header | None:
        """The first line; None if there is no journal, or none that begins as it should."""
        with _told():
            try:
                with self.path.open("rb") as file:
                    return header_of(file.readline())
            except FileNotFoundError:
                return None

    def last(self) -> Closing | None:
        """The end of the last transaction; what a crash left behind it is cut off. None if there never was one."""
        with _told():
            try:
                size = self.path.stat().st_size
                with self.path.open("rb") as file:
                    file.seek(max(size - _TAIL, 0))
                    closing = closing_of(file.read().splitlines(keepends=True)[-1:])
            except FileNotFoundError:
                return None
            return closing or self._cut()

    def _cut(self) -> Closing | None:
        end, place, found = 0, 0, None
        with self.path.open("rb") as file:
            for line in file:
                place += len(line)
                if closing := closing_of([line]):
                    end, found = place, closing
        if found:
            os.truncate(self.path, end)
        return found

    def append(self, lines: Lines, number: int, before: int) -> int:
        """Close transaction `number` with its rows after `before` others; returns the size to `take_back` to."""
        closing = _closing(number, lines.number, zlib.crc32(lines.content), before + lines.number)
        with _told():
            size = self.path.stat().st_size
            try:
                _write(self.path, lines.content + closing, os.O_APPEND)
            except OSError:
                self.take_back(size)
                raise
        return size

    def take_back(self, size: int) -> None:
        """Undo what was appended. If that fails too, the transaction is made good when the ledger is next opened."""
        try:
            os.truncate(self.path, size)
        except OSError:
            return

    def replace(self, header: Header, rows: Iterable[Row], number: int) -> int:
        """Write the journal anew: as if all rows had come in the one transaction `number`; returns how many they
        were."""
        aside, written = self.path.with_name(self.path.name + ".part"), Closing(number, 0, 0, 0)

        def content() -> Iterator[bytes]:
            nonlocal written
            yield _line({"workspace": header.workspace, "edition": header.edition})
            for table, row in rows:
                line = _line({"table": table, "row": row})
                written = Closing(number, written.rows + 1, zlib.crc32(line, written.crc), written.rows + 1)
                yield line
            yield _closing(*written)

        with _told():
            _write_all(aside, content(), os.O_TRUNC)
            os.replace(aside, self.path)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        return written.total


def header_of(line: bytes) -> Header | None:
    """The header in a line, if it is one."""
    found = parsed(line)
    if not isinstance(found, dict) or not isinstance(found.get("edition"), int):
        return None
    return Header(str(found.get("workspace", "")), found["edition"])


def closing_of(lines: list[bytes]) -> Closing | None:
    """The end of a transaction in the last of the lines, if it is one and whole."""
    if not lines or not lines[-1].startswith(_CLOSED) or not lines[-1].endswith(b"\n"):
        return None
    found = parsed(lines[-1])
    if not isinstance(found, dict):
        return None
    numbers = [found.get(name) for name in ("closed", "rows", "crc", "total")]
    return Closing(*numbers) if all(isinstance(number, int) for number in numbers) else None


def parsed(line: bytes) -> Any:
    """What a line says; None if it is damaged."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def _closing(number: int, rows: int, crc: int, total: int) -> bytes:
    return _line({"closed": number, "rows": rows, "crc": crc, "total": total})


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _line(what: Mapping[str, Any]) -> bytes:
    return f"{_encode(what)}\n".encode()


def _write(path: Path, content: bytes | bytearray, how: int) -> None:
    _write_all(path, [content], how)


def _write_all(path: Path, pieces: Iterable[bytes | bytearray], how: int) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o600)
    try:
        for block in _blocks(pieces):
            rest = memoryview(block)
            while rest:
                rest = rest[os.write(opened, rest):]
        os.fsync(opened)
    finally:
        os.close(opened)


def _blocks(pieces: Iterable[bytes | bytearray]) -> Iterator[bytes]:
    """The pieces joined to what is worth a call; what is shorter than that goes in one."""
    block = bytearray()
    for piece in pieces:
        block += piece
        if len(block) >= _BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed(_FAILED) from error
