"""A zip file's entries, read with their checks and copied as they are: what is not changed is not packed anew.

An entry whose packing is plain (stored or deflated, not encrypted, smaller than 4 GiB) is taken over by its
packed bytes, once it has been unpacked and its CRC-32 found right, here or when forms were read from the file. A
directory in which all is plain is read here, every other one by `zipfile`, which also reads what is packed in another
way. Source: PKWARE APPNOTE 6.3, §4.3.7 (local header), §4.3.12 (directory), §4.3.16 (its end), §4.4.4 (flags).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Self

from zlib_ng import zlib_ng

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
    zlib_ng.error,
)
MOST_ENTRIES = 0xFFFF - 1
_LOCAL, _LOCAL_SIGNATURE = struct.Struct("<4s5H3L2H"), b"PK\x03\x04"
_LISTED, _LISTED_SIGNATURE = struct.Struct("<4s6H3L5H2L"), b"PK\x01\x02"
_END, _END_SIGNATURE = struct.Struct("<4s4H2LH"), b"PK\x05\x06"
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
# How hard it was packed (bits 1 and 2), sizes behind the data (3), name in UTF-8 (11): none changes the data.
_HARMLESS_FLAGS = 0x0002 | 0x0004 | 0x0008 | 0x0800
_UTF8_NAME = 0x0800
_ZIP64_VERSION, _ZIP64 = 45, 0xFFFFFFFF
# Of a version its number; the other byte is for a system.
_NUMBER = 0xFF
# As zipfile writes entries: version 2.0, made on Unix; and 1980-01-01, its earliest day.
_VERSION, _MADE_BY, _FIRST_DAY = 20, 3 << 8 | 20, 1 << 5 | 1
# As zipfile has it, where nothing is said of who may read the file.
_ATTRIBUTES = 0o600 << 16
# A marked sheet is packed in two thirds of the time that level 6 takes, and an eighth larger.
_LEVEL = 3
# Parts as small as this are kept, packed and unpacked: many are the same in all forms on one template.
_SMALL, _KEPT = 64 * 1024, 64
# Fields of a member by which its content is known.
_SAID = 9


class Member(NamedTuple):
    """An entry as the directory describes it; `day` and `time` as MS-DOS counts them."""

    filename: str
    method: int = _DEFLATED
    flags: int = 0
    version: int = _VERSION
    time: int = 0
    day: int = _FIRST_DAY
    checksum: int = 0
    packed_size: int = 0
    file_size: int = 0
    # The rest does not say what its content is.
    attributes: int = _ATTRIBUTES
    offset: int = 0
    # How zipfile knows it, where it has read the directory.
    info: zipfile.ZipInfo | None = None

    @classmethod
    def of(cls, info: zipfile.ZipInfo) -> Self:
        """The same of an entry that zipfile found."""
        year, month, date, hour, minute, second = info.date_time
        return cls(info.filename, info.compress_type, info.flag_bits, info.extract_version,
                   hour << 11 | minute << 5 | second // 2, year - 1980 << 9 | month << 5 | date, info.CRC,
                   info.compress_size, info.file_size, info.external_attr, info.header_offset, info)

    def name(self, flags: int) -> bytes:
        """Its name as it must stand before its bytes, where its flags are these."""
        name = self.info.orig_filename if self.info else self.filename
        return name.encode("utf-8" if flags & _UTF8_NAME else "cp437", "replace")


class Entry(NamedTuple):
    """An entry's content; `packed` is how it lies in the archive, None if it must be packed anew."""

    data: bytes
    packed: bytes | None


class Archive:
    """The entries of a zip file held in memory."""

    def __init__(self, raw: bytes) -> None:
        """Raises one of BROKEN."""
        self._raw = raw
        self._zip: zipfile.ZipFile | None = None
        self.entries: Sequence[Member] = _listed(raw) or [Member.of(info) for info in self._by_zipfile().infolist()]

    def _by_zipfile(self) -> zipfile.ZipFile:
        self._zip = self._zip or zipfile.ZipFile(io.BytesIO(self._raw))
        return self._zip

    def entry(self, member: Member) -> Entry:
        """An entry's content, found undamaged; raises one of BROKEN."""
        said = member[:_SAID]
        known = _proven.get(said)
        # Where all that lies there has been seen before, it need not be looked at again.
        if known and self._raw.startswith(known.lies, member.offset):
            return known.entry
        start = self._start(member)
        packed = None if start is None else self._raw[start:start + member.packed_size]
        data = None if packed is None else _unpacked(packed, member)
        # Whether what is unusual is damage, zipfile decides.
        if data is None:
            return Entry(self._read(member), None)
        entry = Entry(data, packed)
        if len(data) <= _SMALL:
            if len(_proven) >= _KEPT:
                _proven.clear()
            _proven[said] = _Proven(self._raw[member.offset:start + member.packed_size], entry)
        return entry

    def as_it_lies(self, member: Member) -> Entry | None:
        """An entry that others have found undamaged, without its content; None if it must be packed anew.

        Where a deflated content ends before its packed bytes do shows only when it is unpacked: what is behind stays.
        """
        start = self._start(member)
        if start is None or (member.method == _STORED and member.packed_size != member.file_size):
            return None
        return Entry(b"", self._raw[start:start + member.packed_size])

    def _read(self, member: Member) -> bytes:
        archive = self._by_zipfile()
        return archive.read(member.info or archive.NameToInfo[member.filename])

    def _start(self, member: Member) -> int | None:
        """Where the entry's bytes begin in the archive, None if they are not to be copied."""
        plain = member.method in (_STORED, _DEFLATED) and (
            not member.flags & ~_HARMLESS_FLAGS and member.version < _ZIP64_VERSION)
        if not plain:
            return None
        signature, _, flags, method, *_, name_length, extra_length = _LOCAL.unpack_from(self._raw, member.offset)
        name = member.offset + _LOCAL.size
        same = flags & ~_HARMLESS_FLAGS == 0 and method == member.method
        if signature != _LOCAL_SIGNATURE or not same or self._raw[name:name + name_length] != member.name(flags):
            return None
        return name + name_length + extra_length


