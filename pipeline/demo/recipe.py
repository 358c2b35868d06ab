"""How one file of the demonstration is made: whose forms, in which layout and format, with which mess."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from pipeline.demo import workbook
from pipeline.demo.consortia import Filled, consortia, right_form
from pipeline.demo.mess import Mess
from pipeline.demo.shapes import Layout, draw
from pipeline.demo.sheet import Sheet
from pipeline.demo.touch import Touch
from schemas import call
from schemas.current import FORM
from schemas.register import Status

Make = Callable[[], bytes]
# Only forms that bureaus retyped with their cover have it.
_ON_THE_COVER = frozenset({"fill_date"})


@dataclass(frozen=True)
class Planned:
    """One file: its path under the inbox, what is in it, and what a run has to find.

    `rules` are the E and W rules by name (M05/E), none for a superseded form, which is not judged any more.
    `status` has one entry a form in the file, one for a file without a readable form.
    """

    file: str
    about: str
    day: datetime
    make: Make = field(repr=False)
    rules: frozenset[str] = frozenset()
    status: tuple[Status, ...] = ()

    @property
    def expected(self) -> frozenset[str]:
        """The codes of `rules`."""
        return frozenset(name.partition("/")[0] for name in self.rules)


@dataclass(frozen=True)
class Form:
    """One form of a file. Without a layout it is on the official template."""

    key: str
    mess: tuple[Mess, ...] = ()
    layout: Layout | None = None
    touches: tuple[Touch, ...] = ()
    sheet: str = FORM.sheet
    # Rules that this form raises only because of what other files hold.
    among: frozenset[str] = frozenset()

    @property
    def rules(self) -> frozenset[str]:
        """All E and W rules that the form raises."""
        abroad = any(member.uscc.startswith("境外") for member in consortia()[self.key].members)
        own = [entry.rules for entry in (*self.mess, *self.touches)]
        return self.among.union({"M03/W"} if abroad else (), *own)

    @property
    def status(self) -> Status:
        """What becomes of it."""
        if any(name.endswith("/E") for name in self.rules):
            return Status.RETURNED
        return Status.ACCEPTED_WITH_WARNINGS if self.rules else Status.ACCEPTED

    def filled(self) -> Filled:
        """What stands in it."""
        contents, rng = right_form(self.key), random.Random(f"mess {self.key}")
        for mess in self.mess:
            mess.apply(contents, rng)
        return contents

    def sheets(self) -> list[Sheet]:
        """The form drawn in its layout, and touched."""
        contents = self.filled()
        drawn = draw(contents, self.layout or Layout(), self.sheet)
        for touch in self.touches:
            touch.apply(drawn, contents)
        return drawn

    @property
    def about(self) -> str:
        """The consortium and what is wrong with its form."""
        told = [entry.about for entry in (*self.mess, *self.touches) if entry.about]
        return f"{consortia()[self.key].topic.subject}" + (f"（{'、'.join(told)}）" if told else "")


def planned(file: str, day: str, about: str, *forms: Form,
            write: Callable[[list[Sheet]], bytes] = workbook.xlsx,
            status: Status | None = None) -> Planned:
    """A file of these forms; `day` is month.day, `about` what is special about the file itself."""
    if len(forms) == 1 and forms[0].layout is None:
        make = _official(forms[0])
    else:
        def make() -> bytes:
            return write([sheet for form in forms for sheet in form.sheets()])
    words = "；".join(form.about for form in forms)
    rules = frozenset().union(*(form.rules for form in forms)) if status is None else frozenset()
    became = tuple(status or form.status for form in forms)
    return Planned(file, f"{words}：{about}", moment(day), make, rules, became)


def stray(file: str, day: str, about: str, make: Make, status: Status, *rules: str) -> Planned:
    """A file without a readable form."""
    return Planned(file, about, moment(day), make, frozenset(rules), (status,))


def moment(day: str) -> datetime:
    """Ten past nine on a day of the call."""
    month, number = day.split(".")
    return datetime(call.YEAR, int(month), int(number), 9, 10, tzinfo=call.CHINA)


def _official(form: Form) -> Make:
    return cache(lambda: official(form.filled()))


def official(filled: Filled | None) -> bytes:
    """The template, filled or blank."""
    # Not needed to say what is planned, which `status` and the tests do without building anything.
    from pipeline.template import write

    target = io.BytesIO()
    write(target, FORM, filled and _without_cover(filled))
    return target.getvalue()


def _without_cover(filled: Filled) -> Filled:
    """The contents that have a place on the template: its cover is a Word document."""
    singles = {field: content for field, content in filled["consortium"].items() if field not in _ON_THE_COVER}
    return {**filled, "consortium": singles}
