"""What the centre's decisions do to the register: plain data, made by `pipeline.decisions`, heeded by `resolve`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from schemas.register import Status, empty

if TYPE_CHECKING:
    import polars as pl

    from pipeline.conflicts import Agenda
    from pipeline.memory import Disposition

# A row of a form's table of members, platforms or projects: submission_id, block, row from 1.
Row = tuple[str, str, int]


class Removed(NamedTuple):
    """A form that the centre does not let count: what it becomes, and why."""

    status: Status
    reason: str


@dataclass(frozen=True)
class Acts:
    """What decisions do, by what they act on. All are empty where nothing was decided."""

    # finding_id → how it stands, with the words that are shown for it.
    settled: dict[str, Disposition] = field(default_factory=dict)
    # finding_id → what its message says besides; its form is returned.
    returned: dict[str, str] = field(default_factory=dict)
    # Those of `returned` that no explanation of the bureau's lifts: the centre has not asked but decided.
    insisted: set[str] = field(default_factory=set)
    # submission_id → a form that counts no longer.
    removed: dict[str, Removed] = field(default_factory=dict)
    # Member row → the code that is read there instead of what is written, or in spite of its faults.
    codes: dict[Row, str] = field(default_factory=dict)
    # Member row → the code whose organisation it is counted with; its own code stays written.
    merged: dict[Row, str] = field(default_factory=dict)
    # Member row → the organisation it stands for, where one code is kept as several.
    apart: dict[Row, str] = field(default_factory=dict)
    # Code → name.
    names: dict[str, str] = field(default_factory=dict)
    # (code, column) → amount in 万元.
    amounts: dict[tuple[str, str], float] = field(default_factory=dict)
    # Row of platforms or projects → the unit it is assigned to.
    units: dict[Row, str] = field(default_factory=dict)
    # Code → what the register says of the decisions that act there.
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rulings(Acts):
    """Every decision in force, and what became of each."""

    # One row a decision handed in, as `schemas.season.Decisions`.
    table: pl.DataFrame = field(default_factory=lambda: empty("decisions"))
    # What is still to be decided, with the numbers under which it is offered.
    agenda: Agenda | None = None

    @property
    def moves(self) -> bool:
        """Whether it is other forms that count, or other codes that are read."""
        return bool(self.settled or self.returned or self.removed)
