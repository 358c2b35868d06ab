"""How long a file takes in a fresh child of a ready server, in milliseconds: `python -m tests.child_start`."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from pipeline.opening import open_packed
from pipeline.read import labels_of
from pipeline.sandbox import each
from pipeline.template import write
from schemas.form_2023 import FORM

_TIMES = 30


def main() -> None:
    """Print the first start, with its server, and the middle of the others."""
    with tempfile.TemporaryDirectory() as folder:
        form = Path(folder) / "form.xlsx"
        write(form)
        took = [_took(form) for _ in range(_TIMES)]
    print(f"first {took[0]:.0f} ms, then {statistics.median(took[1:]):.0f} ms (least {min(took):.0f} ms)")


def _took(form: Path) -> float:
    start = time.perf_counter()
    list(each(open_packed, [(labels_of(FORM), form)], workers=1))
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
