"""Imported by the server from which children are forked: what the first form in each child would wait for.

The longest patterns are compiled at their first use, because commands that read no form should not wait for them; and
zips name their parts in a code page that Python loads when it is first asked for it.
"""

from __future__ import annotations

import encodings.cp437  # noqa: F401

from schemas.kinds.text import is_placeholder, is_void, trim

for _asked in (is_placeholder, is_void, trim):
    _asked("（ ）")
