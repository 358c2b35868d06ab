"""Workbook → records: every form in it, found by its labels, each value as text with its cell.

Nothing here judges content. What is wrong with the sheet itself is `Spotted`, by the name of a file rule.
"""

from __future__ import annotations

from typing import Any

from pipeline.read.labels import Labels, labels_of
from pipeline.read.record import FormReading, Spotted, Value

__all__ = ["FormReading", "Labels", "Spotted", "Value", "labels_of", "read_workbook"]


def __getattr__(name: str) -> Any:
    """`read_workbook`, with all that it needs, is loaded by those who read: children, not the process that waits for
    them."""
    if name != "read_workbook":
        raise AttributeError(name)
    from pipeline.read.forms import read_workbook

    return read_workbook
