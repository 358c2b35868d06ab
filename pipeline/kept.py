"""Which forms need not be judged again: what was kept of them, or found while others were read, numbered as they are
now.

A form is known by all that its judgement depends on: the SHA-256 of its file and its place there, the checksum of what
was read, city, day of receipt and the last day to hand it in; the edition of rules and program is the store's
(`pipeline.judgings`). Of a form whose reading is not stored nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from pipeline.held import Head, InStore

if TYPE_CHECKING:
    from pipeline.readings import Readings
    from pipeline.validate import About

_FORMS = "forms"


class Part(NamedTuple):
    """What is kept of some forms, each frame with `submission`.

    `typed` and `waiting` by block: the columns that are needed further on, and failures whose words need other forms;
    `findings` of each form by itself; `told` what those failures were worded as, and of what in other forms (`known`).
    """

    typed: dict[str, pl.DataFrame]
    findings: pl.DataFrame
    waiting: dict[str, pl.DataFrame]
    told: pl.DataFrame

    def numbered(self, numbers: pl.Series) -> Part:
        """With `numbers[submission]` in the place of each submission; rows for which that is null are left out."""
        return self._each(lambda frame: _numbered(frame, numbers))

    def frames(self) -> dict[str, pl.DataFrame]:
        """All of it, by name."""
        return {"findings": self.findings, "told": self.told, **_prefixed("typed", self.typed),
                **_prefixed("waiting", self.waiting)}

    @classmethod
    def of(cls, frames: Mapping[str, pl.DataFrame]) -> Part:
        """What `frames` gave. KeyError if one is missing."""
        typed, waiting = ({name.partition(".")[2]: frame for name, frame in frames.items()
                           if name.startswith(f"{kind}.")} for kind in ("typed", "waiting"))
        return cls(typed, frames["findings"], waiting, frames["told"])

    @classmethod
    def joined(cls, parts: Sequence[Part]) -> Part:
        """All parts as one, in order of submissions."""
        typed, findings, waiting, told = zip(*parts, strict=True)
        return cls({name: _in_order([one[name] for one in typed]) for name in typed[0]}, _in_order(findings),
                   {name: _in_order([one[name] for one in waiting]) for name in waiting[0]}, _in_order(told))

    def _each(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Part:
        return Part({name: change(frame) for name, frame in self.typed.items()}, change(self.findings),
                    {name: change(frame) for name, frame in self.waiting.items()}, change(self.told))


class Kept:
    """What is known of some forms already, and what is to be kept of this night.

    `parts` are those of the night before (`standing`) and what was judged ahead; `new` the forms in neither.
    """

    def __init__(self, heads: Sequence[Head], about: Sequence[About]) -> None:
        readings = _readings_of(heads)
        self._store = readings.judgings if readings else None
        names = [name_of(*one) if self._store else None for one in zip(heads, about, strict=True)]
        self._wanted = pl.DataFrame({"name": names}, schema={"name": pl.String}).with_row_index("number").cast(
            {"number": pl.Int64})
        # Of the same form twice, one is known.
        self._unknown = self._wanted.unique("name", keep="first", maintain_order=True)
        self._new = self._wanted["number"]
        self._complete = False
        self.standing: Part | None = None
        self.parts: list[Part] = []
        frames = self._store.load() if self._store else {}
        if frames:
            numbers = self._known(frames.pop(_FORMS)["name"])
            self.standing = Part.of(frames).numbered(numbers)
            self.parts.append(self.standing)
            self._complete = not numbers.has_nulls()
        # Where something is kept nothing was judged ahead, unless the disk hid it at first: then it is judged again.
        elif self._store:
            for those, part in readings.judged_ahead.taken():
                self.parts.append(part.numbered(self._known(pl.Series("name", those, pl.String))))
        self.new: list[int] = self._new.to_list()

    def _known(self, names: pl.Series) -> pl.Series:
        """The numbers that forms of these names have now, each once; null where none has, or another is known for
        it."""
        found = names.to_frame().join(self._unknown, on="name", how="left", maintain_order="left")
        numbers = found.select(pl.when(pl.col("name").is_first_distinct()).then("number")).to_series()
        self._unknown = self._unknown.filter(~self._unknown["number"].is_in(numbers.drop_nulls().implode()))
        self._new = self._new.filter(~self._new.is_in(numbers.drop_nulls().implode()))
        return numbers

    def keep(self, part: Part, without: Iterable[int] = ()) -> None:
        """Keep what was found of these forms, but for some; nothing is written where it is kept already."""
        if self._store is None:
            return
        forms = self._wanted.filter(pl.col("name").is_not_null() & ~pl.col("number").is_in(list(without)))
        forms = forms.unique("name", keep="first", maintain_order=True).with_row_index("place")
        same = self._complete and self.standing and forms["number"].is_in(self.new).any() is False
        if same and part.told.equals(self.standing.told):
            return
        numbers = self._wanted.join(forms.select("number", "place"), on="number", how="left", maintain_order="left")
        self._store.save({_FORMS: forms.select("name"), **part.numbered(numbers["place"].cast(pl.Int64)).frames()})


def _readings_of(heads: Iterable[Head]) -> Readings | None:
    return next((head.file.kept for head in heads if isinstance(head.file, InStore)), None)


def name_of(head: Head, about: About) -> str | None:
    """What a form is known by; None where nothing can be kept of it."""
    file = head.file
    if not isinstance(file, InStore) or not file.mark:
        return None
    known = about.received.isoformat(), about.due.isoformat(), about.city or ""
    return " ".join((file.receipt.sha256, str(head.place), file.mark.hex(), *known))


def _prefixed(kind: str, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {f"{kind}.{name}": frame for name, frame in frames.items()}


def _numbered(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    frame = frame.with_columns(submission=numbers.gather(frame["submission"]))
    return frame.filter(pl.col("submission").is_not_null()) if frame["submission"].has_nulls() else frame


def _in_order(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    frame = pl.concat(frames)
    return frame if frame["submission"].is_sorted() else frame.sort("submission", maintain_order=True)
