"""Pages for people: each bureau's receipt and the centre's board, a file each, no script, no network."""

from __future__ import annotations

from pipeline.publish.pages import board, receipt

__all__ = ["board", "receipt"]
