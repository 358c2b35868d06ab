"""A workbook whose long sheets are packed piece by piece as their rows come, and so put into xlsxwriter's file.

xlsxwriter holds a sheet's XML unpacked, ten times the size of the file, in memory or on the disk. Here its sheets have
no rows, and the packed ones are inserted where they belong; what is left is so small that it stays in memory.
Deflated pieces that end on a byte may follow each other (RFC 1951, §3.2.3 and §3.2.4). The same rows, the same bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO, StringIO
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple

import xlsxwriter
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet
from zlib_ng import zlib_ng

# Measured on sheets of 100,000 rows: two fifths of the time that level 6 takes, a quarter larger.
_LEVEL = 2
# So much of what is packed of a sheet stays in memory.
_IN_MEMORY = 4 << 20
_AT_ONCE = 1 << 20
# What xlsxwriter writes of a text otherwise than it is, or with more about it.
_ODD = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x")
# What is said of every entry, as xlsxwriter says it of those on the disk: when it was made, who may read it.
_MADE, _ATTRIBUTES = (1980, 1, 31, 0, 0, 0), 0o100600 << 16


class Piece(NamedTuple):
    """Packed bytes in a file, and what they are unpacked: how many, and their CRC-32."""

    file: BinaryIO
    start: int
    packed: int
    size: int
    crc: int


Waiting = Future[Piece]


def packed(data: bytes, file: BinaryIO, end: int = zlib_ng.Z_SYNC_FLUSH) -> Piece:
    """Pack some of an entry onto the end of `file`; its last piece has the `end` Z_FINISH."""
    start, packer = file.tell(), zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
    file.write(packer.compress(data))
    file.write(packer.flush(end))
    return Piece(file, start, file.tell() - start, len(data), zlib_ng.crc32(data))


class Sheet(Worksheet):
    """A worksheet some of whose XML is packed beforehand, and missing where xlsxwriter writes the rest."""

    def __init__(self) -> None:
        super().__init__()
        # Where in the sheet's own XML pieces belong; complete once that is written.
        self.stuffing: list[tuple[int, Piece]] = []
        self._packed: BinaryIO = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._beside: ThreadPoolExecutor | None = None
        self._last: Waiting | None = None

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


class Part(NamedTuple):
    """An entry as xlsxwriter has it, and the pieces that are put into its XML."""

    name: str
    content: str | bytes
    stuffing: Sequence[tuple[int, Piece]]


class Workbook(xlsxwriter.Workbook):
    """xlsxwriter's workbook, made in memory; what its sheets keep packed is put into their entries."""

    def __init__(self, target: str, options: Mapping[str, bool]) -> None:
        # A dozen files for each workbook are written, read and removed otherwise.
        super().__init__(target, {**options, "in_memory": True})
        self.parts: list[Part] = []

    def _get_packager(self) -> Packager:
        return _Packager()

    def _store_workbook(self) -> None:
        try:
            target, self.filename = self.filename, BytesIO()
            super()._store_workbook()
            self.filename = target
            with _Archive(target, "w") as archive:
                for part in self.parts:
                    archive.add(part.name, _pieces(part))
        finally:
            self.parts.clear()
            for sheet in self.worksheets():
                if isinstance(sheet, Sheet):
                    sheet.forget()


class _Packager(Packager):
    def _create_package(self) -> list[tuple[StringIO | BytesIO, str, bool]]:
        """Everything is kept aside: xlsxwriter itself would pack it, for twice as long."""
        stuffing = {f"xl/worksheets/sheet{sheet.index + 1}.xml": sheet.stuffing for sheet in self.workbook.worksheets()
                    if isinstance(sheet, Sheet)}
        self.workbook.parts = [Part(name, file.getvalue(), stuffing.get(name, ()))
                               for file, name, _ in super()._create_package()]
        return []

    def _write_shared_strings_file(self) -> None:
        table = self.workbook.str_table
        if table.count:
            texts = _Texts()
            texts.string_table = table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class _Texts(SharedStrings):
    """xlsxwriter's table of texts; nearly all of them stand in it as they are."""

    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            if _ODD.search(text) or text[:1].isspace() or text[-1:].isspace():
                self._write_si(text)
            else:
                self.fh.write(f"<si><t>{text}</t></si>")


class _Archive(zipfile.ZipFile):
    """A zip file of entries that are packed already."""

    def add(self, name: str, pieces: Iterable[Piece]) -> None:
        """An entry of this name."""
        pieces = list(pieces)
        entry = zipfile.ZipInfo(name, _MADE)
        entry.external_attr, entry.compress_type = _ATTRIBUTES, zipfile.ZIP_DEFLATED
        entry.file_size = sum(piece.size for piece in pieces)
        entry.compress_size = sum(piece.packed for piece in pieces)
        entry.header_offset, entry.CRC = self.start_dir, 0
        for piece in pieces:
            entry.CRC = zlib_ng.crc32_combine(entry.CRC, piece.crc, piece.size)
        self.fp.write(entry.FileHeader())
        for piece in pieces:
            self.fp.writelines(_read(piece))
        # What `ZipFile` itself notes after an entry: it writes its directory from these.
        self.filelist.append(entry)
        self.NameToInfo[entry.filename] = entry
        self.start_dir = self.fp.tell()


def _pieces(part: Part) -> Iterator[Piece]:
    """An entry packed, with the pieces put in that are so already."""
    own, at = BytesIO(), 0
    for place, piece in part.stuffing:
        yield packed(part.content[at:place].encode(), own)
        yield piece
        at = place
    rest = part.content[at:]
    yield packed(rest.encode() if isinstance(rest, str) else rest, own, zlib_ng.Z_FINISH)


def _read(piece: Piece) -> Iterator[bytes]:
    piece.file.seek(piece.start)
    for at in range(0, piece.packed, _AT_ONCE):
        yield piece.file.read(min(_AT_ONCE, piece.packed - at))
