"""`pipeline.opening`: one file in a child process, to its forms or to what is wrong with it."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from sketch import labels
from template_forms import GOOD
from workbooks import PNG, sheet_of, text_cell, xlsx, zipped

from pipeline.opening import Opened, kind_at, open_file, refused
from pipeline.read import Spotted
from pipeline.sandbox import each
from pipeline.signature import REASONS
from pipeline.template import write

CODES = {"encrypted": "F02", "foreign": "F03"}


def opened(folder: Path, data: bytes, name: str = "表.xlsx") -> Opened:
    (folder / name).write_bytes(data)
    return open_file((labels(), folder / name))


@pytest.mark.parametrize("reason", REASONS)
def test_refused__every_reason_has_its_rule_and_words(reason: str) -> None:
    (spotted,) = refused(reason, "PDF").spotted
    facts = (("kind", "PDF"),) if reason == "foreign" else (("reason", REASONS[reason]),)
    assert spotted == Spotted(CODES.get(reason, "F01"), facts=facts)


def encrypted() -> bytes:
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(xlsx(sheet_of(text_cell("A1", "甲"))))).encrypt("1234", target)
    return target.getvalue()


FILES = {
    "nothing": (b"", "F01", REASONS["empty"]), "text": ("甲,乙".encode(), "F01", REASONS["not_a_workbook"]),
    "cut off": (xlsx(sheet_of(text_cell("A1", "甲")))[:-99], "F01", REASONS["damaged"]),
    "encrypted": (encrypted(), "F02", REASONS["encrypted"]),
    "Word": (zipped({"word/document.xml": ""}), "F03", "Word"), "photo": (b"\xff\xd8\xff\xe0", "F03", "图片（JPG）"),
    "packed": (zipped({"表.xlsx": "x"}), "F03_ARCHIVE", "压缩包（ZIP）"),
    "packed otherwise": (b"Rar!\x1a\x07", "F03_ARCHIVE", "压缩包（RAR）"),
    "another table": (xlsx(sheet_of(text_cell("A1", "通知"))), "F04", "（看过的工作表：表1）"),
}


@pytest.mark.parametrize(("data", "rule", "words"), FILES.values(), ids=FILES)
@pytest.mark.parametrize("name", ["表.xlsx", "表.xls", "表"])
def test_open_file__what_is_no_form_is_told_by_content_not_by_name(tmp_path: Path, data: bytes, rule: str,
        words: str, name: str) -> None:
    found = opened(tmp_path, data, name)
    assert (found.forms, found.blank) == ((), False)
    assert [(spotted.rule, spotted.facts[0][1]) for spotted in found.spotted] == [(rule, words)]


def test_open_file__only_a_picture(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "图.xlsx") as book:
        book.add_worksheet("扫描").insert_image("A1", "图.png", {"image_data": io.BytesIO(PNG)})
    assert open_file((labels(), tmp_path / "图.xlsx")).spotted == (Spotted("F13", "扫描"),)


def test_open_file__blank_template_is_known(tmp_path: Path) -> None:
    write(tmp_path / "空表.xlsx")
    assert open_file((labels(), tmp_path / "空表.xlsx")) == Opened(blank=True)


def test_open_file__filled_template_is_read_whole_and_passes_between_processes(tmp_path: Path) -> None:
    write(tmp_path / "填好.xlsx", filled=GOOD)
    found = open_file((labels(), tmp_path / "填好.xlsx"))
    (form,) = found.forms
    assert (found.spotted, found.blank, form.spotted) == ((), False, [])
    assert [record["uscc"].text for record in form.blocks["members"]] == [record["uscc"] for record in GOOD["members"]]
    assert form.blocks["consortium"][0]["contact"].text == "王五"
    assert pickle.loads(pickle.dumps(found)) == found
    (outcome,) = each(open_file, [(labels(), tmp_path / "填好.xlsx")], workers=1)
    assert (outcome.fault, outcome.value) == ("", found)


def test_opening__loads_no_frame_library() -> None:
    """A child starts in milliseconds only as long as this module brings in none of them."""
    code = ("import pipeline.opening, sys; print(sorted({'polars', 'pandera', 'prefect', 'pandas', 'sqlalchemy', "
            "'openpyxl'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parent.parent, capture_output=True,
                          text=True, check=True)
    assert done.stdout == "[]\n"


def test_kind__is_told_with_the_reading_and_by_looking_again(tmp_path: Path) -> None:
    write(tmp_path / "填好.pdf", filled=GOOD)
    (tmp_path / "照片.xlsx").write_bytes(b"\xff\xd8\xff\xe0")
    assert [open_file((labels(), tmp_path / name)).kind for name in ("填好.pdf", "照片.xlsx")] == ["xlsx", None]
    assert [kind_at(tmp_path / name) for name in ("填好.pdf", "照片.xlsx")] == ["xlsx", ""]
