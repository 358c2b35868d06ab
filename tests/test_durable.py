"""Power lost at any moment of a whole run: what a name says is on the disk before the name is, and the name soon
after."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from season import Season

from tests.faults import small

ROOT = Path(__file__).parent.parent
FLUSHES = ("fsync", "fdatasync")
ALL_AT_ONCE = ("sync", "syncfs")
_CALL = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?:\((.*)| resumed>.*)")


class Renamed(NamedTuple):
    """A rename, whether its file was flushed before, and whether its folder was afterwards."""

    source: str
    target: str
    flushed: bool
    named: bool


def unescaped(text: str) -> str:
    """As strace writes what is no ASCII."""
    return re.sub(r"((?:\\[0-7]{1,3})+)", lambda run: bytes(
        int(one, 8) for one in run[1].split("\\")[1:]).decode("utf-8", "replace"), text)


def flushes_of(lines: list[str]) -> list[tuple[int, str]]:
    """(line on which it was done, path) of every flush; "" is everything."""
    begun: dict[str, str] = {}
    found = []
    for number, line in enumerate(lines):
        call = _CALL.match(line)
        if call is None or call[2] not in (*FLUSHES, *ALL_AT_ONCE):
            continue
        pid, _, words = call.groups()
        if words is not None:
            path = re.match(r"\d+<(.*?)>", words)
            begun[pid] = path[1] if path and call[2] in FLUSHES else ""
        if "unfinished" not in line:
            found.append((number, begun.pop(pid)))
    return found


def renames_of(trace: str) -> list[Renamed]:
    """The renames of a trace, in order."""
    lines = [unescaped(line) for line in trace.splitlines()]
    flushes = flushes_of(lines)
    found = []
    for number, line in enumerate(lines):
        if moved := re.match(r'\d+ +rename(?:at2?)?\((?:AT_FDCWD[^,]*, )?"(.*?)", (?:AT_FDCWD[^,]*, )?"(.*?)"', line):
            source, target = moved.groups()
            folder = target.rpartition("/")[0]
            found.append(Renamed(source, target, any(at < number and path in ("", source) for at, path in flushes),
                                 any(at > number and path in ("", folder) for at, path in flushes)))
    return found


@pytest.fixture(scope="module")
def renames(tmp_path_factory) -> list[Renamed]:
    """Those of a second night, with a form sent again, under strace; without what can be read again at any time."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    season = Season(tmp_path_factory.mktemp("durable") / "workspace")
    season.now = small.FIRST
    season.send(0)
    season.night()
    season.send(0, lambda filled: filled["consortium"].update(phone=""))
    season.send(1)
    trace = season.workspace.root / "trace"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-y", "-o", trace, "-e", "trace=rename,renameat,renameat2,fsync,fdatasync,sync,syncfs",
         sys.executable, "-m", "tests.faults.one_run", str(season.workspace.root), small.SECOND.isoformat()],
        cwd=ROOT, capture_output=True, timeout=300, check=False)
    if b"ptrace" in done.stderr:
        pytest.skip("strace may not trace here")
    assert done.returncode == 1, done.stderr.decode()
    within = f"{season.workspace.root}/"
    return [one._replace(source=one.source.removeprefix(within), target=one.target.removeprefix(within))
            for one in renames_of(trace.read_text("utf-8", errors="replace"))
            if one.target.startswith(within) and not re.search("/[.]consortium/(?:readings|judgings)/", one.target)]


@pytest.mark.slow
def test_run__flushes_whatever_it_renames_and_the_folder_after_it(renames) -> None:
    assert {one.target.partition("/")[0] for one in renames} == {"outbox", ".consortium"}
    assert len(renames) > 30
    assert [one for one in renames if not (one.flushed and one.named)] == []


@pytest.mark.slow
def test_run__names_its_manifests_last(renames) -> None:
    assert [one.target for one in renames][-2:] == ["outbox/省级/清单.sha256", ".consortium/outbox.manifest"]


@pytest.mark.parametrize(("trace", "flushed", "named"), [
    ('1 fsync(3</a/x>) = 0\n1 rename("/a/x", "/a/y") = 0\n1 fsync(3</a>) = 0\n', True, True),
    ('1 rename("/a/x", "/a/y") = 0\n1 fsync(3</a/x>) = 0\n', False, False),
    ('1 fsync(3</a/x> <unfinished ...>\n2 rename("/a/x", "/a/y") = 0\n1 <... fsync resumed>) = 0\n', False, False),
    ('1 fsync(3</a/x> <unfinished ...>\n1 <... fsync resumed>) = 0\n2 rename("/a/x", "/a/y" <unfinished ...>\n'
     '2 syncfs(4</b>) = 0\n', True, True),
])
def test_trace__is_read_as_it_happened(trace: str, flushed: bool, named: bool) -> None:
    assert renames_of(trace) == [Renamed("/a/x", "/a/y", flushed, named)]
