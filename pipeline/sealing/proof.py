"""A sealed folder: its list of hashes in the shape of sha256sum, its 封存码, and the proof that nothing was changed."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline import exits
from pipeline.errors import RunError

LIST = "封存清单.sha256"
NOTE = "封存说明.txt"
# What the note says but for its last line: that line is made from the list, in which this file stands.
MATTERS = "封存事项.txt"
MOST_NAMED = 200
_CODE_LINE = "封存码：{}\r\n"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64}) [ *](.+)", re.S)
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}


class NotSealed(RunError):
    """The folder has no list of hashes that can be understood."""

    exit_code = exits.FLAWED


class Proof(NamedTuple):
    """What a check found: the 封存码, how many files are as they were, and the others by name (under the folder)."""

    code: str
    right: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    additional: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the folder is as it was sealed."""
        return not (self.missing or self.changed or self.additional)


def digest(file: Path) -> str:
    """SHA-256 of a file's bytes in 64 hex digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def listed(hashes: Mapping[str, str]) -> bytes:
    """The list for names (under the folder) and hashes, as `sha256sum --check` reads it."""
    return b"".join(_line(name, hashes[name]) for name in sorted(hashes))


def code_of(manifest: bytes) -> str:
    """The 封存码: SHA-256 of the list."""
    return hashlib.sha256(manifest).hexdigest()


def note(matters: bytes, code: str) -> bytes:
    """封存说明.txt: the matters, then the code."""
    return matters + _CODE_LINE.format(code).encode()


def verify(folder: Path) -> Proof:
    """Compare every file of `folder` with its list; NotSealed without one. Names are compared in one Unicode form."""
    manifest = _manifest(folder)
    expected, code = _read(manifest), code_of(manifest)
    found = {_folded(name): path for name, path in _files(folder)}
    for name in (LIST, NOTE):
        found.pop(name, None)
    missing = [name for name in expected if _folded(name) not in found]
    changed = [name for name, right in expected.items() if _folded(name) in found
               and not _is(found[_folded(name)], right)]
    told = {_folded(name) for name in expected}
    additional = sorted(name for name in found if name not in told)
    if not (folder / NOTE).is_file():
        missing.append(NOTE)
    elif MATTERS in expected and MATTERS not in (*missing, *changed) and (
            folder / NOTE).read_bytes() != note((folder / MATTERS).read_bytes(), code):
        changed.append(NOTE)
    return Proof(code, len(expected) - len(missing) - len(changed), tuple(missing), tuple(changed), tuple(additional))


def in_words(proof: Proof) -> list[str]:
    """What was found, file by file, then the 封存码."""
    named = [f"{word}：{name}" for word, names in (
        ("缺少", proof.missing), ("内容已改动", proof.changed), ("多出", proof.additional)) for name in names]
    if len(named) > MOST_NAMED:
        named[MOST_NAMED:] = [f"……另有 {len(named) - MOST_NAMED} 个"]
    verdict = (f"核验通过：{proof.right} 个文件都与封存时相同。" if proof.holds else
               f"核验不通过：缺少 {len(proof.missing)} 个，改动 {len(proof.changed)} 个，多出 {len(proof.additional)} 个。")
    return [*named, verdict, f"封存码：{proof.code}"]


def _manifest(folder: Path) -> bytes:
    try:
        return (folder / LIST).read_bytes()
    except OSError as error:
        raise NotSealed(f"“{folder.name}”里没有“{LIST}”，不是封存的文件夹，或清单已丢失，无法核验") from error


def _read(manifest: bytes) -> dict[str, str]:
    expected = {}
    for line in manifest.removesuffix(b"\n").split(b"\n"):
        parts = _LINE.fullmatch(line)
        if parts is None:
            raise NotSealed(f"“{LIST}”的内容读不懂，可能已损坏，无法核验")
        escaped, right, name = parts.groups()
        if escaped:
            name = re.sub(rb"\\[\\nr]", lambda pair: _ESCAPES[pair[0]], name)
        expected[os.fsdecode(name)] = right.decode()
    return expected


def _line(name: str, right: str) -> bytes:
    # A name in which something is escaped is marked by a backslash before the line.
    plain = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return (b"" if plain == name else b"\\") + f"{right}  ".encode() + os.fsencode(plain) + b"\n"


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Everything below that is no folder; links are not followed."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            yield path.relative_to(folder).as_posix(), path


def _is(path: Path, right: str) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and digest(path) == right
    except OSError:
        return False


def _folded(name: str) -> str:
    """A name as every file system can give it back: some store accents and the like in another form."""
    return unicodedata.normalize("NFC", name)
