"""A sealed folder proves itself: the list sha256sum reads, what is missing, changed, additional, and the 封存码."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.sealing import proof
from pipeline.sealing.proof import LIST, MATTERS, NOTE, NotSealed, Proof

FILES = {"结果/名录.xlsx": b"register", "原件/abc.xlsx": b"form", "台账/a\\b.csv": b"ledger", MATTERS: "封存说明\r\n".encode()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder sealed by hand."""
    made = tmp_path / "封存"
    for name, content in FILES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(content)
    manifest = proof.listed({name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()})
    (made / LIST).write_bytes(manifest)
    (made / NOTE).write_bytes(proof.note(FILES[MATTERS], proof.code_of(manifest)))
    return made


def code(folder: Path) -> str:
    return hashlib.sha256((folder / LIST).read_bytes()).hexdigest()


def test_untouched__holds(folder: Path) -> None:
    found = proof.verify(folder)
    assert found == Proof(code(folder), 4, (), (), ())
    assert proof.in_words(found) == ["核验通过：4 个文件都与封存时相同。", f"封存码：{code(folder)}"]


def test_copied_elsewhere__holds_with_the_same_code(folder: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(folder, tmp_path / "移动硬盘" / "另一个名字")
    assert proof.verify(copied) == Proof(code(folder), 4, (), (), ())


def test_list__is_read_by_sha256sum(folder: Path) -> None:
    done = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", LIST], cwd=folder, capture_output=True,
                          check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_missing_changed_additional__are_named(folder: Path) -> None:
    (folder / "结果/名录.xlsx").unlink()
    (folder / "原件/abc.xlsx").write_bytes(b"fork")
    (folder / "结果/新.txt").write_bytes(b"")
    found = proof.verify(folder)
    assert found == Proof(code(folder), 2, ("结果/名录.xlsx",), ("原件/abc.xlsx",), ("结果/新.txt",))
    assert proof.in_words(found) == [
        "缺少：结果/名录.xlsx", "内容已改动：原件/abc.xlsx", "多出：结果/新.txt", "核验不通过：缺少 1 个，改动 1 个，多出 1 个。",
        f"封存码：{code(folder)}"]


def test_link_in_place_of_a_file__is_a_change(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(FILES["原件/abc.xlsx"])
    (folder / "原件/abc.xlsx").unlink()
    (folder / "原件/abc.xlsx").symlink_to(tmp_path / "elsewhere")
    assert proof.verify(folder).changed == ("原件/abc.xlsx",)


@pytest.mark.parametrize(("tamper", "missing", "changed"), [
    (lambda note: note.unlink(), (NOTE,), ()), (lambda note: note.write_bytes(note.read_bytes() + b"x"), (), (NOTE,))])
def test_note__must_be_there_and_as_sealed(folder: Path, tamper, missing, changed) -> None:
    tamper(folder / NOTE)
    found = proof.verify(folder)
    assert (found.missing, found.changed, found.holds) == (missing, changed, False)


def test_list_made_anew_over_changed_files__has_another_code(folder: Path) -> None:
    before = code(folder)
    (folder / "原件/abc.xlsx").write_bytes(b"fork")
    manifest = proof.listed({name: proof.digest(folder / name) for name in FILES})
    (folder / LIST).write_bytes(manifest)
    (folder / NOTE).write_bytes(proof.note(FILES[MATTERS], proof.code_of(manifest)))
    found = proof.verify(folder)
    assert found.holds and found.code != before


def test_names_in_another_unicode_form__are_the_same(folder: Path) -> None:
    (folder / "结果/é.txt").write_bytes(b"1")
    manifest = proof.listed({name: proof.digest(folder / name) for name in (*FILES, "结果/é.txt")})
    (folder / LIST).write_bytes(manifest)
    (folder / NOTE).write_bytes(proof.note(FILES[MATTERS], proof.code_of(manifest)))
    (folder / "结果/é.txt").rename(folder / "结果/e\u0301.txt")
    assert proof.verify(folder).holds


@pytest.mark.parametrize(("content", "sentence"), [
    (None, f"“封存”里没有“{LIST}”，不是封存的文件夹，或清单已丢失，无法核验"),
    (b"abc", f"“{LIST}”的内容读不懂，可能已损坏，无法核验"), (b"", f"“{LIST}”的内容读不懂，可能已损坏，无法核验")])
def test_no_list_that_can_be_understood__is_told(folder: Path, content: bytes | None, sentence: str) -> None:
    (folder / LIST).unlink()
    if content is not None:
        (folder / LIST).write_bytes(content)
    with pytest.raises(NotSealed) as told:
        proof.verify(folder)
    assert str(told.value) == sentence
    assert told.value.exit_code == 1
