"""pandera as a run needs it: without making up examples, for which it loads hypothesis wherever that is installed.

hypothesis is there for our tests; loading it takes as long as loading polars. Imported before the first frame is
checked.
"""

from __future__ import annotations

import sys

_MAKES_EXAMPLES = "hypothesis"

if _MAKES_EXAMPLES not in sys.modules:
    # What stands as None among the modules is for an import not installed.
    sys.modules[_MAKES_EXAMPLES] = None
    try:
        import pandera.strategies.base_strategies  # noqa: F401
    finally:
        del sys.modules[_MAKES_EXAMPLES]
