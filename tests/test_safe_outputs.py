"""Whatever stands in a form, no output of a run lets it act: every workbook, CSV and page is opened again."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from pipeline.report import in_markdown
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA
from schemas.form_2023 import FORM
from tests import hostile
from tests.page_text import Page
from tests.test_pages_safe import ATTRIBUTES, LINK, TAGS

MOMENT = datetime(2023, 9, 20, 2, tzinfo=CHINA)
FORMULA = re.compile(r"<(?:\w+:)?f(?:\s[^>]*)?>([^<]*)<")
OUTSIDE = re.compile(r'<Relationship\s[^>]*TargetMode="External"[^>]*>')
TARGET = re.compile(r'Target="(?:\.\.[\\/]|file:///\.\.[\\/])?(?:\.\.[\\/])?[^"\\/:]+市[\\/]退改[\\/][^"\\/]*"')
HARMFUL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
NUMBER = re.compile(r"\s*[+\-＋－]?\d[\d,]*(\.\d+)?([eE][+\-]?\d+)?%?\s*|[\-－]+")


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Workspace, object]:
    """A workspace after a run over hostile forms, and the run's summary."""
    workspace = Workspace(tmp_path_factory.mktemp("hostile"))
    workspace.create()
    hostile.fill(workspace)
    return workspace, run(workspace, Settings(second_look_seconds=0), MOMENT)


def workbooks(workspace: Workspace) -> list[Path]:
    return sorted(workspace.outbox.rglob("*.xlsx"))


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name).decode("utf-8") for name in package.namelist()
                if name.endswith((".xml", ".rels", ".vml"))}


def official() -> set[str]:
    """The official template's own formulas, without the numbers of rows."""
    made = io.BytesIO()
    from pipeline.template import write

    write(made, filled={"members": [{"name": "甲"}]})
    with zipfile.ZipFile(made) as package:
        return {re.sub(r"\d+", "", formula) for name in package.namelist() if "worksheets/sheet" in name
                for formula in FORMULA.findall(package.read(name).decode())}


@pytest.mark.slow
def test_run_over_hostile_forms__answers_every_one(ran) -> None:
    workspace, summary = ran
    submissions = pl.read_parquet(workspace.data_outbox / "submissions.parquet")
    assert submissions["file"].n_unique() == len(hostile.FILES) * 2 + 3
    assert (summary.unreadable, summary.admitted >= 3) == (0, True)


@pytest.mark.slow
def test_workbooks__hold_no_formula_and_no_link_of_a_cell(ran) -> None:
    own = official()
    for path in workbooks(ran[0]):
        returned = path.parent.name == "退改"
        for name, part in parts(path).items():
            formulas = {re.sub(r"\d+", "", found)
                        for found in FORMULA.findall(part)} if "worksheets/" in name else set()
            assert formulas <= (own if returned else set()), (path, name)
            outside = OUTSIDE.findall(part)
            assert not (outside and returned), (path, name)
            assert all(TARGET.search(link) for link in outside), (path, outside)
            assert "ddeLink" not in part and "vbaProject" not in part
        book = openpyxl.load_workbook(path)
        if returned and FORM.answer_sheet in book.sheetnames:
            assert all(cell.data_type != "f" for row in book[FORM.answer_sheet].iter_rows() for cell in row)


@pytest.mark.slow
def test_workbooks__show_hostile_texts_as_texts(ran) -> None:
    shown = ""
    for path in workbooks(ran[0]):
        if path.parent.name != "退改":
            for sheet in openpyxl.load_workbook(path).worksheets:
                texts = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
                assert [text for text in texts if HARMFUL.search(text)] == []
                assert max(map(len, texts), default=0) <= 32_767
                shown += "\n".join(texts)
    for text in ("=cmd|'/c calc'!A1", "http://evil.example/x", "\\\\evil.example\\share\\a",
                 "<script>alert(1)</script>",
                 "a\ufffdb\ufffd", "𠮷豈\ufa0e", "单元格放不下"):
        assert text in shown, text


@pytest.mark.slow
def test_csv__has_no_lead_character_that_a_spreadsheet_executes(ran) -> None:
    checked = 0
    for path in sorted(ran[0].outbox.rglob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                for text in row:
                    assert not HARMFUL.search(text), path
                    assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", text) or NUMBER.fullmatch(text), (path, text)
                    checked += text.startswith("'=")
    assert checked > 10


@pytest.mark.slow
def test_pages__have_only_our_tags_and_links(ran) -> None:
    for path in sorted(ran[0].outbox.rglob("*.html")):
        page = Page(path)
        assert {tag for tag, _ in page.tags} <= TAGS, path
        assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES, path
        assert [link for link in page.links if not LINK.fullmatch(link)] == [], path
        assert "1337" not in page.source
        assert not HARMFUL.search(page.source)


@pytest.mark.slow
def test_artifact__is_numbers_and_our_own_names(ran) -> None:
    told = in_markdown(ran[1])
    assert not re.search(r"evil|alert|1337|calc|script|\.xls\b", told)
    assert not HARMFUL.search(told)
