"""Tables that are held until they are asked for: long ones packed, an eighth of their size, and unpacked at each
asking.

However many members and organisations there are, only the tables that something is being made of are there as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from io import BytesIO

import polars as pl

# What has fewer rows is not worth the time.
LONG = 100_000


class Shelf(MutableMapping[str, pl.DataFrame]):
    """Tables by name, in the order in which they were first put here. What is asked for is the same, whether packed or
    not.

    Ask once for what is used often: unpacking takes a tenth of a second for a million rows.
    """

    def __init__(self, tables: Iterable[tuple[str, pl.DataFrame]] = ()) -> None:
        """`tables` are taken one after another, so that they need not all be there at once."""
        self._lying: dict[str, pl.DataFrame | bytes] = {}
        for name, frame in tables:
            self[name] = frame

    @classmethod
    def emptying(cls, tables: dict[str, pl.DataFrame]) -> Shelf:
        """All that is in `tables`, in which nothing is left: nobody else holds it then."""
        return cls((name, tables.pop(name)) for name in list(tables))

    def __setitem__(self, name: str, frame: pl.DataFrame) -> None:
        self._lying[name] = _packed(frame) if frame.height >= LONG else frame

    def __getitem__(self, name: str) -> pl.DataFrame:
        found = self._lying[name]
        return pl.read_parquet(found) if isinstance(found, bytes) else found

    def __delitem__(self, name: str) -> None:
        del self._lying[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lying)

    def __len__(self) -> int:
        return len(self._lying)

    def __contains__(self, name: object) -> bool:
        return name in self._lying

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Shelf:
        """The tables on a shelf, as they are; a shelf is one already."""
        return tables if isinstance(tables, cls) else cls().under(tables)

    def columns(self, name: str, columns: Sequence[str]) -> pl.DataFrame:
        """These columns of a table, in this order; of one that lies packed the others are not unpacked."""
        found = self._lying[name]
        return pl.read_parquet(found, columns=list(columns)) if isinstance(found, bytes) else found.select(columns)

    def under(self, others: Mapping[str, pl.DataFrame]) -> Shelf:
        """Another shelf with these tables, which are not packed, in the place of those of their names; the rest is
        shared."""
        shelf = Shelf()
        shelf._lying = {**self._lying, **others}
        return shelf

    def __or__(self, others: dict[str, pl.DataFrame]) -> Shelf:
        """Another shelf with these tables in the place of those of their names; the rest is shared."""
        shelf = Shelf()
        shelf._lying = dict(self._lying)
        shelf.update(others)
        return shelf


def _packed(frame: pl.DataFrame) -> bytes:
    stream = BytesIO()
    # Two thirds of what LZ4 leaves, for a tenth of a second more in a million rows.
    frame.write_parquet(stream, compression="zstd", compression_level=1, statistics=False)
    return stream.getvalue()
