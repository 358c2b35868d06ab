"""Hard workbooks beside good forms: one clear answer each, and the good forms' answers stay as they are, by the
byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.run import run
from pipeline.settings import Settings
from tests.faults.corpus import FIRST_NIGHT, GOOD, Answer, _unclear, beside, good_workspace, of_the_good
from tests.workbooks import ods, record, xls, xlsx, zipped

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
HARD = {
    "empty": b"", "zeros": bytes(5_000), "text.xls": "甲,乙\n".encode("gb18030"),
    "page.xls": b"<html><table><tr><td>1</table>",
    "picture.png": b"\x89PNG\r\n\x1a\n", "cut.xlsx": xlsx("<sheetData/>")[:-40],
    "no sheet.xlsx": zipped({"xl/workbook.xml": "<workbook/>"}),
    "far.xlsx": xlsx('<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    "doctype.xlsx": xlsx('<!DOCTYPE x [<!ENTITY a "b">]><sheetData/>'),
    "blank.ods": ods('<table:table table:name="a"/>'),
    "repeated.ods": ods(
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="many"/></table:table>'),
    "circle.xls": xls(b"")[:76] + bytes(436) + xls(b"")[512:], "long.xls": xls(record(0x0204, b"\xff" * 8_000)),
}


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> dict[str, str]:
    """What the good forms are answered when they are alone."""
    workspace = good_workspace(tmp_path_factory.mktemp("good"))
    assert run(workspace, Settings.of(workspace), FIRST_NIGHT).admitted == GOOD
    return of_the_good(workspace)


@pytest.mark.slow
def test_hard_files__change_nothing_for_their_neighbours(tmp_path, right) -> None:
    paths = [tmp_path / name for name in HARD]
    for path in paths:
        path.write_bytes(HARD[path.name])
    batch = beside(paths, right)
    assert batch.wrong == []
    assert {Path(name).name: answer.split()[0]
            for name, answer in batch.answers.items()} == dict.fromkeys(HARD, "unreadable")


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_corpus__changes_nothing_for_its_neighbours(right) -> None:
    files = sorted(CORPUS.glob("*.[xo]*"))
    batch = beside(files, right)
    assert batch.wrong == []
    assert set(batch.answers) == set(map(str, files))


def test_change_for_a_good_form__is_told(right) -> None:
    batch = beside([], right | {"南京市/报送回执.html": "0", "members": "0"})
    assert batch.wrong == ["changed for a good form: members", "changed for a good form: 南京市/报送回执.html"]


@pytest.mark.parametrize(("codes", "sentence", "told"), [
    (("unreadable", "F01"), "文件打不开，请重新保存。", []),
    (("unreadable",), "", ["not one reason but ()"]),
    (("unreadable", "F01", "F02"), "", ["not one reason but ('F01', 'F02')"]),
    (("returned", "F04"), "“no such file found”不对", []),
    (("returned",), "no such file found", ["foreign words: no such file found"]),
    (("returned",), "见 /var/x/a.xlsx", ["foreign words: 见 /var/x/a.xlsx"]),
])
def test_unclear_answers__are_told(codes, sentence, told) -> None:
    assert list(_unclear(Answer(codes, (sentence,)), "/var/x")) == told
