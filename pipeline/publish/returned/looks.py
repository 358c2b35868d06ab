"""How 问题清单 looks: its cell formats, put into the workbook's own styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pipeline.publish.returned.known import known_by_bytes
from pipeline.publish.returned.styles import COLOURS, Styles, solid
from schemas.rule import SEVERITY_WORDS, Severity

_GREY = "FFD9D9D9"
_BLACK, _BLUE, _FAINT = "FF000000", "FF0563C1", "FFA6A6A6"
_SIDES = ("left", "right", "top", "bottom")
_BORDER = "".join(f'<{side} style="thin"><color auto="1"/></{side}>' for side in _SIDES)
_NO_BORDER = "".join(f"<{side}/>" for side in _SIDES)
# 49 is the text format: what is typed over a cell stays a text.
_FORMAT = (
    '<xf numFmtId="49" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" applyNumberFormat="1" '
    'applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
    '<alignment horizontal="{side}" vertical="center" wrapText="1"/></xf>'
)


class Look(NamedTuple):
    """Typeface and size of a cell's text, its alignment, whether it has borders, its colours."""

    face: str = "宋体"
    points: float = 10.5
    side: str = "left"
    bordered: bool = True
    fill: str = ""
    colour: str = _BLACK

    @property
    def font(self) -> str:
        """The font as an element of the styles part; what is blue is a link."""
        line = "<u/>" if self.colour == _BLUE else ""
        return (
            f'<font>{line}<sz val="{self.points:g}"/><color rgb="{self.colour}"/>'
            f'<name val="{self.face}"/><charset val="134"/></font>'
        )


LOOKS = {
    "title": Look("方正小标宋简体", 20, "center", bordered=False),
    "verdict": Look("黑体", 14, bordered=False),
    "plain": Look(bordered=False),
    "heading": Look("黑体", bordered=False),
    "header": Look("黑体", side="center", fill=_GREY),
    "text": Look(),
    "centre": Look(side="center"),
    "link": Look(colour=_BLUE),
    # For the machine; a clerk need not look at it.
    "number": Look(points=6, side="center", colour=_FAINT),
    SEVERITY_WORDS[Severity.ERROR]: Look("黑体", side="center", fill=COLOURS[Severity.ERROR]),
    SEVERITY_WORDS[Severity.WARNING]: Look(side="center", fill=COLOURS[Severity.WARNING]),
    SEVERITY_WORDS[Severity.NOTICE]: Look(side="center"),
}


# In a cell's colour of its own: put in where the sheet shows them, or every form would seem to have marked cells.
LEVELS = tuple(SEVERITY_WORDS[level] for level in COLOURS)


@known_by_bytes
def with_looks(data: bytes, levels: tuple[str, ...]) -> tuple[bytes, Mapping[str, int]]:
    """A styles part with the looks in it, of LEVELS those named, and the index of each among its cell formats."""
    styles = Styles(data, {})
    indexes = {name: _index(styles, look) for name, look in LOOKS.items() if name in levels or name not in LEVELS}
    return styles.result(), indexes


def _index(styles: Styles, look: Look) -> int:
    border = _BORDER if look.bordered else _NO_BORDER
    return styles.add(
        "cellXfs",
        _FORMAT.format(
            font=styles.add("fonts", look.font),
            fill=styles.add("fills", solid(look.fill)) if look.fill else 0,
            border=styles.add("borders", f"<border>{border}<diagonal/></border>"),
            side=look.side,
        ),
    )
