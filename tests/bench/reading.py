"""Read forms and nothing else: `python -m tests.bench.reading WORKSPACE` prints the seconds that the stage of reading
takes, and in how many files it found a form.

In a run, forms that have been read are judged while others are: how long that stage lasts there says too much.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from pipeline import job
from pipeline.edition import reader_edition
from pipeline.readings import Readings
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA


def main() -> None:
    """All files that a run has taken in, opened anew and kept elsewhere."""
    workspace = Workspace(Path(sys.argv[1]))
    settings = Settings.of(workspace)
    taken = job.intake(workspace, settings, datetime.now(CHINA))
    with tempfile.TemporaryDirectory(dir=workspace.state) as folder:
        kept = Readings(Path(folder) / "readings", reader_edition())
        kept.prune()
        started = time.perf_counter()
        read = [reading for portion in job.chunks(taken, settings, kept) for reading in job.read(portion, settings)]
        seconds = time.perf_counter() - started
    print(f"{seconds:.6f} {sum(bool(reading.forms) for reading in read)}")


if __name__ == "__main__":
    main()
