"""What is done quickly for thousands of forms comes to the same as what is done slowly for an odd one."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.preflight.checksums import CELLS
from pipeline.publish import returned
from pipeline.publish.handed_back import Marking
from pipeline.publish.returned import archive
from pipeline.publish.returned.archive import Archive, Member, Writer
from pipeline.publish.returned.package import Package
from pipeline.publish.returned.scan import Unmarkable
from pipeline.publish.returned.styles import has_ours
from tests.returned_forms import demo, judged
from tests.test_returned_archive import CHANGED, LEFT_ALONE, packed, raw, saved

FORMS = ("无锡/先进封装", "南京市/江宁两家合报", "南通市/绿色智能船舶")


def with_comment() -> bytes:
    """An archive with something behind its directory."""
    given = io.BytesIO(packed())
    with zipfile.ZipFile(given, "a") as package:
        package.comment = "说明".encode()
    return given.getvalue()


def with_extra() -> bytes:
    """An archive whose directory says more of one entry."""
    given = io.BytesIO(packed())
    with zipfile.ZipFile(given, "a") as package:
        more = zipfile.ZipInfo("xl/media/a.bin")
        more.extra = b"\xfe\xca\x02\x00ab"
        package.writestr(more, b"a")
    return given.getvalue()


def outcome(data: bytes) -> bytes | None:
    """A package with one part changed, None if it cannot be."""
    try:
        return saved(data)
    except Unmarkable:
        return None


@pytest.mark.parametrize(("make", "here"), [
    (packed, True), (lambda: packed(zipfile.ZIP_STORED), True), (lambda: packed(stream=True), True),
    (lambda: packed(name="{}（附件）"), True), (lambda: packed(zipfile.ZIP_LZMA), True), (with_comment, False),
    (with_extra, False), (lambda: b"MZ" * 50 + packed(), False), (lambda: packed() + b"\0", False),
], ids=["deflated", "stored", "sizes behind the data", "Chinese names", "lzma", "comment", "extra",
"something before", "after"])
def test_directory__is_read_as_zipfile_reads_it(make: Callable[[], bytes], here: bool) -> None:
    given = make()
    found = archive._listed(given)
    assert (found is not None) == here
    slowly = [Member.of(info)._replace(info=None) for info in zipfile.ZipFile(io.BytesIO(given)).infolist()]
    assert [member._replace(info=None) for member in Archive(given).entries] == slowly


def test_damage_anywhere__is_found_whoever_reads_the_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    given, dice = packed(), random.Random(7)
    at_directory = given.index(b"PK\x01\x02")
    places = [dice.randrange(at_directory) for _ in range(60)] + [dice.randrange(at_directory, len(given))
                                                                  for _ in range(240)]
    mutants = []
    for place in places:
        changed = bytearray(given)
        changed[place] ^= 1 << dice.randrange(8)
        mutants.append(bytes(changed))
    quickly = list(map(outcome, mutants))
    monkeypatch.setattr(archive, "_listed", lambda raw: None)
    assert [place for place, one, other in zip(places, quickly, map(outcome, mutants), strict=True)
            if one != other] == []
    assert None in quickly and len(set(quickly)) > 2


def test_archive__has_the_bytes_that_zipfile_writes() -> None:
    contents = {"a.xml": b"<a/>", "附件/说明.txt": "甲".encode() * 500, "c": b""}
    target, written = io.BytesIO(), Writer()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as package:
        for name, data in contents.items():
            package.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 3)
            written.add(Member(name), data)
    assert written.result() == target.getvalue()


@pytest.mark.parametrize("name", [LEFT_ALONE, "xl/styles.xml", "docProps/app.xml"])
def test_damage__in_a_part_that_was_sound_in_the_form_before__is_found(name: str) -> None:
    given = packed()
    assert saved(given) == saved(given)
    for place in (0, len(raw(given, name)) // 3, len(raw(given, name)) // 2):
        broken = bytearray(given)
        broken[given.index(raw(given, name)) + place] ^= 0x24
        assert outcome(bytes(broken)) is None


def flipped(given: bytes, name: str) -> bytes:
    """An archive with one bit of an entry's bytes turned over."""
    broken = bytearray(given)
    broken[given.index(raw(given, name)) + len(raw(given, name)) // 2] ^= 0x24
    return bytes(broken)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", LEFT_ALONE])
def test_part_with_cells__is_looked_into_by_the_reader_or_before_it_is_copied(name: str, tmp_path: Path) -> None:
    broken = flipped(packed(), name)
    file = judged(broken, tmp_path)
    assert CELLS.fullmatch(name.lower()) and not file.opened.forms
    entries = returned.entries_of(file.findings.iter_rows(named=True))
    assert returned.mark(broken, returned.subject(file.opened.forms), entries, "") is None
    with pytest.raises(Unmarkable):
        Package(broken).save()


def test_package_of_which_forms_were_read__has_the_same_bytes_without_its_cells_looked_into() -> None:
    given = packed()
    assert Package(given).save(proven=True) == Package(given).save()
    broken = flipped(given, LEFT_ALONE)
    assert raw(Package(broken).save(proven=True), LEFT_ALONE) == raw(broken, LEFT_ALONE)
    with pytest.raises(Unmarkable):
        Package(flipped(given, "docProps/app.xml")).save(proven=True)


def with_junk(given: bytes, name: str) -> bytes:
    """An archive in which one entry's packed bytes go on behind the end of its deflate stream."""
    written = Writer()
    found = Archive(given)
    for member in found.entries:
        entry = found.entry(member)
        written.copy(member, entry._replace(packed=entry.packed + b"junk") if member.filename == name else entry)
    return written.result()


def test_part_with_more_behind_its_packing__is_packed_anew_unless_it_is_proven() -> None:
    given, junk = packed(), with_junk(packed(), LEFT_ALONE)
    assert raw(junk, LEFT_ALONE) == raw(given, LEFT_ALONE) + b"junk"
    anew, copied = Package(junk).save(), Package(junk).save(proven=True)
    assert raw(copied, LEFT_ALONE) == raw(junk, LEFT_ALONE)
    assert not raw(anew, LEFT_ALONE).endswith(b"junk")
    assert (anew, copied) == (Package(junk).save(), Package(junk).save(proven=True))
    contents = [{name: file.read(name) for name in file.namelist()}
                for file in (zipfile.ZipFile(io.BytesIO(data)) for data in (given, anew, copied))]
    assert contents[0] == contents[1] == contents[2]


@pytest.mark.parametrize("proven", [False, True])
def test_damage__in_a_file_of_which_no_form_was_read__is_found_unless_it_is_said_to_be_proven(
        proven: bool, tmp_path: Path) -> None:
    broken = flipped(packed(), LEFT_ALONE)
    entry = returned.entries_of(judged(broken,
                                       tmp_path).findings.iter_rows(named=True))[0]._replace(sheet="别的表", cells=())
    assert (returned.mark(broken, None, [entry], "", proven=proven) is not None) == proven


def test_damage__in_a_file_of_which_no_form_was_read__is_found_by_who_marks_it(tmp_path: Path) -> None:
    broken = flipped(packed(), LEFT_ALONE)
    entry = returned.entries_of(judged(broken,
                                       tmp_path).findings.iter_rows(named=True))[0]._replace(sheet="别的表", cells=())
    original = tmp_path / "original"
    original.write_bytes(broken)
    assert Marking(original, None, [entry], "").bytes() is None
    assert Marking(original, "甲", [entry], "").bytes() is not None


@pytest.mark.parametrize("make", [lambda: packed(zipfile.ZIP_LZMA), with_extra], ids=["lzma", "extra"])
def test_package_packed_in_another_way__has_the_same_bytes_whoever_has_read_it(make: Callable[[], bytes]) -> None:
    assert Package(make()).save(proven=True) == Package(make()).save()


def test_part_beside_those_with_cells__is_looked_into_whoever_has_read_the_form() -> None:
    """With the other slash it stands in a folder of its own, where no reader looks for cells."""
    given = io.BytesIO(packed())
    with zipfile.ZipFile(given, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/x\\y.xml", b"<worksheet/>" * 50)
    with pytest.raises(Unmarkable):
        Package(flipped(given.getvalue(), "xl/worksheets/x\\y.xml")).save(proven=True)


def test_stored_part_with_more_behind_it__is_packed_anew() -> None:
    found = Archive(packed(zipfile.ZIP_STORED))
    member = next(member for member in found.entries if member.filename == LEFT_ALONE)
    assert found.as_it_lies(member).packed == raw(packed(zipfile.ZIP_STORED), LEFT_ALONE)
    assert found.as_it_lies(member._replace(file_size=member.file_size - 1)) is None


def test_same_content_packed_otherwise__keeps_its_own_bytes() -> None:
    hard, fast = packed(level=9), packed(level=1)
    assert raw(saved(hard), LEFT_ALONE) == raw(hard, LEFT_ALONE)
    assert raw(saved(fast), LEFT_ALONE) == raw(fast, LEFT_ALONE) != raw(hard, LEFT_ALONE)


def test_form__is_marked_the_same_whatever_was_marked_before(tmp_path: Path) -> None:
    files = [judged(demo(name), tmp_path) for name in FORMS]
    first = [file.answer() for file in files]
    assert [file.answer() for file in reversed(files)] == first[::-1]
    assert len(set(first)) == len(FORMS)


@pytest.mark.parametrize(("keep", "coloured"), [(True, True), (False, False)])
def test_colours__stand_among_the_formats_only_where_they_show(tmp_path: Path, keep: bool, coloured: bool) -> None:
    file = judged(demo("无锡/先进封装"), tmp_path)
    entries = returned.entries_of(file.findings.iter_rows(named=True)) if keep else []
    assert any(entry.asked for entry in entries) == keep
    answer = returned.mark(file.data, returned.subject(file.opened.forms), entries, "")
    assert has_ours(Package(answer).read("xl/styles.xml")) == coloured


@pytest.mark.parametrize("part", [
    "xl/styles.xml", LEFT_ALONE, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", CHANGED])
def test_part_named_with_a_backslash__the_form_itself_is_marked(tmp_path: Path, part: str) -> None:
    source, target = zipfile.ZipFile(io.BytesIO(demo("无锡/先进封装"))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            package.writestr(name.replace("/", "\\") if name == part else name, source.read(name))
    file, plain = judged(target.getvalue(), tmp_path), judged(demo("无锡/先进封装"), tmp_path)
    assert [[*finding] for finding in file.findings.iter_rows()] == [[*finding]
                                                                     for finding in plain.findings.iter_rows()]
    entries = returned.entries_of(file.findings.iter_rows(named=True))
    answer = Package(returned.mark(file.data, returned.subject(file.opened.forms), entries, ""))
    assert part.replace("/", "\\") in answer.names
    assert has_ours(answer.read("xl/styles.xml"))
