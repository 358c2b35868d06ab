"""A compound file (.xls) whose tables cannot send a reader in circles: checked on its bytes before any reader sees it.

Parsers have asked for gigabytes on files of a kilobyte because a count in the header said so. Here every count and
every chain is held against the length of the file.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

HEADER_BYTES = 512
# With these no reader comes to an end, or not before it has asked for all the memory there is. Of a stream that is
# cut short (`sector`, `size`) the rest may be in order: harmless files are like that, and a child reads them.
ENDLESS = ("counts", "circle")
_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Sector numbers from here up are marks: end of chain, free, part of the tables.
_FIRST_MARK = 0xFFFFFFFA
_IN_HEADER = 109
_ENTRY_BYTES = 128
_SMALLEST_STREAM = 4096


def fault(data: bytes) -> str:
    """What is wrong with a compound file's tables, "" if a reader can follow them.

    Words for the log: `header`, `counts`, `sector`, `circle`, `size`.
    """
    if len(data) < HEADER_BYTES or data[:8] != _MAGIC:
        return "header"
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small_shift != 6:
        return "header"
    file = _File(data, 1 << shift)
    return file.fault()


class _File:
    """The file as sectors after its header."""

    def __init__(self, data: bytes, sector: int) -> None:
        self.data = data
        self.sector = sector
        # The last sector of real files may be cut short.
        self.sectors = -(-max(0, len(data) - sector) // sector)
        (self.fat_sectors, self.directory) = struct.unpack_from("<I I", data, 44)
        (self.mini_start, self.mini_sectors, self.more_start, self.more_sectors) = struct.unpack_from("<4I", data, 60)

    def fault(self) -> str:
        if max(self.fat_sectors, self.mini_sectors, self.more_sectors) > self.sectors:
            return "counts"
        tables = self._tables()
        if isinstance(tables, str):
            return tables
        self.fat = self._fat(tables)
        for start in (self.directory, self.mini_start if self.mini_sectors else _FIRST_MARK):
            if wrong := self._chain_fault(start):
                return wrong
        return next((wrong for start, size in self._streams() if (wrong := self._stream_fault(start, size))), "")

    def _tables(self) -> list[int] | str:
        """The sectors that hold the allocation table."""
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self.data, 76))
        sector, seen = self.more_start, set()
        while sector < _FIRST_MARK and self.more_sectors:
            if sector >= self.sectors:
                return "sector"
            if sector in seen:
                return "circle"
            seen.add(sector)
            *places, sector = self._numbers(sector)
            found += places
        found = [place for place in found[:max(self.fat_sectors, 1)] if place < _FIRST_MARK]
        return found if all(place < self.sectors for place in found) else "sector"

    def _numbers(self, sector: int) -> array:
        at = (sector + 1) * self.sector
        block = self.data[at:at + self.sector]
        return array("I", block.ljust(self.sector, b"\xff"))

    def _fat(self, tables: list[int]) -> array:
        fat = array("I")
        for sector in tables:
            fat.extend(self._numbers(sector))
        return fat

    def _chain_fault(self, start: int) -> str:
        seen = set()
        while start < _FIRST_MARK:
            if start >= min(len(self.fat), self.sectors):
                return "sector"
            if start in seen:
                return "circle"
            seen.add(start)
            start = self.fat[start]
        return ""

    def _streams(self) -> Iterator[tuple[int, int]]:
        """(first sector, bytes) of the streams that are long enough to have sectors of their own."""
        sector = self.directory
        while sector < _FIRST_MARK:
            at = (sector + 1) * self.sector
            for place in range(at, min(at + self.sector, len(self.data) - _ENTRY_BYTES + 1), _ENTRY_BYTES):
                kind = self.data[place + 66]
                start, size = struct.unpack_from("<II", self.data, place + 116)
                if kind == 5 or (kind == 2 and size >= _SMALLEST_STREAM):
                    yield start, size
            sector = self.fat[sector]

    def _stream_fault(self, start: int, size: int) -> str:
        if size > len(self.data):
            return "size"
        return self._chain_fault(start) if size else ""
