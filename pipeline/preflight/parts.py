"""The bytes of one part of a zip, without the file object that `zipfile` makes for each."""

from __future__ import annotations

import zipfile
import zlib

_LOCAL_HEADER = 30
_LOCAL_MAGIC = b"PK\x03\x04"
# Encrypted, patched, strongly encrypted: `zipfile` has something to say of these.
_UNUSUAL = 0x01 | 0x20 | 0x40
# So much is looked through or kept in memory without asking whether it will be wanted.
SMALL = 1 << 20


def packed(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """What is stored of a part, as long as the directory says; shorter where the file ends before."""
    at = entry.header_offset
    lengths = data[at + 26:at + _LOCAL_HEADER]
    if at < 0 or len(lengths) < 4:
        return memoryview(b"")
    start = at + _LOCAL_HEADER + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return memoryview(data)[start:start + entry.compress_size]


def content(data: bytes, entry: zipfile.ZipInfo) -> bytes | None:
    """A part's content, where it is exactly what directory, local header and checksum say; else None: ask `zipfile`."""
    at, name = entry.header_offset, entry.orig_filename
    if at < 0 or entry.flag_bits & _UNUSUAL or not name.isascii() or data[at:at + 4] != _LOCAL_MAGIC:
        return None
    if data[at + _LOCAL_HEADER:at + _LOCAL_HEADER + int.from_bytes(data[at + 26:at + 28], "little")] != name.encode():
        return None
    stored = packed(data, entry)
    unpacked = _unpacked(stored, entry) if len(stored) == entry.compress_size else None
    right = unpacked is not None and len(unpacked) == entry.file_size and zlib.crc32(unpacked) == entry.CRC
    return unpacked if right else None


def _unpacked(stored: memoryview, entry: zipfile.ZipInfo) -> bytes | None:
    if entry.compress_type == zipfile.ZIP_STORED:
        return bytes(stored)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return None
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # The size that is told is a claim: of a part that holds more, no more is unpacked than shows that.
        unpacked = inflate.decompress(stored, entry.file_size + 1)
    except zlib.error:
        return None
    return unpacked if inflate.eof else None
