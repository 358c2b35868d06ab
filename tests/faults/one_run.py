"""One run of the job at a told moment, as a process of its own: `python -m tests.faults.one_run WORKSPACE MOMENT`.

The same stages as `consortium run --no-prefect`, and the same silence; only the clock is told, so that two runs can be
compared byte by byte. A third word `--wait` lets whoever is to hurt the run take hold of it first, when all modules are
loaded.
"""

from __future__ import annotations

import ctypes
import sys
from datetime import datetime
from pathlib import Path

from pipeline import log
from pipeline.errors import RunError
from pipeline.run import run
from pipeline.settings import Settings, Workspace

READY = b"ready\n"
# prctl(2): any process of ours may trace this one, where the kernel asks for permission (Yama).
_SET_PTRACER, _ANYBODY = 0x59616D61, ctypes.c_ulong(-1)


def main(folder: str, moment: str, *words: str) -> int:
    """The exit code that the command would give."""
    workspace = Workspace(Path(folder))
    log.unheard()
    if "--wait" in words:
        _await_leave()
    try:
        return run(workspace, Settings.of(workspace), datetime.fromisoformat(moment)).exit_code
    except RunError as error:
        return _failed(error)
    # As in pipeline.cli.ended.
    except BaseException as error:
        return _failed(log.fault(error))


def _failed(error: RunError) -> int:
    print(error, file=sys.stderr)
    return error.exit_code


def _await_leave() -> None:
    # Modules that the stages import when they are called are loaded already: their files are not what is tested.
    import pipeline.decisions.reading  # noqa: F401
    import pipeline.history  # noqa: F401
    import pipeline.publish.answers  # noqa: F401
    import pipeline.resolve  # noqa: F401
    import pipeline.versions  # noqa: F401

    ctypes.CDLL(None).prctl(_SET_PTRACER, _ANYBODY, 0, 0, 0)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    sys.stdin.buffer.readline()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
