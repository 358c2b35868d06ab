"""The manifests: what is in them, when the outbox is intact, what is as good as none."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest

from pipeline import manifest
from pipeline.manifest import Manifest, Output, Stand
from pipeline.publish.answers import Written
from pipeline.settings import Workspace
from schemas.call import CHINA

STAND = Stand(3, "key", (date(2023, 9, 20),), "2023-09-19 before")
FILES = {"省级/名录.xlsx": b"register", "省级/data/members.csv": b"table", "南京市/退改/表\\x01（一）.xlsx": b"form"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.create()
    for path, data in FILES.items():
        target = workspace.outbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    manifest.write(workspace, FILES, STAND)
    return workspace


def test_manifest__has_size_time_and_hash_of_every_output_and_of_the_listing(workspace) -> None:
    found = manifest.read(workspace)
    assert found.stand == STAND
    listing = (workspace.province_outbox / manifest.NAME).read_bytes()
    times = {path: (workspace.outbox / path).stat().st_mtime_ns for path in found.outputs}
    assert found.outputs == {
        path: Output(len(data), times[path], hashlib.sha256(data).hexdigest())
        for path, data in {**FILES, f"省级/{manifest.NAME}": listing}.items()}


def test_listing__is_one_that_sha256sum_checks(workspace) -> None:
    checked = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", f"省级/{manifest.NAME}"],
                             cwd=workspace.outbox, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
    assert len((workspace.province_outbox / manifest.NAME).read_text("utf-8").splitlines()) == len(FILES)


def test_untouched_outbox__is_intact_without_being_read(workspace, monkeypatch) -> None:
    found = manifest.read(workspace)
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("a file was read"))
    assert manifest.intact(found, workspace.outbox)


@pytest.mark.parametrize(("touch", "expected"), [
    (lambda path: os.utime(path, (1, 1)), True),
    (lambda path: path.write_bytes(b"Register"), False),
    (lambda path: path.unlink(), False),
    (lambda path: (path.unlink(), path.mkdir()), False),
], ids=["time", "bytes", "gone", "a folder"])
def test_touched_output__is_judged_by_its_bytes(workspace, touch, expected) -> None:
    touch(workspace.outbox / "省级/名录.xlsx")
    assert manifest.intact(manifest.read(workspace), workspace.outbox) is expected


def test_written_again__is_the_same_bytes(workspace) -> None:
    before = workspace.manifest.read_bytes()
    manifest.write(workspace, FILES, STAND)
    assert workspace.manifest.read_bytes() == before


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b"null", b'{"edition": 0}', b'{"edition": 1, "stand": [1], "outputs": {}}', b"\xff",
    json.dumps({"edition": 1, "stand": [1, "k", ["soon"], "c"], "outputs": {}}).encode(),
])
def test_manifest_that_cannot_be_understood__is_none(workspace, data) -> None:
    workspace.manifest.write_bytes(data)
    assert manifest.read(workspace) is None


def test_no_manifest__is_none(workspace) -> None:
    shutil.rmtree(workspace.state)
    assert manifest.read(workspace) is None


def test_clock__knows_the_day_in_china_and_the_deadline() -> None:
    deadline = datetime(2023, 9, 28, 17, tzinfo=CHINA)
    assert [manifest.clock(deadline, datetime(2023, 9, 28, hour, tzinfo=CHINA)) for hour in (0, 17, 18)] == [
        "2023-09-28 before", "2023-09-28 before", "2023-09-28 after"]


def test_paths__are_told_apart_by_whom_they_are_for() -> None:
    found = Manifest(STAND, dict.fromkeys([*FILES, f"省级/{manifest.NAME}"]))
    assert Written.among(found.outputs) == Written(("省级/名录.xlsx", "南京市/退改/表\\x01（一）.xlsx"),
                                                   ("省级/data/members.csv",))


@pytest.mark.parametrize("path", ["../inbox/南京市/00.xlsx", "南京市/../../inbox/南京市/00.xlsx", "out/南京市/00.xlsx", ""])
def test_spare__that_is_not_below_the_outbox_is_left_alone(workspace, path) -> None:
    victim = workspace.inbox / "南京市" / "00.xlsx"
    victim.parent.mkdir()
    victim.write_bytes(b"form")
    (workspace.outbox / "out").symlink_to(workspace.inbox)
    spare = [path, str(victim)]
    written = json.loads(workspace.manifest.read_text("utf-8"))
    workspace.manifest.write_text(json.dumps(written | {"spare": spare}), "utf-8")
    manifest.write(workspace, FILES, STAND)
    assert victim.read_bytes() == b"form"
    assert manifest.read(workspace).spare == ()


def test_spare__below_the_outbox_is_removed(workspace) -> None:
    beside = workspace.outbox / "省级/名录_新1.xlsx"
    beside.write_bytes(b"")
    written = json.loads(workspace.manifest.read_text("utf-8"))
    workspace.manifest.write_text(json.dumps(written | {"spare": ["省级/名录_新1.xlsx"]}), "utf-8")
    manifest.write(workspace, FILES, STAND)
    assert not beside.exists()


def test_matters__stay_until_others_are_given(workspace) -> None:
    manifest.write(workspace, FILES, STAND, matters=([["C1", "同码异名", "代码", "提示", [["南京市", "甲", "C3", "乙"]], 0]], 7))
    manifest.write(workspace, FILES, STAND)
    assert manifest.read(workspace).matters == [[["C1", "同码异名", "代码", "提示", [["南京市", "甲", "C3", "乙"]], 0]], 7]
