"""A workbook whose long sheets are packed piece by piece as their rows come, and so put into xlsxwriter's file.

xlsxwriter writes a sheet's XML to the disk, reads it again to pack it, and has all of it lie there unpacked meanwhile:
ten times the size of the file. Here its sheets have no rows, and the packed ones are inserted where they belong.
Deflated pieces that end on a byte may follow each other (RFC 1951, §3.2.3 and §3.2.4). The same rows, the same bytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

# Measured on sheets of 100,000 rows: a third of the time that level 6 takes, a third larger.
_LEVEL = 2
# So much of what is packed of a sheet stays in memory.
_IN_MEMORY = 4 << 20
_AT_ONCE = 1 << 20
# The polynomial of the CRC-32, its lowest power first, and in the same way 1 and x⁸.
_CRC, _ONE, _BYTE = 0xEDB88320, 1 << 31, 1 << 23
# Length of a local header up to the name; in its last four bytes, how long the name and the extra field are.
_LOCAL_HEADER = 30


class Piece(NamedTuple):
    """Packed bytes in a file, and what they are unpacked: how many, and their CRC-32."""

    file: BinaryIO
    start: int
    packed: int
    size: int
    crc: int


Waiting = Future[Piece]


def packed(data: bytes, file: BinaryIO, end: int = zlib.Z_SYNC_FLUSH) -> Piece:
    """Pack some of an entry onto the end of `file`; its last piece has the `end` Z_FINISH."""
    start, packer = file.tell(), zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    file.write(packer.compress(data))
    file.write(packer.flush(end))
    return Piece(file, start, file.tell() - start, len(data), zlib.crc32(data))


class Sheet(Worksheet):
    """A worksheet some of whose XML is packed beforehand, and missing where xlsxwriter writes the rest."""

    def __init__(self) -> None:
        super().__init__()
        # Where in the sheet's own XML pieces belong; complete once that is written.
        self.stuffing: list[tuple[int, Piece]] = []
        self._packed: BinaryIO = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._beside: ThreadPoolExecutor | None = None
        self._last: Waiting | None = None

    @property
    def is_packed(self) -> bool:
        """Whether any of it is."""
        return self._last is not None

    def pack(self, xml: bytes) -> Waiting:
        """Have XML packed while what follows is made; that waits in its turn, or all would be in memory."""
        self._beside = self._beside or ThreadPoolExecutor(1)
        if self._last:
            self._last.result()
        self._last = self._beside.submit(packed, xml, self._packed)
        return self._last

    def stuff(self, place: int, piece: Waiting) -> None:
        """Note where in the sheet's own XML a piece belongs."""
        self.stuffing.append((place, piece.result()))

    def forget(self) -> None:
        """Let what is packed go: the workbook has it, or never will."""
        if self._beside:
            self._beside.shutdown()
        self._packed.close()


class Workbook(xlsxwriter.Workbook):
    """xlsxwriter's workbook; what its sheets keep packed is put into their entries."""

    def _store_workbook(self) -> None:
        try:
            if any(sheet.is_packed for sheet in self._sheets()):
                self._store_stuffed()
            else:
                super()._store_workbook()
        finally:
            for sheet in self._sheets():
                sheet.forget()

    def _sheets(self) -> list[Sheet]:
        return [sheet for sheet in self.worksheets() if isinstance(sheet, Sheet)]

    def _store_stuffed(self) -> None:
        target, self.filename = self.filename, BytesIO()
        super()._store_workbook()
        own, self.filename = self.filename, target
        stuffing = {f"xl/worksheets/sheet{sheet.index + 1}.xml": sheet.stuffing for sheet in self._sheets()}
        with zipfile.ZipFile(own) as plain, _Archive(target, "w") as archive:
            for info in plain.infolist():
                if stuffing.get(info.filename):
                    archive.add(info, _stuffed(plain.read(info), stuffing[info.filename]))
                else:
                    archive.add(info, [_lying(own, info)])


class _Archive(zipfile.ZipFile):
    """A zip file of entries that are packed already."""

    def add(self, info: zipfile.ZipInfo, pieces: Iterable[Piece]) -> None:
        """An entry with the name, time and attributes of `info`."""
        pieces = list(pieces)
        entry = zipfile.ZipInfo(info.filename, info.date_time)
        entry.external_attr, entry.compress_type = info.external_attr, zipfile.ZIP_DEFLATED
        entry.file_size = sum(piece.size for piece in pieces)
        entry.compress_size = sum(piece.packed for piece in pieces)
        entry.header_offset, entry.CRC = self.start_dir, 0
        for piece in pieces:
            entry.CRC = _followed(entry.CRC, piece)
        self.fp.write(entry.FileHeader())
        for piece in pieces:
            self.fp.writelines(_read(piece))
        # What `ZipFile` itself notes after an entry: it writes its directory from these.
        self.filelist.append(entry)
        self.NameToInfo[entry.filename] = entry
        self.start_dir = self.fp.tell()


def _stuffed(xml: bytes, stuffing: Sequence[tuple[int, Piece]]) -> Iterator[Piece]:
    """An entry with pieces put in at these places."""
    own, at = BytesIO(), 0
    for place, piece in stuffing:
        yield packed(xml[at:place], own)
        yield piece
        at = place
    yield packed(xml[at:], own, zlib.Z_FINISH)


def _lying(file: BinaryIO, info: zipfile.ZipInfo) -> Piece:
    """An entry as it lies packed in a file that `zipfile` has written."""
    file.seek(info.header_offset)
    lengths = struct.unpack_from("<2H", file.read(_LOCAL_HEADER), _LOCAL_HEADER - 4)
    return Piece(file, info.header_offset + _LOCAL_HEADER + sum(lengths), info.compress_size, info.file_size, info.CRC)


def _read(piece: Piece) -> Iterator[bytes]:
    piece.file.seek(piece.start)
    for at in range(0, piece.packed, _AT_ONCE):
        yield piece.file.read(min(_AT_ONCE, piece.packed - at))


def _followed(crc: int, piece: Piece) -> int:
    """The CRC-32 of all before a piece and the piece: the former is moved up by as many bytes, mod the polynomial."""
    power, moved, left = _BYTE, _ONE, piece.size
    while left:
        if left & 1:
            moved = _times(power, moved)
        power, left = _times(power, power), left >> 1
    return _times(moved, crc) ^ piece.crc


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(31, -1, -1):
        if one >> bit & 1:
            product ^= other
        other = other >> 1 ^ (_CRC if other & 1 else 0)
    return product
