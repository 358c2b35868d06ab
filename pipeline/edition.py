"""Which edition of form, rules and program is at work: a digest over all that decides a reading, or an output.

An edition is not a number that someone must remember to raise. Any change of a file or library that has a say makes
another edition, so nothing made by an older one is ever taken for what the present one would make.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import schemas

# Where each half was found: changed rules are tried out (`pipeline.what_if`) under a program that stands elsewhere.
_ROOTS = {"schemas": Path(schemas.__file__).parent.parent, "pipeline": Path(__file__).parent.parent}
# What a child process needs to make a reading from bytes; a name that ends in / is a folder.
READERS = ("schemas/", "pipeline/read/", "pipeline/details/", "pipeline/preflight/", "pipeline/decisions/reading.py",
           "pipeline/grid.py", "pipeline/opening.py", "pipeline/signature.py")
READING_LIBRARIES = ("python-calamine", "openpyxl", "xlrd", "msoffcrypto-tool", "olefile", "defusedxml", "rapidfuzz",
                     "zlib-ng")
# How a run is started, shown and told has no part in what it writes. Whatever is not named here has.
BESIDE = ("pipeline/__main__.py", "pipeline/board.py", "pipeline/cli.py", "pipeline/cluster.py", "pipeline/commands/",
          "pipeline/crew.py", "pipeline/demo/", "pipeline/docs.py", "pipeline/exits.py", "pipeline/flow.py",
          "pipeline/launch.py", "pipeline/log.py", "pipeline/nights.py", "pipeline/notify.py", "pipeline/progress.py",
          "pipeline/remote.py", "pipeline/rulebook.py", "pipeline/rules.json", "pipeline/sealing/",
          "pipeline/server.py", "pipeline/unattended.py", "pipeline/usage.py", "pipeline/verdict.py",
          "pipeline/watch.py", "pipeline/what_if.py", "pipeline/what_if_child.py")
WRITING_LIBRARIES = ("polars", "pandera", "xlsxwriter", "jinja2", "python-stdnum")


@cache
def reader_edition() -> str:
    """64 hex digits that name what decides a reading: form, reader, and the libraries that open workbooks."""
    return _digest(_under(READERS), READING_LIBRARIES)


@cache
def rules_edition() -> str:
    """64 hex digits that name what decides tables and outputs: everything but how a run is started and told."""
    beside = _under(BESIDE)
    deciding = {name: path for name, path in _under(("schemas/", "pipeline/")).items() if name not in beside}
    return _digest(deciding, (*READING_LIBRARIES, *WRITING_LIBRARIES))


def _under(places: Iterable[str]) -> dict[str, Path]:
    """Name and place of every file, in the order of their names."""
    roots = [(place, _ROOTS[place.partition("/")[0]]) for place in places]
    return dict(sorted((path.relative_to(root).as_posix(), path) for place, root in roots
                       for path in _files(root / place)))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    # Templates and lists count as much as code; what Python compiles aside does not.
    elif place.is_dir():
        yield from (path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _digest(files: Mapping[str, Path], libraries: Iterable[str]) -> str:
    found = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for name, path in files.items():
        content = path.read_bytes()
        found.update(f"\n{name} {len(content)}\n".encode())
        found.update(content)
    for library in libraries:
        found.update(f"\n{library} {version(library)}".encode())
    return found.hexdigest()
