"""The compound file in which Office kept its documents before 2007, and keeps encrypted ones.

The least of [MS-CFB] that every reader takes.
"""

from __future__ import annotations

import struct

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_SECTOR = 512
# Streams below this size would go into a second kind of sectors; padding spares us those.
_LEAST_STREAM = 4096
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MOST_TABLE_SECTORS = 109


def container(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams in its root; each is filled up with zeros to 4096 bytes.

    Raises:
        ValueError: more than about 7 MB, or more than three streams.
    """
    padded = {name: content.ljust(_LEAST_STREAM, b"\0") for name, content in streams.items()}
    if len(padded) > 3:
        raise ValueError("one directory sector holds the root and three streams")
    chains, starts, sectors = [], {}, []
    for name, content in padded.items():
        count = -(-len(content) // _SECTOR)
        starts[name] = len(chains)
        chains += [*range(len(chains) + 1, len(chains) + count), _END]
        sectors.append(content.ljust(count * _SECTOR, b"\0"))
    directory = len(chains)
    chains.append(_END)
    sectors.append(_directory(padded, starts))
    tables = 1
    while tables * 128 < len(chains) + tables:
        tables += 1
    if tables > _MOST_TABLE_SECTORS:
        raise ValueError("too large for a container without a second-level table")
    chains += [_TABLE] * tables
    chains += [_FREE] * (tables * 128 - len(chains))
    table = struct.pack(f"<{len(chains)}I", *chains)
    return _header(directory, tables) + b"".join(sectors) + table


def _header(directory: int, tables: int) -> bytes:
    head = MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, tables, directory, 0, _LEAST_STREAM, _END, 0, _END, 0)
    places = [directory + 1 + number for number in range(tables)]
    return head + struct.pack("<109I", *places, *[_FREE] * (109 - tables))


def _directory(streams: dict[str, bytes], starts: dict[str, int]) -> bytes:
    # Siblings are a tree ordered by length and name; a chain to the right is a lawful one.
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, child=1)]
    for place, name in enumerate(names, 1):
        right = place + 1 if place < len(names) else _FREE
        entries.append(_entry(name, 2, right=right, start=starts[name], size=len(streams[name])))
    return b"".join(entries).ljust(_SECTOR, b"\0")


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int = _END,
           size: int = 0) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    return (encoded.ljust(64, b"\0") + struct.pack("<HBB3I", len(encoded), kind, 1, _FREE, right, child)
            + bytes(36) + struct.pack("<IQ", start, size))
