"""An .xlsx as the reader of values may have it sooner: unpacked, and its sheets without the words of their formulas.

By these a template checks itself: they are nine tenths of a sheet, and the reader of values goes through a sheet twice,
for its cells and for its merges. What it reads is the same: of a formula it takes nothing.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping

from pipeline.details.package import Package
from pipeline.preflight import parts

# Less than this share of formulas is not worth the trouble.
_WORTHWHILE = 0.5
_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _SIZES_BEHIND, _MIDNIGHT_1980 = 20, 0x08, (0, 0x21)
# A container with entries or bytes beyond what the old format of zips can say is left as it is.
_MOST_BYTES = 1 << 28


def emptied(raw: bytes, bare: bytes) -> bytes | None:
    """The sheet `raw` with the cells `bare`, the same ones without their formulas' words; None if that is not safe.

    It is where each formula that was emptied ends at once: with comments, CDATA or a tag out of place, other things
    might have gone with the words.
    """
    cells_end = raw.rfind(b"sheetData>")
    if cells_end < 0 or len(bare) > len(raw) * _WORTHWHILE or b"<!" in bare or bare.find(b"<?", 2) >= 0:
        return None
    return bare + raw[cells_end:] if bare.count(b"<f>") == bare.count(b"<f></f>") else None


def container(package: Package, sheets: Mapping[str, bytes]) -> bytes | None:
    """The package with the contents of `sheets` (by name as in `Package.names`); None where it had better be left.

    Parts come in their order, under their names, and with their contents. What has been unpacked already is stored so.
    """
    if not sheets or len(package.data) > _MOST_BYTES:
        return None
    told, directory, length = [], [], 0
    for name, info in package.names.items():
        local, entry, content = _part(package, info, sheets.get(name), length)
        told += (local, content)
        directory.append(entry)
        length += len(local) + len(content)
    if len(directory) != len(package.zip.infolist()):
        return None
    listed = b"".join(directory)
    end = _END.pack(b"PK\x05\x06", 0, 0, len(directory), len(directory), len(listed), length, 0)
    return b"".join((*told, listed, end)) if length < _MOST_BYTES else None


def _part(package: Package, info: zipfile.ZipInfo, sheet: bytes | None,
          at: int) -> tuple[bytes, bytes, bytes | memoryview]:
    """(local header, entry of the directory, bytes) of one part that begins at `at`."""
    flags = info.flag_bits & ~_SIZES_BEHIND
    name = info.orig_filename.encode("utf-8" if flags & 0x800 else "cp437")
    content = sheet if sheet is not None else package.small(info) or None
    if content is None:
        content, told = parts.packed(package.data, info), (info.compress_type, *_MIDNIGHT_1980, info.CRC)
        sizes = (len(content), info.file_size)
    else:
        checksum = info.CRC if sheet is None else zlib.crc32(content)
        told, sizes = (zipfile.ZIP_STORED, *_MIDNIGHT_1980, checksum), (len(content), len(content))
    head = (flags, *told, *sizes, len(name))
    local = _LOCAL.pack(b"PK\x03\x04", _VERSION, *head, 0) + name
    entry = _ENTRY.pack(b"PK\x01\x02", _VERSION, _VERSION, *head, len(info.extra), 0, 0, 0, info.external_attr, at)
    return local, entry + name + info.extra, content
