"""Whether the parts with cells still are what was packed: the reader of values does not compare checksums.

One flipped bit in a stored or packed part may be another figure in a cell, read without a word.
"""

from __future__ import annotations

import re

from pipeline.details.package import Package

# Where values stand: cells, shared texts, formats (they make a number a date), and the list of the sheets.
CELLS = re.compile(r"xl/(?:workbook|sharedstrings|styles|worksheets/[^/]+)\.(?:xml|bin)|content\.xml")


def damaged(package: Package) -> bool:
    """Whether a part with cells cannot be unpacked to the bytes that its checksum is of. Other parts may be as they
    are."""
    return any(package.is_damaged(name) for name in package.names if CELLS.fullmatch(name))
