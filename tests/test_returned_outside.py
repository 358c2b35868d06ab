"""Returned forms in other hands: LibreOffice opens them, hard workbooks of other projects come through."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.opening import open_file
from pipeline.publish.returned.lines import entries_of
from pipeline.publish.returned.marking import marked
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.sheet import Page
from pipeline.publish.returned.workbook import Workbook
from pipeline.read import labels_of
from pipeline.sandbox import each
from pipeline.signature import Refused, kind_of
from schemas.form_2023 import FORM
from tests.returned_forms import SHEET, coloured, comments, demo, finding, judged, opened, parts, workbook

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
FILES = sorted(CORPUS.glob("*.xls?")) if CORPUS.is_dir() else []
# What is never handed back.
MACROS = re.compile(r"vba|macrosheets/|customUI/|webextensions/", re.IGNORECASE)
# What stands in the way of marking them, of those that can be opened.
REFUSED = {
    "poi__60825.xlsx": "a sheet without a part",
    "poi__picture.xlsx": "a control, a connection or a DDE link",
    "poi__sample-beta.xlsx": "no workbook of a known standard",
    "poi__duplicate-filename.xlsx": "two parts of one name, or too much",
    "poi__duplicate-filename-case-insensitive.xlsx": "two parts of one name, or too much",
    "poi__xlsx-corrupted.xlsx": "not well-formed",
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5265527465181184.xlsx": "a part is damaged",
    "poi__clusterfuzz-testcase-minimized-POIXSSFFuzzer-5937385319563264.xlsx": "a part is damaged",
}


def readable(paths: list[Path]) -> dict[Path, object]:
    """Path → what was read, for the files that a reader survives."""
    outcomes = each(open_file, [(labels_of(FORM), path) for path in paths], workers=2, timeout_seconds=20)
    return {
        path: outcome.value
        for path, outcome in zip(paths, outcomes, strict=True)
        if not outcome.fault and "F01" not in {spotted.rule for spotted in outcome.value.spotted}
    }


def is_xlsx(path: Path) -> bool:
    try:
        return kind_of(path.read_bytes()) == "xlsx"
    except Refused:
        return False


def mark(data: bytes) -> bytes:
    """Marks at three cells of every worksheet, one of them far out."""
    names = Workbook(Package(data)).worksheets
    rows = [finding(cell, sheet=name) for name in names for cell in ("A1", "C3", "Z40")]
    return marked(data, Page("", entries_of(rows)))


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="没有外部样本")
def test_workbooks_of_other_projects__lose_no_part_and_read_the_same(tmp_path: Path) -> None:
    before = readable([path for path in FILES if is_xlsx(path)])
    refused, answers = {}, {}
    for path in before:
        data = path.read_bytes()
        try:
            answer = mark(data)
        except Unmarkable as reason:
            refused[path.name] = str(reason)
            continue
        assert {name for name in parts(data) if not MACROS.search(name)} <= set(parts(answer)), path.name
        assert not any(map(MACROS.search, parts(answer))), path.name
        answers[tmp_path / path.name] = path
        (tmp_path / path.name).write_bytes(answer)
    assert refused == {
        name: reason for name, reason in REFUSED.items() if name in {path.name for path in before}
    }
    assert len(answers) >= 18
    after = readable(list(answers))
    assert [path.name for path in answers if path not in after] == []
    for path, original in answers.items():
        # Of a workbook without a form the reader says which sheets it saw.
        assert [spotted.rule for spotted in after[path].spotted] == [
            spotted.rule for spotted in before[original].spotted
        ]
        assert after[path].forms == before[original].forms


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="没有 LibreOffice")
def test_libreoffice__opens_saves_and_keeps_the_marks(tmp_path: Path) -> None:
    keys = ("盐城市/高效电机", "无锡/先进封装", "苏州市/第一批/细胞治疗.xls", "南通市/绿色智能船舶")
    given = {f"{place}.xlsx": judged(demo(key), tmp_path) for place, key in enumerate(keys)}
    for name, file in given.items():
        (tmp_path / name).write_bytes(file.answer())
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path / "saved"),
            *(str(tmp_path / name) for name in given),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    for name, file in given.items():
        answer, saved = (tmp_path / name).read_bytes(), (tmp_path / "saved" / name).read_bytes()
        assert workbook(saved).sheetnames == workbook(answer).sheetnames
        assert coloured(saved) == coloured(answer)
        assert {cell: text.split("\n")[0] for cell, text in comments(saved).items()} == {
            cell: text.split("\n")[0] for cell, text in comments(answer).items()
        }
        # LibreOffice forgets authors and hidden names; the marks are still known as ours.
        again = judged(saved, tmp_path)
        assert [form.blocks["members"][0]["name"].text for form in again.opened.forms] == [
            form.blocks["members"][0]["name"].text for form in file.opened.forms
        ]
        marked_again = again.answer()
        assert workbook(marked_again).sheetnames == workbook(answer).sheetnames
        assert workbook(marked_again).sheetnames.count(SHEET) == 1
        assert all(text.count("规则编号") == text.count("问题：") for text in comments(marked_again).values())
        assert opened(marked_again, tmp_path).forms == again.opened.forms
