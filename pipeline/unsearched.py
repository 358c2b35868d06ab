"""Imported first by the servers from which children are forked: what they load stays, and none of it is searched for
garbage.

The children are forked with that; `pipeline.sandbox` says when they look.
"""

from __future__ import annotations

import gc

gc.disable()
