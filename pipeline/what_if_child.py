"""The process in which changed rules are tried: run by its path, with nothing but Python's own library at first.

Arguments: the folder with the changed rules, the folder of the program, the file with what is given, the file for the
answer. The answer is JSON: what `pipeline.what_if.stand` gives, or `error` with the file and line that failed.
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path


def main(folder: str, program: str, given: str, answer: str) -> None:
    """Let the changed rules judge, and write down what they say."""
    sys.path[:0] = [folder, program]
    try:
        from pipeline import what_if

        told = what_if.stand(what_if.taken_along(Path(given)))._asdict()
    # Whatever the changed rules do, down to sys.exit, is told by the program that tries them.
    except BaseException as error:
        told = {"error": _whence(error, Path(folder))}
    Path(answer).write_text(json.dumps(told), "utf-8")


def _whence(error: BaseException, folder: Path) -> dict[str, str | int]:
    """Kind, file and line: of the changed files the last that was at work, else of all."""
    places = [(Path(frame.filename), frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((Path(error.filename), error.lineno or 0))
    changed = [(path.relative_to(folder).as_posix(), line) for path, line in places if path.is_relative_to(folder)]
    file, line = changed[-1] if changed else (places[-1][0].name, places[-1][1])
    kind = "SyntaxError" if isinstance(error, SyntaxError) else type(error).__name__
    return {"kind": kind, "file": file, "line": line}


if __name__ == "__main__":
    main(*sys.argv[1:])
