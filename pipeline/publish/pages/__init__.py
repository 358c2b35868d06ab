"""Pages for people: each bureau's receipt and the centre's board, a file each, no script, no network."""

from __future__ import annotations

from pipeline.publish.pages import board, receipt
from pipeline.publish.pages.decisions import Matters

__all__ = ["Matters", "board", "receipt"]
