"""The texts of reminders on the board, and the script by which a button copies one: a part of the page, no network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from schemas.season import CITY_STATE_WORDS, CityState

if TYPE_CHECKING:
    from pipeline.reminders import Reminder

_TO_ALL = "工作群通知（各市合在一起）"
_VERIFY = "已入库，有需核实项"


class Letter(NamedTuple):
    """One text to be copied; `key` names its place in the page, `lines` are its paragraphs."""

    key: str
    to: str
    about: str
    lines: Sequence[str]


class Script(NamedTuple):
    """The page's only script, and the digest by which its policy lets it run."""

    source: Markup
    digest: str


def letters(together: Sequence[str], told: Sequence[Reminder]) -> list[Letter]:
    """First what all are told `together`, then each bureau's own."""
    to_all = [Letter("letter-all", _TO_ALL, "", together)] if together else []
    return to_all + [Letter(f"letter-{one.city.code}", one.city.name, _about(one), one.lines) for one in told]


def _about(one: Reminder) -> str:
    return _VERIFY if one.state == CityState.CLEAN else CITY_STATE_WORDS[one.state]


@cache
def script() -> Script:
    """The script as it stands in the page: what the browser digests is every byte between the tags."""
    source = (files("pipeline.publish.pages") / "templates" / "copy.js").read_text("utf-8")
    return Script(Markup(source), base64.b64encode(hashlib.sha256(source.encode()).digest()).decode())
