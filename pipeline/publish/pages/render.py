"""A page from its template: what is shown is escaped, made visible, cut; nothing is fetched."""

from __future__ import annotations

import os
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.publish.atomic import replacing
from pipeline.publish.celltext import shown
from pipeline.publish.pages.due import in_words
from schemas import call

# Longer than any sentence of ours; what bureaus wrote stands in full in their own files.
LONGEST = 600
# Pieces of a page, most of them words, that are written together.
_PIECES = 1_000


def write(template: str, target: Path, **facts: Any) -> None:
    """Write the page in one step; same facts, same bytes."""
    page = _environment().get_template(template).stream(facts)
    # A page of thousands of forms is never held as a whole.
    page.enable_buffering(_PIECES)
    with replacing(target) as aside:
        page.dump(os.fspath(aside), encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.publish.pages"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, finalize=legible)
    environment.filters.update(moment=_moment, minute=_minute, day=_day)
    return environment


def legible(value: Any) -> Any:
    """What is put in place of each value of a template, before it is escaped."""
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    left_out = f"……（共 {len(value)} 字，以下略）" if len(value) > LONGEST else ""
    return shown(value[:LONGEST]) + left_out


def _moment(value: datetime | None) -> str:
    return f"{value.astimezone(call.CHINA):%Y-%m-%d %H:%M:%S}" if value else ""


def _minute(value: datetime | None) -> str:
    return f"{value.astimezone(call.CHINA):%Y-%m-%d %H:%M}" if value else ""


def _day(value: date) -> str:
    return in_words(value)
