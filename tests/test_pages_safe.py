"""Pages show what bureaus wrote as text, fetch nothing, lead nowhere else, and are the same all day."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import polars as pl
import pytest
import register_tables
from page_text import Page
from pipeline.publish import pages
from schemas import call

NOW = datetime(2023, 9, 20, 8, 30, tzinfo=call.CHINA)
HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=//evil.example/x onerror=alert(2)>",
    "</style></title><svg onload=alert(3)>", "' onmouseover='alert(4)", "javascript:alert(5)",
    "{{ 7 * 191 }}{% include 'page.css' %}", "a\u0000b\u202ecod.exe", "&lt;b&gt;",
    "长" * 40_000, "x" * 5_000, "  ", "</td></tr></table></details>")
KEYS = ("submission_id", "consortium_id", "org_id", "finding_id", "status", "severity", "city", "state")
LINK = re.compile(r"#f\d+|(\.\./)?(%[0-9A-F]{2})+(/(%[0-9A-F]{2})+)?\.(html|xlsx)")
TAGS = set((
    "html head meta title style body main header footer section article h1 h2 h3 p dl div dt dd table "
    "caption thead tbody tr th td span strong small b ol ul li a abbr details summary figure figcaption "
    "svg desc defs pattern rect circle path line text button script").split())
ATTRIBUTES = set((
    "lang charset http-equiv content name class id role scope href style title colspan rowspan data-label "
    "aria-label aria-labelledby aria-hidden focusable viewbox width height x y x1 x2 y1 y2 cx cy r d fill "
    "text-anchor patternunits patterntransform preserveaspectratio type hidden data-copy").split())


OURS = {"报送回执.html": [], "报送情况.html": [
    (Path(pages.__file__).parent / "templates" / "copy.js").read_text("utf-8")]}


def scripts(page: Page) -> list[str]:
    """Every byte between the tags of each script."""
    return re.findall(r"<script[^>]*>(.*?)</script", page.source, re.S | re.I)


def digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def hostile() -> dict[str, pl.DataFrame]:
    """Every text column of every table filled with every hostile text in turn."""
    texts, filled = pl.Series(HOSTILE), {}
    for table, frame in register_tables.build(2).items():
        names = [name for name, dtype in frame.schema.items() if dtype == pl.String and name not in KEYS]
        filled[table] = frame.with_columns(
            texts.gather([(row + shift) % len(HOSTILE) for row in range(frame.height)]).alias(name)
            for shift, name in enumerate(names))
    return filled


def outbox(folder: Path, tables: dict[str, pl.DataFrame], now: datetime = NOW) -> list[Path]:
    """All pages, with the lists of problems that they lead to."""
    made = []
    for city in call.CITIES:
        made.append(folder / city.name / "报送回执.html")
        pages.receipt.write(tables, city.name, made[-1], call.DEADLINE, now)
        (folder / city.name / "问题清单.xlsx").touch()
    made.append(folder / "省级" / "报送情况.html")
    pages.board.write(tables, made[-1], call.DEADLINE, now)
    return made


def test_hostile_texts__are_shown_as_text(tmp_path):
    shown = ""
    for path in outbox(tmp_path, hostile()):
        page = Page(path)
        shown += page.text
        assert {tag for tag, _ in page.tags} <= TAGS
        assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
        assert scripts(page) == OURS[path.name]
        assert all(LINK.fullmatch(link) for link in page.links)
        assert {each["style"] for _, each in page.tags if "style" in each} <= {
            f"grid-area: {row} / {column}" for row in range(1, 5) for column in range(1, 6)}
        assert not re.search("[\0-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069]", page.source)
        assert "1337" not in page.source
    cut = "长" * 600 + "……（共 40000 字，以下略）"
    for text in (*HOSTILE[:6], "a\ufffdb\ufffdcod.exe", "&lt;b&gt;", HOSTILE[-1], cut):
        assert text in shown, text


def test_pages__need_nothing_from_elsewhere(tmp_path):
    for path in outbox(tmp_path, register_tables.build(3)):
        page = Page(path)
        assert "//" not in page.source and "@import" not in page.source
        assert re.findall(r"url\((?!#)", page.source) == []
        assert {tag for tag, _ in page.tags} <= TAGS
        policies = [each["content"] for _, each in page.tags if "http-equiv" in each]
        allowed = "".join(f"script-src 'sha256-{digest(script)}'; " for script in scripts(page))
        assert policies == [
            f"default-src 'none'; style-src 'unsafe-inline'; {allowed}base-uri 'none'; form-action 'none'"]


def test_links__lead_to_existing_files_and_places(tmp_path):
    for path in outbox(tmp_path, register_tables.build(3)):
        page = Page(path)
        named = {each["id"] for _, each in page.tags if "id" in each}
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in named
            else:
                assert (path.parent / unquote(link)).is_file(), link
        ids = [each["id"] for _, each in page.tags if "id" in each]
        assert len(ids) == len(set(ids))
    assert len({link for link in page.links if link.startswith("../")}) == len(call.CITIES)


def test_pages__can_be_read_by_ear(tmp_path):
    for path in outbox(tmp_path, register_tables.build(2)):
        page = Page(path)
        assert ("html", {"lang": "zh-CN"}) in page.tags
        headings = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        steps = [later - earlier for earlier, later in zip(headings, headings[1:], strict=False)]
        assert headings[0] == 1 and max(steps) <= 1
        ids = {each.get("id") for _, each in page.tags}
        for tag, each in page.tags:
            assert tag != "svg" or each.get("aria-hidden") == "true" or each["role"] == "img"
            assert set(each.get("aria-labelledby", "").split()) <= ids
            assert tag != "th" or each.get("scope") in ("col", "row")


def test_same_day_and_rows__give_the_same_bytes(tmp_path):
    built = register_tables.build(3)
    first = {path: path.read_bytes() for path in outbox(tmp_path, built)}
    shuffled = {name: frame.sample(fraction=1, shuffle=True, seed=7) for name, frame in built.items()}
    outbox(tmp_path, shuffled, NOW.replace(hour=23, minute=59))
    assert {path: path.read_bytes() for path in first} == first
    outbox(tmp_path, built, NOW + timedelta(days=1))
    assert [path for path in first if path.read_bytes() == first[path]] == []


@pytest.mark.parametrize(("at", "day"), [("2023-09-19T15:59:59+00:00", "2023年9月19日"),
                                         ("2023-09-19T16:00:00+00:00", "2023年9月20日")])
def test_day__is_that_of_china(tmp_path, at, day):
    pages.board.write(register_tables.empty(), tmp_path / "a.html", call.DEADLINE, datetime.fromisoformat(at))
    assert Page(tmp_path / "a.html").section("编制日期：", " ") == day
