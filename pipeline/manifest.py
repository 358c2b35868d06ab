"""What was answered, output by output: written last, so that a complete one stands for a complete outbox.

Ours is in the private state and knows sizes and times as well, so that an outbox nobody touched is known without
reading it. The outbox has the hashes alone, in the shape that `sha256sum --check` reads from inside it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.publish import atomic
from pipeline.publish.atomic import replacing
from pipeline.settings import Workspace
from schemas import call

NAME = "清单.sha256"
_EDITION = 1


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
    `spare` are the paths under which the new ones are instead.
    """

    stand: Stand
    outputs: Mapping[str, Output] = field(default_factory=dict)
    spare: tuple[str, ...] = ()

    def made_from(self, target: Path, outbox: Path) -> str:
        """The digest of what the output at `target` was made from, "" unless it lies there with the bytes it had."""
        output = self.outputs.get(under(outbox, target))
        return output.source if output and output.source and _same(target, output) else ""


def under(outbox: Path, path: Path) -> str:
    """A path in the outbox as manifests have it, found quickly: there may be a hundred thousand."""
    return os.fspath(path)[len(os.fspath(outbox)) + 1:].replace(os.sep, "/")


def clock(deadline: datetime, now: datetime, waiting: Mapping[str, str] | None = None) -> str:
    """What the pages know of the hour: the day in China, whether the deadline has passed, which files wait and why."""
    hour = f"{now.astimezone(call.CHINA):%Y-%m-%d} {'after' if now > deadline else 'before'}"
    if not waiting:
        return hour
    return f"{hour} {hashlib.sha256(json.dumps(sorted(waiting.items())).encode('ascii')).hexdigest()}"


def write(workspace: Workspace, paths: Iterable[str], stand: Stand, sources: Mapping[str, str] | None = None) -> None:
    """Write both manifests of the outputs at `paths` (under the outbox), the outbox's first. OSError of the disk.

    Ours keeps the order of `paths`. `sources` are digests of what outputs were made from; None: what is known of them
    still holds, as far as their bytes are the same.
    """
    last = read(workspace)
    known = last.outputs if last else {}
    places = {path: atomic.place_of(workspace.outbox / path) for path in dict.fromkeys(paths)}
    outputs = {path: _output(place, known.get(path)) for path, place in places.items()}
    if sources is not None:
        outputs = {path: output._replace(source=_trusted(sources.get(path, ""), output, known.get(path)))
                   for path, output in outputs.items()}
    shown = {place.relative_to(workspace.outbox).as_posix(): outputs[path].sha256 for path, place in places.items()}
    spare = _cleared(workspace.outbox, last.spare if last else (), shown) | shown.keys() - outputs.keys()
    listed = workspace.province_outbox / NAME
    with replacing(listed) as aside:
        aside.write_text("".join(_line(path, sha256) for path, sha256 in sorted(shown.items())), "utf-8")
    outputs[listed.relative_to(workspace.outbox).as_posix()] = _output(listed, None)
    stood = stand._replace(turns=[day.isoformat() for day in stand.turns])
    with replacing(workspace.manifest) as aside:
        aside.write_text(json.dumps({"edition": _EDITION, "stand": stood, "outputs": outputs, "spare": sorted(spare)},
                                    ensure_ascii=False), "utf-8")


def read(workspace: Workspace) -> Manifest | None:
    """The manifest of the outbox; None if there is none that can be understood."""
    try:
        found: dict[str, Any] = json.loads(workspace.manifest.read_text("utf-8"))
        if found["edition"] != _EDITION:
            return None
        number, key, turns, stood = found["stand"]
        outputs = {path: Output(*output) for path, output in found["outputs"].items()}
        return Manifest(Stand(number, key, tuple(map(date.fromisoformat, turns)), stood), outputs,
                        tuple(map(str, found.get("spare", ()))))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def intact(manifest: Manifest, outbox: Path) -> bool:
    """Whether every output is still there with the bytes it had; only what looks touched is read."""
    return all(_same(outbox / path, output) for path, output in manifest.outputs.items())


def _cleared(outbox: Path, spare: Iterable[str], shown: Collection[str]) -> set[str]:
    """Remove what earlier runs put beside outputs that were open; what is itself open now is left for the next run."""
    left = set()
    for path in set(spare).difference(shown):
        try:
            (outbox / path).unlink(missing_ok=True)
        except OSError:
            left.add(path)
    return left


def _trusted(source: str, output: Output, known: Output | None) -> str:
    """The source of an output, "" if the same one gave other bytes before: a hand was at it while the run lasted."""
    return "" if known and known.source == source and known.sha256 != output.sha256 else source


def _same(path: Path, output: Output) -> bool:
    try:
        return _output(path, output).sha256 == output.sha256
    except OSError:
        return False


def _output(path: Path, known: Output | None) -> Output:
    found = path.stat()
    if known and (known.size, known.mtime_ns) == (found.st_size, found.st_mtime_ns):
        return known
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Output(found.st_size, found.st_mtime_ns, sha256, known.source if known and known.sha256 == sha256 else "")


def _line(path: str, sha256: str) -> str:
    # As sha256sum marks a name in which it has to escape something.
    plain = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if plain == path else chr(92)}{sha256}  {plain}\n"
