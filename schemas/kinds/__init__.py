"""The kinds of value a cell of the form can hold: text in, typed value and note out. Pure functions without
I/O.

One module a kind (`count`, `money`, `date`, `phone`, `choice`, `ticks`) over `text`, which says what counts
as content.
No function raises on anything a clerk can type; what would be a guess comes back as a note instead of a
value.
"""
from __future__ import annotations

from schemas.kinds import choice, count, date, money, phone, text, ticks
from schemas.kinds.reading import Reading
from schemas.kinds.ticks import Ticks

__all__ = ["Reading", "Ticks", "choice", "count", "date", "money", "phone", "text", "ticks"]
