"""What a file can do to a run: to its reader, to our marking of it, to the other cities — and to the machine."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from dropping import ZIP, created, drop, paths, take
from sketch import labels
from template_forms import GOOD, bytes_of
from test_unchanged import RECEIPT
from workbooks import sheet_of, text_cell, xlsx

from pipeline import portions
from pipeline.held import head_of
from pipeline.intake import BEYOND
from pipeline.opening import open_file, open_packed, refused
from pipeline.portions import Portion
from pipeline.publish import handed_back, returned
from pipeline.publish.handed_back import Answer, Marking, Moving
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"


def broken_on(item: object) -> bytes:
    """A first reader that dies of a file with this text in its name."""
    if "panic" in item[1].name:
        os.abort()
    return open_packed(item)


def dropped(folder: Path, name: str, data: bytes):
    place = folder / name
    place.write_bytes(data)
    return replace(RECEIPT, path=name, original=place, size=len(data))


def test_crash_of_the_first_reader__is_made_good_by_the_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "open_packed", broken_on)
    receipts = (dropped(tmp_path, "panic.xlsx", bytes_of()), dropped(tmp_path, "good.xlsx", bytes_of()),
                dropped(tmp_path, "panic.xls", b"\xff\xd8\xff"))
    readings = portions.read(Portion(receipts), Settings())
    assert [(one.blank, [spotted.rule for spotted in one.spotted]) for one in readings] == [
        (True, []), (True, []), (False, ["F03"])]


def test_crash_of_both_readers__is_told_and_may_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "open_packed", broken_on)
    monkeypatch.setattr(portions, "open_again", broken_on)
    receipts = (dropped(tmp_path, "panic.xlsx", bytes_of()), dropped(tmp_path, "good.xlsx", bytes_of()))
    readings = portions.read(Portion(receipts), Settings())
    assert [one.spotted for one in readings] == [refused("crashed").spotted, ()]
    assert portions.broken(readings) == [RECEIPT.sha256]


def answers(folder: Path, *names: str) -> list[Answer]:
    found = []
    for name in names:
        (folder / name).write_bytes(bytes_of(GOOD))
        opened = open_file((labels(), folder / name))
        found.append(Answer(folder / name, tuple(map(head_of, opened.forms)), [], "好。", folder / "退改" / name))
    return found


def breaks_on_second(marking: Marking) -> bytes | None:
    """Marking that dies of one file."""
    if marking.original.name == "2.xlsx":
        os.abort()
    return Marking.bytes(marking)


def breaks(item: object) -> bytes:
    os.abort()


def test_marking_that_breaks__costs_one_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                               caplog: pytest.LogCaptureFixture) -> None:
    wanted = answers(tmp_path, "1.xlsx", "2.xlsx", "3.xlsx")
    handed_back._write(wanted)
    usual = [answer.target.read_bytes() for answer in wanted]
    monkeypatch.setattr(Marking, "bytes", breaks_on_second)
    with caplog.at_level(logging.WARNING):
        handed_back._write(wanted)
    assert [answer.target.read_bytes() for answer in (wanted[0], wanted[2])] == [usual[0], usual[2]]
    moved = wanted[1].target.read_bytes()
    assert moved == Moving.of(wanted[1]).bytes() != usual[1]
    assert [record.getMessage() for record in caplog.records] == ["一份退改表没有按通常方式生成，改用其他方式：SIGABRT"]


def test_marking_and_moving_that_break__leave_the_list_and_a_template(tmp_path: Path,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    (answer,) = answers(tmp_path, "1.xlsx")
    monkeypatch.setattr(Marking, "bytes", breaks)
    monkeypatch.setattr(Moving, "bytes", breaks)
    handed_back._write([answer])
    assert answer.target.read_bytes() == returned.blank(returned.subject(answer.forms), [], "好。")


def test_city_that_floods_the_inbox__keeps_no_other_waiting(tmp_path: Path) -> None:
    workspace = created(tmp_path)
    for number in range(5):
        drop(workspace, f"南京市/{number}.xlsx", ZIP + bytes(number))
    drop(workspace, "苏州市/表.xlsx")
    drop(workspace, "省级裁定/待核清单.xlsx")
    settings = Settings(second_look_seconds=0, nightly_files=2)
    first = take(workspace, settings=settings)
    assert sorted(paths(first)) == ["南京市/0.xlsx", "南京市/1.xlsx", "省级裁定/待核清单.xlsx", "苏州市/表.xlsx"]
    assert first.reasons == dict.fromkeys(["南京市/2.xlsx", "南京市/3.xlsx", "南京市/4.xlsx"], BEYOND)
    assert take(workspace, settings=settings).waiting == ["南京市/4.xlsx"]
    assert take(workspace, settings=settings).waiting == []


def test_city_that_fills_the_disk__waits_with_the_rest(tmp_path: Path) -> None:
    workspace = created(tmp_path)
    for number in range(3):
        drop(workspace, f"南京市/{number}.xlsx", ZIP + bytes(700_000))
    drop(workspace, "苏州市/表.xlsx", ZIP + bytes(2_000_000))
    taken = take(workspace, settings=Settings(second_look_seconds=0, nightly_mb=1))
    assert (taken.waiting, len(taken.receipts)) == (["南京市/1.xlsx", "南京市/2.xlsx"], 2)


WATCHED = """
import sys
from pathlib import Path
from sketch import labels
from pipeline.opening import open_again, open_packed
from pipeline.sandbox import each
files = [(labels(), Path(name)) for name in sys.argv[1:]]
for function in (open_packed, open_again):
    print([outcome.fault for outcome in each(function, files, workers=1)])
