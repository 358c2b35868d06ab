"""The list behind a cell's drop-down, wherever a workbook of ours has one."""

from __future__ import annotations

from collections.abc import Iterable

# What Excel keeps of a list that stands in the cell's own rule, its commas included, in units of UTF-16.
LONGEST = 255


def entries(words: Iterable[str]) -> list[str]:
    """The list to offer. ValueError if Excel could not: it is too long, or a comma in a word would part it.

    xlsxwriter leaves a list that is too long out of the workbook and only warns.
    """
    listed = list(words)
    if any("," in word for word in listed):
        raise ValueError("a comma stands in a word of a drop-down list")
    if len(",".join(listed).encode("utf-16-le")) // 2 > LONGEST:
        raise ValueError(f"a drop-down list is longer than {LONGEST} characters")
    return listed
