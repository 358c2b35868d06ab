"""What the answers to a city's files are called: as the files, as far as that can be, and never two alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from pipeline.publish import returned

# Bytes; file systems take 255.
_LONGEST = 230


def names_of(kinds: Mapping[str, str]) -> dict[str, str]:
    """The answer's name for each file of a city, given the kind of each; files of one name in several folders are told
    apart by the folder's."""
    order = {path: place for place, path in enumerate(sorted(kinds), 1)}
    names = _shortened({path: returned.name_of(kind, path) for path, kind in kinds.items()})
    names = _shortened(_told_apart(names, _by_folder))
    # A number may make a name that another file has of itself. Then that one gets its own number, which nothing else
    # has.
    while len({name.casefold() for name in names.values()}) < len(names):
        names = _told_apart(_shortened(names), lambda path, name: f"{order[path]}_{name}")
    return names


def _told_apart(names: Mapping[str, str], told_apart: Callable[[str, str], str]) -> dict[str, str]:
    # Names that differ by case alone are one file on Windows.
    times = Counter(name.casefold() for name in names.values())
    return {path: name if times[name.casefold()] == 1 else told_apart(path, name) for path, name in names.items()}


def _by_folder(path: str, name: str) -> str:
    return f"{PurePosixPath(path).parent.name}_{name}"


def _shortened(names: Mapping[str, str]) -> dict[str, str]:
    return {path: _short(name) for path, name in names.items()}


def _short(name: str) -> str:
    """The name as far as a file system takes it, with room for what is put before it and for the name it is written
    under."""
    if len(name.encode()) <= _LONGEST:
        return name
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    while len(f"{stem}…{suffix}".encode()) > _LONGEST:
        stem = stem[:-1]
    return f"{stem}…{suffix}"
