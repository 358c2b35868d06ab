"""What reading one cell gives."""
from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Reading(NamedTuple, Generic[Value]):
    """A typed value, and what has to be said about how it was read.

    `value` None: nothing there, or it could not be read. `note` "": read as it stands; else a word of the
    kind's NOTES.
    `detail`: what a message to the clerk needs, e.g. the unit converted from, or the readings to choose
    between.
    """

    value: Value | None
    note: str = ""
    detail: str = ""
