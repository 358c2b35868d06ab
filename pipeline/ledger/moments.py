"""Moments as the ledger writes them: ISO 8601 at +08:00."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from schemas import call


# A hundred thousand findings know a handful of moments.
@lru_cache(4096)
def text_of(moment: datetime) -> str:
    """The text of a moment (with a zone)."""
    return moment.astimezone(call.CHINA).isoformat()


@lru_cache(4096)
def moment_of(text: str) -> datetime:
    """The moment of a text, at +08:00."""
    return datetime.fromisoformat(text).astimezone(call.CHINA)
