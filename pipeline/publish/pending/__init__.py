"""待核清单.xlsx: every conflict between forms with its evidence, for the centre to decide."""

from __future__ import annotations

from pipeline.conflicts import conflicts
from pipeline.publish.pending.workbook import SHEETS, write

__all__ = ["SHEETS", "conflicts", "write"]
