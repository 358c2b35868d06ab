"""What was answered, output by output: written last, so that a complete one stands for a complete outbox.

Ours is in the private state and knows sizes and times as well, so that an outbox nobody touched is known without
reading it. The outbox has the hashes alone, in the shape that `sha256sum --check` reads from inside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from pipeline.publish import atomic
from pipeline.publish.atomic import replacing
from pipeline.settings import Workspace
from schemas import call

NAME = "清单.sha256"
_EDITION = 2
# Outputs that are put into words, or looked at in folders, at once.
_AT_A_TIME = 1_000


class Stand(NamedTuple):
    """Which round the outbox shows, and how the clock stood: `turns` as in `pipeline.job.Judged`, `clock` as below."""

    round: int
    key: str
    turns: tuple[date, ...]
    clock: str


class Output(NamedTuple):
    """One output as it was left; `source` is a digest of what it was made from, "" where that is not known."""

    size: int
    mtime_ns: int
    sha256: str
    source: str = ""


@dataclass(frozen=True)
class Manifest:
    """What the outbox held when it was last complete, by path under it.

    Of an output that was open, and could not be replaced, it says what ought to be there: such an outbox is not intact.
    `spare` are the paths under which the new ones are instead. `matters` is what the board shows to be decided, which
    the tables do not say: `pipeline.publish.pages.Matters` as JSON has it.
    """

    stand: Stand
    outputs: Mapping[str, Output] = field(default_factory=dict)
    spare: tuple[str, ...] = ()
    matters: Sequence[Any] = ((), 0)

    def made_from(self, target: Path, outbox: Path, source: str) -> bool:
        """Whether the output at `target` was made from what has this digest, and lies there with the bytes it had."""
        output = self.outputs.get(under(outbox, target))
        return bool(output and source and output.source == source and _same(os.fspath(target), output))

    def names(self, outbox: Path, folders: Iterable[Path]) -> dict[Path, set[str]]:
        """What of ours lies in each of these folders, beside outputs that were open included."""
        wanted = {under(outbox, folder): folder for folder in folders}
        found: dict[Path, set[str]] = {folder: set() for folder in wanted.values()}
        for path in (*self.outputs, *self.spare):
            parent, _, name = path.rpartition("/")
            if parent in wanted:
                found[wanted[parent]].add(name)
        return found


def under(outbox: Path, path: Path) -> str:
    """A path in the outbox as manifests have it, found quickly: there may be a hundred thousand."""
    return os.fspath(path)[len(os.fspath(outbox)) + 1:].replace(os.sep, "/")


def clock(deadline: datetime, now: datetime, waiting: Mapping[str, str] | None = None) -> str:
    """What the pages know of the hour: the day in China, whether the deadline has passed, which files wait and why."""
    hour = f"{now.astimezone(call.CHINA):%Y-%m-%d} {'after' if now > deadline else 'before'}"
    if not waiting:
        return hour
    return f"{hour} {hashlib.sha256(json.dumps(sorted(waiting.items())).encode('ascii')).hexdigest()}"


def write(workspace: Workspace, paths: Iterable[str], stand: Stand, sources: Mapping[str, str] | None = None,
          last: Manifest | None = None, matters: Sequence[Any] | None = None) -> None:
    """Write both manifests of the outputs at `paths` (under the outbox), the outbox's first. OSError of the disk.

    Ours keeps the order of `paths`. `sources` are digests of what outputs were made from; None: what is known of them
    still holds, as far as their bytes are the same. `last` is the manifest before, if it has been read;
    its `matters` still stand where none are given.
    """
    last = last or read(workspace)
    known = last.outputs if last else {}
    root = os.fspath(workspace.outbox)
    outputs = {path: _left(_at(root, path), known.get(path), sources, path) for path in paths}
    elsewhere = {under(workspace.outbox, target): under(workspace.outbox, place)
                 for target, place in atomic.moved().items() if target.is_relative_to(workspace.outbox)}
    shown = {elsewhere.get(path, path): output.sha256 for path, output in outputs.items()}
    spare = _cleared(workspace.outbox, last.spare if last else (), shown) | shown.keys() - outputs.keys()
    listed = workspace.province_outbox / NAME
    with replacing(listed) as aside:
        aside.write_text("".join(_line(path, sha256) for path, sha256 in sorted(shown.items())), "utf-8")
    outputs[under(workspace.outbox, listed)] = _left(os.fspath(listed), None, None, "")
    stood = stand._replace(turns=[day.isoformat() for day in stand.turns])
    shown_open = matters if matters is not None else last.matters if last else Manifest.matters
    with replacing(workspace.manifest) as aside, aside.open("w", encoding="utf-8") as file:
        file.writelines(_in_words({"edition": _EDITION, "stand": stood, "matters": shown_open}, outputs,
                                  {"spare": sorted(spare)}))


def _in_words(first: dict[str, Any], outputs: Mapping[str, Output], last: dict[str, Any]) -> Iterator[str]:
    """Ours as JSON, piece by piece: as a whole it takes several times the memory of the outputs."""
    yield f"{_json(first)[:-1]}, \"outputs\": {{"
    parts = iter(outputs.items())
    mark = ""
    while part := dict(islice(parts, _AT_A_TIME)):
        yield mark + _json(part)[1:-1]
        mark = ", "
    yield f"}}, {_json(last)[1:]}"


def read(workspace: Workspace) -> Manifest | None:
    """The manifest of the outbox; None if there is none that can be understood."""
    try:
        found: dict[str, Any] = json.loads(workspace.manifest.read_text("utf-8"))
        if found["edition"] != _EDITION:
            return None
        number, key, turns, stood = found["stand"]
        outputs = {path: Output(*output) for path, output in found["outputs"].items()}
        return Manifest(Stand(number, key, tuple(map(date.fromisoformat, turns)), stood), outputs,
                        tuple(map(str, found.get("spare", ()))), found["matters"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def intact(manifest: Manifest, outbox: Path) -> bool:
    """Whether every output is still there with the bytes it had; only what looks touched is read."""
    root = os.fspath(outbox)
    return all(_same(_at(root, path), output) for path, output in manifest.outputs.items())


def _cleared(outbox: Path, spare: Iterable[str], shown: Collection[str]) -> set[str]:
    """Remove what earlier runs put beside outputs that were open; what is itself open now is left for the next run."""
    left = set()
    for path in set(spare).difference(shown):
        if not _within(outbox, path):
            continue
        try:
            (outbox / path).unlink(missing_ok=True)
        except OSError:
            left.add(path)
    return left


def _within(outbox: Path, path: str) -> bool:
    """Whether a path that a manifest names, which anybody may have altered, leads to something below the outbox."""
    named = PurePosixPath(path)
    if named.is_absolute() or not named.parts or ".." in named.parts:
        return False
    try:
        return (outbox / named).parent.resolve().is_relative_to(outbox.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def _trusted(source: str, output: Output, known: Output | None) -> str:
    """The source of an output, "" if the same one gave other bytes before: then it does not say all that counts."""
    return "" if known and known.source == source and known.sha256 != output.sha256 else source


def _same(path: str, output: Output) -> bool:
    try:
        return _found(path, output).sha256 == output.sha256
    except OSError:
        return False


def _left(place: str, known: Output | None, sources: Mapping[str, str] | None, path: str) -> Output:
    """An output as this run left it, whatever was done to it since.

    What this run did not write it left as it was known to be; what nobody knows of is as it lies there.
    """
    if stamp := atomic.stamp_of(place):
        source = known.source if known and known.sha256 == stamp.sha256 else ""
        output = Output(*stamp, source)
        return output if sources is None else output._replace(source=_trusted(sources.get(path, ""), output, known))
    source = known.source if known else ""
    if known and (sources is None or source and sources.get(path) == source):
        return _touched(place, known)
    return _found(place, None)._replace(source=(sources or {}).get(path, ""))


def _touched(place: str, known: Output) -> Output:
    """The same output, with its time if that alone has changed."""
    try:
        found = _found(place, known)
    except OSError:
        return known
    return found if found.sha256 == known.sha256 else known


def _found(path: str, known: Output | None) -> Output:
    found = os.stat(path)
    if known and (known.size, known.mtime_ns) == (found.st_size, found.st_mtime_ns):
        # A folder may have any size.
        if not stat.S_ISREG(found.st_mode):
            raise IsADirectoryError(path)
        return known
    with open(path, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Output(found.st_size, found.st_mtime_ns, sha256, known.source if known and known.sha256 == sha256 else "")


def _at(root: str, path: str) -> str:
    return root + os.sep + path.replace("/", os.sep)


def _json(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False)


def _line(path: str, sha256: str) -> str:
    # As sha256sum marks a name in which it has to escape something.
    plain = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if plain == path else chr(92)}{sha256}  {plain}\n"
