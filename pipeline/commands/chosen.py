"""Which received file a command line means: the path as shown, or a name that fits exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath

from pipeline import layout
from pipeline.usage import WrongUsage

_MOST_NEAR = 5
_SIMILAR = 0.5


def paths_of(words: Sequence[str], known: Iterable[str]) -> list[str]:
    """The known path that each word means, without repeats; WrongUsage, naming what is near, for any other word."""
    held = list(dict.fromkeys(known))
    return list(dict.fromkeys(_path(word, held) for word in words))


def _path(word: str, held: Sequence[str]) -> str:
    plain = word if word in held else _plain(word)
    if plain in held:
        return plain
    found = [path for path in held if path.endswith(f"/{plain}") or PurePosixPath(path).stem == plain]
    if len(found) == 1:
        return found[0]
    if found:
        raise WrongUsage(f"“{word}”对应几个文件，请写全路径：{'、'.join(found[:_MOST_NEAR])}")
    near = _near(plain, held)
    raise WrongUsage(f"台账里没有“{word}”这个文件" + (f"，相近的有：{'、'.join(near)}" if near else ""))


def _plain(word: str) -> str:
    """A path as the shell completes it, or as Windows writes it, as the receipts show it."""
    plain = word.replace("\\", "/").removeprefix("./")
    before, inbox, below = plain.rpartition(f"{layout.INBOX}/")
    return below if inbox and (not before or before.endswith("/")) else plain


def _near(word: str, held: Sequence[str]) -> list[str]:
    by_name: dict[str, list[str]] = {}
    for path in held:
        by_name.setdefault(PurePosixPath(path).stem, []).append(path)
    names = get_close_matches(PurePosixPath(word).stem, by_name, _MOST_NEAR, _SIMILAR)
    within = [name for name in by_name if word in name and name not in names]
    return [path for name in (*names, *within) for path in by_name[name]][:_MOST_NEAR]
