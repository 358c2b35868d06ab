"""The data tables: exact values, the same bytes each time, nothing that a spreadsheet would execute."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path

import polars as pl
import pytest
import register_tables
from pipeline.errors import StorageFailed
from pipeline.publish import refusal, tables
from polars.testing import assert_frame_equal
from schemas import register


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_files__are_a_parquet_and_a_csv_for_each_table(tmp_path):
    tables.write(register_tables.build(1), tmp_path)
    assert sorted(contents(tmp_path)) == sorted(f"{t}.{e}" for t in register.TABLES for e in ("csv",
                                                                                              "parquet"))


def test_parquet__holds_the_rows_with_their_types(tmp_path):
    built = register_tables.build(2)
    tables.write(built, tmp_path)
    for name, frame in built.items():
        read = pl.read_parquet(tmp_path / f"{name}.parquet")
        assert_frame_equal(read, frame, check_row_order=False)


def test_csv__has_mark_header_and_iso_times(tmp_path):
    tables.write(register_tables.build(1), tmp_path)
    first, _, second, *_ = (tmp_path / "submissions.csv").read_bytes().split(b"\r\n")
    assert first.decode() == "\ufeff" + ",".join(register.polars_schema("submissions"))
    assert second.decode() == (
        "s00001,南京市,南京市/集成电路装备创新联合体基础信息表1.xlsx,基础信息表," + "00000001" * 8 +
        ",20001,2023-09-18T09:01:00+08:00,2,accepted_with_warnings,false,c00001,江苏省南京集成电路装备创新联合体,0,2,1")


def test_empty_tables__are_written_with_their_header(tmp_path):
    tables.write(register_tables.empty(), tmp_path)
    assert (tmp_path / "members.csv").read_bytes().decode("utf-8-sig") == (
        ",".join(register.polars_schema("members")) + "\r\n")
    schema = pl.read_parquet(tmp_path / "members.parquet").schema
    assert schema == pl.Schema(register.polars_schema("members"))


@pytest.mark.parametrize(("text", "written"), [
    ("=cmd|'/c calc'!A0", "'=cmd|'/c calc'!A0"), ("+1+1", "'+1+1"), ("-2+3", "'-2+3"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("＝1+1", "'＝1+1"), ("＋1+1", "'＋1+1"), ("－A1", "'－A1"), ("＠A1", "'＠A1"), ("\t=1", "'\t=1"),
    ("\r=1", "'\n=1"),
    ("  =1+1", "'  =1+1"), ("-5", "-5"), ("+86", "+86"), ("-1,234.5", "-1,234.5"), ("--", "--"),
    ("-5%", "-5%"),
    ("江苏某某公司", "江苏某某公司"), ("a=b", "a=b"), ("", ""), (None, None), ("a\x00b", "a\ufffdb"),
    ("13800000000", "13800000000"), ("025-83359254", "025-83359254"),
])
def test_text_in_csv__is_never_executed(text, written):
    frame = pl.DataFrame({"text": [text], "number": [-1.5]}, schema={"text": pl.String, "number": pl.Float64})
    assert tables.neutral(frame).row(0) == (written, -1.5)


def test_parquet__keeps_texts_as_they_are(tmp_path):
    built = register_tables.frames({"members": [dict(
        submission_id="s", consortium_id="c", admitted=True, seq=1, name="=1+1")]})
    tables.write(built, tmp_path)
    assert pl.read_parquet(tmp_path / "members.parquet")["name"].to_list() == ["=1+1"]


def test_same_rows_in_another_order__give_the_same_bytes(tmp_path):
    built = register_tables.build(3)
    tables.write(built, tmp_path / "a")
    tables.write({name: frame.sample(fraction=1, shuffle=True, seed=7) for name, frame in built.items()},
                 tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_many_rows__give_the_same_bytes_each_time(tmp_path):
    frame = register_tables.build(1)["members"]
    many = pl.concat([frame.with_columns(seq=pl.col("seq") + 100 * n) for n in range(600)])
    for folder in ("a", "b"):
        tables.write(register_tables.empty() | {"members": many}, tmp_path / folder)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("room", range(0, 15, 2))
def test_full_disk__is_said_wherever_it_is_full(tmp_path, room):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True,
                      check=False).returncode:
        pytest.skip("no right to mount")
    try:
        (disk / "other").write_bytes(bytes(4096 * (15 - room)))
        with pytest.raises(StorageFailed, match="磁盘空间不足，答复没有写完"), refusal.told():
            tables.write(register_tables.build(30), disk)
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_footer_that_finds_no_room__is_said_by_the_system(tmp_path, monkeypatch):
    written = pl.DataFrame.write_parquet

    def without_a_number(frame, target, **how):
        if isinstance(target, Path):
            raise pl.exceptions.ComputeError("parquet: File out of specification: Invalid thrift: transport error")
        written(frame, target, **how)

    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", without_a_number)
    tables.write(register_tables.build(1), tmp_path / "room")
    assert pl.read_parquet(tmp_path / "room/submissions.parquet").height == register_tables.build(1)[
        "submissions"].height
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(StorageFailed, match="磁盘空间不足，答复没有写完"), refusal.told():
        tables.write(register_tables.build(1), tmp_path / "none")