class _Proven(NamedTuple):
    """What lies in an archive before and as an entry's packed bytes, and the entry that was found there undamaged."""

    lies: bytes
    entry: Entry


# By what the directory said of each.
_proven: dict[tuple, _Proven] = {}


def _listed(raw: bytes) -> list[Member] | None:
    """The entries of a directory in which all is plain and as it should be; None for another."""
    end = len(raw) - _END.size
    if end < 0 or raw[end:end + 4] != _END_SIGNATURE:
        return None
    _, disk, first_disk, here, number, size, at, comment = _END.unpack_from(raw, end)
    if disk or first_disk or here != number or number > MOST_ENTRIES or at + size != end or comment:
        return None
    found: list[Member] = []
    while at + _LISTED.size <= end:
        (signature, _, version, flags, method, time, day, checksum, packed, unpacked, name_length, *lengths, disk, _,
         attributes, offset) = _LISTED.unpack_from(raw, at)
        at += _LISTED.size + name_length
        name = raw[at - name_length:at]
        # More about an entry, as its size past 4 GiB or another name, would stand in what is left out here.
        odd = any(lengths) or disk or _ZIP64 in (packed, unpacked, offset) or b"\0" in name
        if signature != _LISTED_SIGNATURE or odd or at > end or not (flags & _UTF8_NAME or name.isascii()):
            return None
        try:
            filename = name.decode("utf-8")
        except UnicodeDecodeError:
            return None
        found.append(Member(filename, method, flags, version & _NUMBER, time, day, checksum, packed, unpacked,
                            attributes, offset))
    return found if at == end and len(found) == number else None


def _unpacked(packed: bytes, member: Member) -> bytes | None:
    """The content as the directory describes it, None if it is another."""
    if member.method == _STORED:
        data = packed
    else:
        unpacker = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS)
        # Never much more than the directory says, however much there is.
        data = unpacker.decompress(packed, member.file_size + 1)
        if not unpacker.eof or unpacker.unused_data:
            return None
    return data if len(data) == member.file_size and zlib_ng.crc32(data) == member.checksum else None


class Writer:
    """A new archive, of at most MOST_ENTRIES and 4 GiB; the same entries give the same bytes, as zipfile writes
    them."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._directory: list[bytes] = []
        self._at = 0

    def add(self, member: Member, data: bytes) -> None:
        """Pack a new entry, or another content of an old one."""
        if member.method == _STORED:
            packed, checksum = data, zlib_ng.crc32(data)
        else:
            packed, checksum = (_packed if len(data) <= _SMALL else _packed.__wrapped__)(data)
        self._append(member, packed, checksum, len(data), member.attributes or _ATTRIBUTES)

    def copy(self, member: Member, entry: Entry) -> None:
        """Write an entry with its name, time and attributes; `entry.packed` as it is."""
        if entry.packed is not None:
            self._append(member, entry.packed, member.checksum, member.file_size, member.attributes)
        else:
            self.add(member if member.method == _STORED else member._replace(method=_DEFLATED), entry.data)

    def _append(self, member: Member, packed: bytes, checksum: int, size: int, attributes: int) -> None:
        filename, method, _, _, time, day, *_ = member
        ascii_only = filename.isascii()
        name, flags = filename.encode("ascii" if ascii_only else "utf-8"), 0 if ascii_only else _UTF8_NAME
        said = (_VERSION, flags, method, time, day, checksum, len(packed), size, len(name))
        self._directory += (_LISTED.pack(_LISTED_SIGNATURE, _MADE_BY, *said, 0, 0, 0, 0, attributes, self._at), name)
        self._pieces += (_LOCAL.pack(_LOCAL_SIGNATURE, *said, 0), name, packed)
        self._at += _LOCAL.size + len(name) + len(packed)

    def result(self) -> bytes:
        """The whole archive."""
        directory, number = b"".join(self._directory), len(self._directory) // 2
        end = _END.pack(_END_SIGNATURE, 0, 0, number, number, len(directory), self._at, 0)
        return b"".join([*self._pieces, directory, end])


@lru_cache(_KEPT)
def _packed(data: bytes) -> tuple[bytes, int]:
    """A content packed, and its checksum."""
    packer = zlib_ng.compressobj(_LEVEL, zlib_ng.DEFLATED, -zlib_ng.MAX_WBITS)
    return packer.compress(data) + packer.flush(), zlib_ng.crc32(data)