"""
# Attacks, both readers, all formats.
WATCHED_FILES = ("openspout__attack_billion_laughs.xlsx", "poi__xlmmacro.xlsm", "poi__picture.xlsx", "poi__51535.xls",
                 "poi__64420.xlsm", "python-calamine__password.ods")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not here")
def test_child__connects_to_nothing_starts_nothing_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(xlsx(sheet_of(text_cell("A1", "=HYPERLINK(&quot;http://a.b&quot;)"))))
    files = [path for name in WATCHED_FILES if (path := CORPUS / name).exists()] + [tmp_path / "表.xlsx"]
    # A socket's address has 107 bytes; pytest's own folders are too deep for it.
    scratch = Path(tempfile.mkdtemp(prefix="watched-"))
    where = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]), "TMPDIR": str(scratch)}
    subprocess.run(["strace", "-ff", "-qq", "-e", "trace=connect,execve,openat,open,creat,unlink,rename,mkdir", "-o",
                    tmp_path / "trace", sys.executable, "-c", WATCHED, *files],
                   env=os.environ | where, check=True, capture_output=True, timeout=120)
    shutil.rmtree(scratch)
    # A child is a process that opens one of the files.
    traces = [path.read_text("utf-8", errors="replace") for path in tmp_path.glob("trace.*")]
    children = [trace for trace in traces if "表.xlsx" in _unescaped(trace) and "execve(" not in trace]
    assert len(children) == 2
    for trace in children:
        assert re.findall(r"^(?:execve|creat|rename|unlink|mkdir)\(.*", trace, re.M) == []
        connected = re.findall(r"^connect\(.*", trace, re.M)
        written = [line for line in re.findall(r"^open.*", trace, re.M) if re.search("O_WRONLY|O_RDWR|O_CREAT", line)]
        assert connected == []
        assert [line for line in written if "/dev/null" not in line and str(scratch) not in line] == []


def _unescaped(trace: str) -> str:
    return re.sub(r"((?:\\[0-7]{1,3})+)", lambda run: bytes(
        int(one, 8) for one in run[1].split("\\")[1:]).decode("utf-8", "replace"), trace)
