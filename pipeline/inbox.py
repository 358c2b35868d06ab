"""The inbox as it stands at one moment: every file, which city's it is, and why some are not counted.

Nothing here opens, follows or changes anything: a look is a listing and each entry's own stat.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import translate
from functools import lru_cache
from pathlib import Path

from pipeline.errors import InboxUnavailable
from pipeline.layout import DECISIONS
from pipeline.watchdog import Watchdog
from schemas import call

# Stands for the city where none is known.
NO_CITY = "未识别城市"
_OPENED = "办公软件打开文件时的临时文件"
# Lower-case patterns in order: the first that fits gives the reason.
_LEFT_BEHIND = (
    ("~$*", _OPENED),
    (".~*", _OPENED),
    ("~wrl*", "办公软件的临时文件"),
    ("*.tmp", "临时文件"),
    ("thumbs.db", "系统文件"),
    ("desktop.ini", "系统文件"),
    ("__macosx", "系统文件"),
    (".ds_store", "系统文件"),
    ("._*", "系统文件"),
    (".*", "隐藏文件"),
    ("*.lnk", "快捷方式，不是文件本身"),
    ("readme*", "说明文件"),
)
# A group for each: one question to a name, and nearly every name fits none.
_PATTERNS = re.compile("|".join(f"({translate(pattern)})" for pattern, _ in _LEFT_BEHIND))
# Folders of system leftovers, listed as one entry.
_CLOSED_FOLDERS = (".", "__macosx")
_LINK = "链接，不是文件本身"
_SPECIAL = "不是普通文件"
# Categories that a screen shows as nothing or that reorder the line: control, format, surrogate, separators.
_UNSHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the inbox as seen once. `place` is what the system opens, `path` what people are shown."""

    path: str
    place: str
    size: int
    mtime_ns: int
    device: int
    inode: int
    ignored: str = ""
    changed_ns: int = 0

    @property
    def identity(self) -> int:
        """What tells it from another of its size and time: systems give a number that has come free to the next file.

        When anything about a file was last changed nobody can set; on a share without such a time it is always the
        same.
        """
        return self.inode << 64 | self.changed_ns & (1 << 64) - 1

    def same_as(self, later: os.stat_result) -> bool:
        """Still the same file with the same size and time."""
        return (self.size, self.mtime_ns, self.device, self.inode) == (
            later.st_size, later.st_mtime_ns, later.st_dev, later.st_ino)


@dataclass
class Listing:
    """Everything below the inbox; `closed` are the places (folders end in /) that could not be looked at."""

    looks: list[Look] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def look(inbox: Path) -> Listing:
    """List `inbox` without following links; InboxUnavailable if the inbox itself cannot be listed, or does not
    answer."""
    dog = Watchdog()
    (listing,) = dog.each(lambda place: _below(place, dog), [os.fspath(inbox)])
    listing.looks = _with_open_ones(listing.looks)
    listing.looks.sort(key=lambda one: one.path)
    return listing


def _below(inbox: str, dog: Watchdog) -> Listing:
    """Everything below the inbox, with a sign of life for each entry."""
    listing = Listing()
    folders = [(inbox, "")]
    while folders:
        folder, path = folders.pop()
        try:
            folders += _listed(folder, path, listing, dog)
        except OSError as error:
            if not path:
                raise InboxUnavailable("收件箱打不开（不是没有文件）。请检查收件文件夹是否存在、网络盘是否连接。") from error
            listing.closed.append(path)
    return listing


def _with_open_ones(looks: list[Look]) -> list[Look]:
    """The looks, with what a program's temporary file says of the file beside it: somebody may still be at it."""
    if not any(one.ignored == _OPENED for one in looks):
        return looks
    beside: dict[tuple[str, str], set[str]] = {}
    for folder, _, name in (one.path.rpartition("/") for one in looks if not one.ignored):
        # Of a long name, the mark has taken the place of the first one or two characters.
        for lost in range(3):
            beside.setdefault((folder, name[lost:]), set()).add(name)
    return [replace(one, ignored=_of_open_one(one, beside)) if one.ignored == _OPENED else one for one in looks]


def _of_open_one(one: Look, beside: Mapping[tuple[str, str], set[str]]) -> str:
    folder, _, name = one.path.rpartition("/")
    rest = name.removeprefix(".~lock.").removesuffix("#") if name.startswith(".~lock.") else name[2:]
    found = beside.get((folder, rest), set())
    found = found & {rest} or found
    return f"{one.ignored}，“{min(found)}”可能仍在编辑" if rest and len(found) == 1 else one.ignored


def is_decision(path: str) -> bool:
    """Whether what lies at a path under the inbox is the provincial centre's, and not a bureau's form."""
    return path.startswith(f"{DECISIONS}/")


def city_of(path: str) -> str | None:
    """The official name of the city that a path belongs to: outermost folder first, else the file's name."""
    folders, _, name = unicodedata.normalize("NFC", path).rpartition("/")
    return _city_of_folders(folders) or _city_named(os.path.splitext(name)[0])


# Thousands of files lie in a few folders.
@lru_cache(4096)
def _city_of_folders(folders: str) -> str | None:
    return next(filter(None, map(_city_named, folders.split("/"))), None)


def _city_named(part: str) -> str | None:
    city = call.city_named(part.strip())
    return city.name if city else None


def shown(name: str) -> str:
    """A file name as people see it: undecodable bytes and invisible characters escaped, none like another."""
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(map(_visible, name))


def _visible(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if unicodedata.category(char) not in _UNSHOWN:
        return char
    # os.fsdecode maps the undecodable byte 0x80 + n to U+DC80 + n.
    code = ord(char) - 0xDC00 if 0xDC80 <= ord(char) <= 0xDCFF else ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _listed(folder: str, path: str, listing: Listing, dog: Watchdog) -> list[tuple[str, str]]:
    """Add the files of one folder to `listing`; its own folders are left for later, as (place, path)."""
    below = []
    with os.scandir(folder) as entries:
        for entry in entries:
            dog.beat()
            seen_as = f"{path}{shown(entry.name)}"
            if entry.is_dir(follow_symlinks=False) and not entry.name.lower().startswith(_CLOSED_FOLDERS):
                below.append((entry.path, f"{seen_as}/"))
                continue
            try:
                listing.looks.append(_seen(entry, seen_as))
            except FileNotFoundError:
                continue
            except OSError:
                listing.closed.append(seen_as)
    return below


def _seen(entry: os.DirEntry, path: str) -> Look:
    found = entry.stat(follow_symlinks=False)
    return Look(path, entry.path, found.st_size, found.st_mtime_ns, found.st_dev, found.st_ino,
                _reason(entry.name, found.st_mode), found.st_ctime_ns)


def _reason(name: str, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return _LINK
    left_behind = _left_behind(name)
    if left_behind:
        return left_behind
    return "" if stat.S_ISREG(mode) else _SPECIAL


def _left_behind(name: str) -> str:
    found = _PATTERNS.match(name.lower())
    return _LEFT_BEHIND[found.lastindex - 1][1] if found and found.lastindex else ""
