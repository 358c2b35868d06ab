"""A zip container that is what it seems: not too many parts, no part twice, none inside another, none that swells.

Sizes in a zip are claims. Where the compressed bytes could swell past the limits at all, they are counted while they
are inflated, piece by piece, and thrown away.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

from zlib_ng import zlib_ng

from pipeline.preflight.parts import packed

MOST_PARTS = 1_000
LARGEST_TOTAL = 512 << 20
LARGEST_PART = 256 << 20
# Office compresses styles hundreds of times; a part is suspicious only when it is large as well.
HIGHEST_RATIO, GRACE = 200, 8 << 20
# Deflate cannot do better, so what is smaller than a limit by that much needs no counting.
_DEFLATE_RATIO = 1_032
_PIECE = 1 << 20
_LOCAL_HEADER = 30
_PROLOGUE = 512
_XML = (".xml", ".rels", ".vml")
# Where the root element begins; declarations, comments and instructions may stand before it.
_ROOT = re.compile(rb"<\0?[^!?\0]")
_DOCTYPE = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T\0?Y\0?P\0?E", re.IGNORECASE)

# Macros in .ods carry one; no reader of ours opens them.
_NEVER_OPENED = ("basic/", "dialogs/")

PARTS, TWICE, OVERLAP, SWELLS, DECLARES = "parts", "twice", "overlap", "swells", "declares"


def fault(data: bytes, entries: Sequence[zipfile.ZipInfo],
          small: Callable[[zipfile.ZipInfo], bytes] = lambda entry: b"") -> str:
    """What is wrong with a package, one of the words above and of `pipeline.signature.REASONS`; "" if a reader may open
    it.

    `small` gives the content of parts that may be unpacked whole once it is known how far they swell, b"" of others.
    """
    if len(entries) > MOST_PARTS:
        return PARTS
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if len(set(names)) < len(names):
        return TWICE
    if _overlap(entries):
        return OVERLAP
    if _swells(data, entries):
        return SWELLS
    declared = any(_declares(data, entry, small(entry)) for entry, name in zip(entries, names, strict=True)
                   if name.endswith(_XML) and not name.startswith(_NEVER_OPENED))
    return DECLARES if declared else ""


def _overlap(entries: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether bytes are told to belong to two parts, as in bombs that inflate the same bytes again and again."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _LOCAL_HEADER + entry.compress_size
    return False


def _swells(data: bytes, entries: Sequence[zipfile.ZipInfo]) -> bool:
    told = max((entry.file_size for entry in entries), default=0)
    if told <= GRACE and len(data) * _DEFLATE_RATIO <= LARGEST_TOTAL:
        return False
    total = 0
    for entry in entries:
        size = 0
        for piece in _inflated(data, entry):
            size += len(piece)
            total += len(piece)
            ratio = size > GRACE and size > HIGHEST_RATIO * max(entry.compress_size, 1)
            if ratio or size > LARGEST_PART or total > LARGEST_TOTAL:
                return True
    return False


def _declares(data: bytes, entry: zipfile.ZipInfo, content: bytes) -> bool:
    """Whether an XML part has a DOCTYPE before its root element; nothing that an office program writes has one."""
    prologue = content[:_PROLOGUE]
    # A look for the mark itself is all that nearly every part costs.
    if b"!" not in prologue and _ROOT.search(prologue):
        return False
    prologue = b""
    for piece in _inflated(data, entry, _PROLOGUE):
        prologue += piece
        if _DOCTYPE.search(prologue):
            return True
        if _ROOT.search(prologue):
            return False
    return False


def _inflated(data: bytes, entry: zipfile.ZipInfo, piece: int = _PIECE) -> Iterator[bytes]:
    """A part's content in pieces; nothing where it cannot be inflated: the readers say what that means."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return
    stored = packed(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        for place in range(0, len(stored), piece):
            yield bytes(stored[place:place + piece])
        return
    inflate = zlib_ng.decompressobj(-zlib_ng.MAX_WBITS)
    try:
        content = inflate.decompress(stored, piece)
        while content:
            yield content
            content = inflate.decompress(inflate.unconsumed_tail, piece)
    except zlib_ng.error:
        return
