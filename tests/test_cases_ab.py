"""Fault cases A5, A19 and B21–B26, containers made to harm: each refused in its own words. See docs/faults.md."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sketch import labels
from workbooks import sheet_of, text_cell, xlsx, xlsx_parts, zipped

from pipeline.opening import open_file
from pipeline.signature import REASONS

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = xlsx_parts(sheet_of(text_cell("A1", "甲")))


def again(name: str) -> bytes:
    """The package with one more part of that name."""
    target = io.BytesIO(zipped(PLAIN))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, "<worksheet/>")
    return target.getvalue()


def overlapping() -> bytes:
    """Two parts of which the directory says that they begin at the same byte."""
    data = bytearray(zipped(PLAIN | {"xl/other1.xml": "<x/>" * 9, "xl/other2.xml": "<x/>" * 9}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as package:
        first = package.getinfo("xl/other1.xml").header_offset
    entry = data.rindex(b"xl/other2.xml") - 46
    data[entry + 42:entry + 46] = first.to_bytes(4, "little")
    return bytes(data)


def declaring(declaration: str) -> bytes:
    body = PLAIN[SHEET]
    return zipped(PLAIN | {SHEET: f'<?xml version="1.0"?>{declaration}{body}'})


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "A5 a part twice": (lambda: again(SHEET), "twice"),
    "A5 twice but for case": (lambda: again("XL/Worksheets/Sheet1.xml"), "twice"),
    "A5 twice but for slashes": (lambda: again(SHEET.replace("/", "\\")), "twice"),
    "A19 1,001 parts": (lambda: zipped(PLAIN | {f"xl/media/{n}.png": "" for n in range(1_001 - len(PLAIN))}), "parts"),
    "A19 257 sheets": (lambda: xlsx(*[sheet_of(text_cell("A1", "甲"))] * 257), "sheets"),
    "B21 swells a thousand times": (lambda: zipped(PLAIN | {"xl/media/1.bmp": bytes(40 << 20)}), "swells"),
    "B22 overlapping parts": (overlapping, "overlap"), "B23 entities": (lambda: declaring(LAUGHS), "declares"),
    "B24 entity from outside": (lambda: declaring(OUTSIDE), "declares"),
    "B25 any DOCTYPE": (lambda: declaring("<!DOCTYPE worksheet>"), "declares"),
    "B26 two cells at the ends": (lambda: xlsx(sheet_of(text_cell("A1", "甲"), text_cell("XFD1048576", "乙"))), "extent"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("make", "reason"), HARMFUL.values(), ids=HARMFUL)
def test_harmful_container__is_refused_in_its_own_words(tmp_path: Path, make: Callable[[], bytes], reason: str) -> None:
    (tmp_path / "表.xlsx").write_bytes(make())
    found = open_file((labels(), tmp_path / "表.xlsx"))
    (spotted,) = found.spotted
    assert (found.forms, spotted.rule) == ((), "F01")
    assert dict(spotted.facts)["reason"].startswith(REASONS[reason][:8])


def test_thousand_parts__are_not_too_many(tmp_path: Path) -> None:
    full = PLAIN | {f"xl/media/{n}.png": "" for n in range(1_000 - len(PLAIN))}
    (tmp_path / "表.xlsx").write_bytes(zipped(full))
    assert [spotted.rule for spotted in open_file((labels(), tmp_path / "表.xlsx")).spotted] == ["F04"]
