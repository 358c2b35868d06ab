"""What a run holds of every form: its head. What stands in the form stays packed until somebody asks for it.

However many forms there are, only a bounded number of them is unpacked at any time: reading keeps what the children
answer as bytes (in `pipeline.readings`, or compressed in memory where these refuse), `pipeline.bounded` judges
a portion of the forms at a time and keeps of it what other forms must be compared with, and the stages after it work on
frames. One form can always be had as a whole, by `Head.unpacked`: to tell what a version changes, or to mark a file.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pipeline.errors import StorageFailed
from pipeline.read.packed import Heading, mark_of, pack, tables, unpack
from pipeline.read.record import FormReading, Opened, Spotted

if TYPE_CHECKING:
    from pipeline.intake import Receipt
    from pipeline.read.packed import Run
    from pipeline.readings import Readings

# Most of the gain for a quarter of the time: the bytes are JSON.
_QUICKLY = 1


class Packed(Protocol):
    """Where the reading of a file lies; `mark` is the checksum that its bytes carry."""

    @property
    def mark(self) -> bytes:
        """Two attempts at a file may have found different things."""

    def bytes(self) -> bytes:
        """The reading as `pipeline.read.packed.unpack` takes it."""


class InMemory(NamedTuple):
    """A reading that was not stored, compressed."""

    squeezed: bytes
    mark: bytes = b""

    @classmethod
    def of(cls, packed: bytes) -> InMemory:
        """Keep packed bytes."""
        return cls(zlib.compress(packed, _QUICKLY), mark_of(packed))

    def bytes(self) -> bytes:
        """The packed bytes."""
        return zlib.decompress(self.squeezed)


class InStore(NamedTuple):
    """A reading that was stored."""

    kept: Readings
    receipt: Receipt
    mark: bytes = b""

    def bytes(self) -> bytes:
        """The packed bytes. StorageFailed if they have gone since."""
        packed = self.kept.packed(self.receipt)
        if packed is None:
            raise StorageFailed("保存的读取结果已读不出来。请重新运行，有关文件会重新读取。")
        return packed


class Head(NamedTuple):
    """One form: its sheet, the names it is known by (as written), what was spotted, its rows' account as JSON.

    `file` has the reading of the whole file, in which this is form number `place`.
    """

    sheet: str
    spotted: tuple[Spotted, ...]
    account: str
    name: str
    lead: str
    file: Packed
    place: int = 0

    def unpacked(self) -> FormReading:
        """The whole form, made anew at each call."""
        return unpack(self.file.bytes()).forms[self.place]

    def tables(self) -> dict[str, list[Run]]:
        """What stands in the form, by block."""
        return tables(self.file.bytes())[self.place]


def heads(forms: Iterable[Heading], file: Packed) -> tuple[Head, ...]:
    """The heads of a file's forms. What is the same in nearly all of them is held once."""
    return tuple(Head(sys.intern(one.sheet), one.spotted, sys.intern(one.account), one.name, one.lead, file, place)
                 for place, one in enumerate(forms))


def head_of(form: Head | FormReading) -> Head:
    """The head of a form, packed here if it is not yet."""
    if isinstance(form, Head):
        return form
    from pipeline.read.packed import headings

    packed = pack(Opened((form,)))
    return heads(headings(packed).forms, InMemory.of(packed))[0]
