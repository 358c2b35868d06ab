"""The bytes of one part of a zip, without the file object that `zipfile` makes for each."""

from __future__ import annotations

import zipfile
from functools import lru_cache

from zlib_ng import zlib_ng

_LOCAL_HEADER = 30
_LOCAL_MAGIC = b"PK\x03\x04"
# Encrypted, patched, strongly encrypted: `zipfile` has something to say of these.
_UNUSUAL = 0x01 | 0x20 | 0x40
# So much is looked through or kept in memory without asking whether it will be wanted.
SMALL = 1 << 20
# Deflate makes at most 1,032 bytes of one, so that of these, whatever is told of them, come 32 MiB at most.
_CANNOT_SWELL = 1 << 15
# Longer ones are the sheets that were filled in, of which no two are the same.
_REPEATED = 3 << 10


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
    if len(stored) != entry.compress_size:
        return None
    if entry.compress_size <= _REPEATED and entry.file_size <= _REPEATED * 40:
        return _same_whole(bytes(stored), entry.compress_type, entry.file_size, entry.CRC)
    return _whole(stored, entry.compress_type, entry.file_size, entry.CRC)


def _whole(stored: memoryview | bytes, compress_type: int, size: int, checksum: int) -> bytes | None:
    """What was packed, if that is what it is told to be."""
    unpacked = _unpacked(stored, compress_type, size)
    right = unpacked is not None and len(unpacked) == size and zlib_ng.crc32(unpacked) == checksum
    return unpacked if right else None


# What is the same from form to form (styles, theme, instructions) comes packed in the same bytes.
_same_whole = lru_cache(maxsize=48)(_whole)


def _unpacked(stored: memoryview | bytes, compress_type: int, size: int) -> bytes | None:
    if compress_type == zipfile.ZIP_STORED:
        return bytes(stored)
    if compress_type != zipfile.ZIP_DEFLATED:
        return None
    try:
        if len(stored) <= _CANNOT_SWELL:
            # Into one piece of memory of the size that is told, which is several times faster than into pieces.
            return zlib_ng.decompress(stored, -zlib_ng.MAX_WBITS, max(1, min(size, SMALL)))
        inflate = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS)
        # The size that is told is a claim: of a part that holds more, no more is unpacked than shows that.
        unpacked = inflate.decompress(stored, size + 1)
    except zlib_ng.error:
        return None
    return unpacked if inflate.eof else None
