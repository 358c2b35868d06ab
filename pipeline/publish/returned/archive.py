"""A zip file's entries, read with their checks and copied as they are: what is not changed is not packed anew.

An entry whose packing is plain (stored or deflated, not encrypted, smaller than 4 GiB) is taken over by its
packed bytes, once it has been unpacked and its CRC-32 found right. Every other entry is read and packed by
`zipfile`. Source: PKWARE APPNOTE 6.3, §4.3.7 (local header), §4.4.4 (flags).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from typing import NamedTuple

# What `zipfile` raises for archives and entries that are damaged, or packed in a way that it does not know.
BROKEN = (
    zipfile.BadZipFile,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNATURE = b"PK\x03\x04"
# How hard it was packed (bits 1 and 2), sizes behind the data (3), name in UTF-8 (11): none changes the data.
_HARMLESS_FLAGS = 0x0002 | 0x0004 | 0x0008 | 0x0800
_UTF8_NAME = 0x0800
_ZIP64_VERSION = 45
# A marked sheet is packed in less than half the time that level 6 takes, and a sixth larger.
_LEVEL = 3
# Parts as small as this are kept packed: lists of parts and formats come out the same for forms on one template.
_SMALL, _KEPT = 64 * 1024, 32


class Entry(NamedTuple):
    """An entry's content; `packed` is how it lies in the archive, None if it must be packed anew."""

    data: bytes
    packed: bytes | None


class Archive:
    """The entries of a zip file held in memory."""

    def __init__(self, raw: bytes) -> None:
        """Raises one of BROKEN."""
        self._raw = raw
        self._zip = zipfile.ZipFile(io.BytesIO(raw))
        self.entries = self._zip.infolist()

    def entry(self, info: zipfile.ZipInfo) -> Entry:
        """An entry's content, found undamaged; raises one of BROKEN."""
        packed = self._packed(info)
        data = None if packed is None else _unpacked(packed, info)
        # Whether what is unusual is damage, zipfile decides.
        return Entry(self._zip.read(info), None) if data is None else Entry(data, packed)

    def _packed(self, info: zipfile.ZipInfo) -> bytes | None:
        """The entry's bytes in the archive, None if they are not to be copied."""
        plain = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and (
            not info.flag_bits & ~_HARMLESS_FLAGS and info.extract_version < _ZIP64_VERSION)
        if not plain:
            return None
        signature, _, flags, method, *_, name_length, extra_length = _LOCAL.unpack_from(self._raw, info.header_offset)
        name = info.header_offset + _LOCAL.size
        start = name + name_length + extra_length
        same = flags & ~_HARMLESS_FLAGS == 0 and method == info.compress_type
        if signature != _SIGNATURE or not same or self._raw[name:name + name_length] != _name(info, flags):
            return None
        return self._raw[start:start + info.compress_size]


def _unpacked(packed: bytes, info: zipfile.ZipInfo) -> bytes | None:
    """The content as the directory describes it, None if it is another."""
    if info.compress_type == zipfile.ZIP_STORED:
        data = packed
    else:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        # Never much more than the directory says, however much there is.
        data = unpacker.decompress(packed, info.file_size + 1)
        if not unpacker.eof or unpacker.unused_data:
            return None
    return data if len(data) == info.file_size and zlib.crc32(data) == info.CRC else None


def _name(info: zipfile.ZipInfo, flags: int) -> bytes:
    return info.orig_filename.encode("utf-8" if flags & _UTF8_NAME else "cp437", "replace")


class Writer(zipfile.ZipFile):
    """A new archive; the same entries give the same bytes."""

    def __init__(self, target: io.BytesIO) -> None:
        super().__init__(target, "w")

    def add(self, info: zipfile.ZipInfo, data: bytes) -> None:
        """Pack a new entry."""
        # As zipfile has it, where nothing is said of who may read the file.
        info.external_attr = info.external_attr or 0o600 << 16
        info.CRC, info.file_size = zlib.crc32(data), len(data)
        if info.compress_type == zipfile.ZIP_STORED:
            self._append(info, data)
        else:
            self._append(info, _packed(data) if len(data) <= _SMALL else _packed.__wrapped__(data))

    def copy(self, info: zipfile.ZipInfo, entry: Entry) -> None:
        """Write an entry with its name, time and attributes; `entry.packed` as it is."""
        copied = zipfile.ZipInfo(info.filename, info.date_time)
        copied.external_attr = info.external_attr
        stored = info.compress_type == zipfile.ZIP_STORED
        copied.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        if entry.packed is None:
            self.add(copied, entry.data)
            return
        copied.CRC, copied.file_size = info.CRC, info.file_size
        self._append(copied, entry.packed)

    def _append(self, info: zipfile.ZipInfo, packed: bytes) -> None:
        info.compress_size, info.header_offset = len(packed), self.start_dir
        self.fp.write(info.FileHeader(zip64=False))
        self.fp.write(packed)
        # What `ZipFile` itself notes after an entry: it writes its directory from these.
        self.filelist.append(info)
        self.NameToInfo[info.filename] = info
        self.start_dir = self.fp.tell()


@lru_cache(_KEPT)
def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()
