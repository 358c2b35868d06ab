"""Unzip forms and nothing else: `python -m tests.bench.unzipping INBOX` prints the seconds that all processors took,
and how many files had something in them."""

from __future__ import annotations

import os
import sys
import time
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

_PORTION = 50


def unzip(files: list[Path]) -> int:
    """Every part of these files, as bytes; how many of the files had any."""
    full = 0
    for file in files:
        with zipfile.ZipFile(file) as package:
            full += sum(len(package.read(part)) for part in package.infolist()) > 0
    return full


def main() -> None:
    """All files under a folder, with as many processes as there are processors."""
    files = sorted(Path(sys.argv[1]).rglob("*.xlsx"))
    started = time.perf_counter()
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        unzipped = sum(pool.map(unzip, [files[start:start + _PORTION] for start in range(0, len(files), _PORTION)]))
    print(f"{time.perf_counter() - started:.6f} {unzipped}")


if __name__ == "__main__":
    main()
