"""A disk that is full, closed or away: said in words, exit code 3, inbox and old outputs as they were."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.cli import ended
from pipeline.errors import InboxUnavailable, StorageFailed
from pipeline.publish import refusal
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from tests.faults import small
from tests.faults.state import hashes, opens, untouched

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A workspace before its second night, and the outputs of that night."""
    workspace = small.built(tmp_path_factory.mktemp("small") / "workspace")
    done = small.copied(workspace, workspace.parent / "done")
    assert again(done) is None
    return workspace, hashes(done / "outbox")


@pytest.fixture
def workspace(night, tmp_path) -> Workspace:
    return Workspace(small.copied(night[0], tmp_path / "workspace"))


def again(root: Path) -> Exception | None:
    """Run the second night; what it ended with."""
    place = Workspace(root)
    try:
        run(place, Settings.of(place), small.SECOND)
    except StorageFailed as error:
        return error
    return None


@contextmanager
def little_disk(folder: Path, room: int) -> Iterator[None]:
    """`folder` with what is in it on a disk of its own, with `room` bytes left on it."""
    kept = folder.with_name(folder.name + ".kept")
    folder.rename(kept)
    folder.mkdir()
    used = sum(path.stat().st_size // 4096 * 4096 + 4096 for path in kept.rglob("*"))
    tried = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + room}", "tmpfs", folder],
                           capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("no right to mount")
    try:
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        yield
        shutil.rmtree(kept)
        shutil.copytree(folder, kept)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()
    kept.rename(folder)


@pytest.mark.slow
@pytest.mark.parametrize("room", [4096, 65_536, 200_000])
@pytest.mark.parametrize("name", ["outbox", ".consortium", ".consortium/originals"])
def test_full_disk__is_said_and_nothing_is_lost(night, workspace, name, room) -> None:
    old = hashes(workspace.outbox)
    (workspace.settings_file).write_text(small.SETTINGS + "reserve_mb = 0\n", encoding="utf-8")
    with little_disk(workspace.root / name, room):
        failed = again(workspace.root)
        assert untouched(night[0] / "inbox", workspace.inbox) == []
        for path, digest in hashes(workspace.outbox).items():
            assert digest in (old.get(path), night[1].get(path)) and opens(workspace.outbox / path), path
    if failed is None:
        # There was room enough.
        assert hashes(workspace.outbox) == night[1]
        return
    assert failed.exit_code == 3
    assert any(words in str(failed) for words in ("磁盘空间不足", "检查磁盘空间")), str(failed)
    assert again(workspace.root) is None
    assert hashes(workspace.outbox) == night[1]


def test_reserve__stops_the_run_before_the_disk_is_full(night, workspace) -> None:
    workspace.settings_file.write_text(small.SETTINGS + f"reserve_mb = {1 << 40}\n", encoding="utf-8")
    assert "磁盘空间不足，没有接收新文件" in str(again(workspace.root))
    assert untouched(night[0] / "inbox", workspace.inbox) == []


def test_outbox__that_was_removed_is_made_again(night, workspace) -> None:
    assert again(workspace.root) is None
    shutil.rmtree(workspace.outbox)
    assert again(workspace.root) is None
    assert hashes(workspace.outbox) == night[1]


def test_outbox__that_is_no_folder_is_said(workspace) -> None:
    shutil.rmtree(workspace.outbox)
    workspace.outbox.write_bytes(b"")
    failed = again(workspace.root)
    assert (failed.exit_code, str(failed)) == (3, "工作区文件夹建不起来，请检查磁盘和权限。")


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """`folder` as a share that may only be read."""
    for words in (["--bind", str(folder), str(folder)], ["-o", "remount,ro,bind", str(folder)]):
        if subprocess.run(["mount", *words], capture_output=True, check=False).returncode:
            subprocess.run(["umount", "-l", folder], capture_output=True, check=False)
            pytest.skip("no right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize(("name", "says"), [
    ("outbox", "输出文件夹不能写入，答复没有写完。"), (".consortium", "工作区不能写入，请检查磁盘和权限。"),
    (".consortium/originals", "留存记录写不进去，台账没有变动。"), ("inbox", "")])
def test_closed_folder__is_said(night, workspace, name, says) -> None:
    old = hashes(workspace.outbox)
    with closed(workspace.root / name):
        failed = again(workspace.root)
        assert untouched(night[0] / "inbox", workspace.inbox) == []
    if not says:
        # A run needs no right to write in the inbox.
        assert failed is None
        return
    assert (failed.exit_code, str(failed)[:len(says)]) == (3, says)
    assert hashes(workspace.outbox) == old
    assert again(workspace.root) is None
    assert hashes(workspace.outbox) == night[1]


@pytest.mark.parametrize("name", ["南京市", "省级/data"])
def test_one_closed_folder_of_the_outbox__is_named(night, workspace, name) -> None:
    with closed(workspace.outbox / name):
        failed = again(workspace.root)
    assert (failed.exit_code, str(failed).partition("，")[0]) == (3, f"输出文件夹“{name}”不能写入")
    assert again(workspace.root) is None
    assert hashes(workspace.outbox) == night[1]


def not_as_root(*words: object) -> subprocess.CompletedProcess:
    """A Python whose access is checked as anybody's is: root without the right to pass over it."""
    plain = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if plain and (not shutil.which("setpriv") or subprocess.run([*plain, "true"], check=False).returncode):
        pytest.skip("no way to do without a right")
    return subprocess.run([*plain, sys.executable, *map(str, words)], cwd=ROOT, capture_output=True, check=False,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, encoding="utf-8")


@pytest.mark.parametrize("mode", [0o000, 0o500, 0o600])
@pytest.mark.parametrize("name", ["南京市", "省级", "省级/data"])
def test_folder_of_another_user__is_named(workspace, name, mode) -> None:
    folder = workspace.outbox / name
    folder.chmod(mode)
    told = not_as_root("-c", "import sys\nfrom pathlib import Path\nfrom tests.test_full_disk import again\n"
                       "failed = again(Path(sys.argv[1]))\nprint(failed.exit_code, failed)", workspace.root)
    folder.chmod(0o700)
    assert told.stdout.splitlines()[-1].partition("，")[0] == f"3 输出文件夹“{name}”不能写入", told.stderr


@pytest.mark.parametrize("name", ["省级/报送情况.html", "省级/data/members.csv", "南京市/报送回执.html"])
def test_folder_in_the_place_of_an_output__is_named(night, workspace, name) -> None:
    (workspace.outbox / name).unlink()
    (workspace.outbox / name).mkdir()
    failed = again(workspace.root)
    assert (failed.exit_code, failed.transient) == (3, False)
    assert str(failed).startswith(f"输出文件夹中“{name}”应在的位置上有一个同名的文件夹，答复没有写完。")
    (workspace.outbox / name).rmdir()
    assert again(workspace.root) is None
    assert hashes(workspace.outbox) == night[1]


@pytest.mark.parametrize("name", ["南京市", "省级", "省级/data"])
def test_file_in_the_place_of_a_folder__is_named(workspace, name) -> None:
    shutil.rmtree(workspace.outbox / name)
    (workspace.outbox / name).write_bytes(b"")
    failed = again(workspace.root)
    assert (failed.exit_code, str(failed).partition("，")[0]) == (
        3, f"输出文件夹中“{name}”应在的位置上有一个同名的文件")


def test_inbox__that_is_away_is_not_an_empty_inbox(workspace) -> None:
    old = hashes(workspace.outbox)
    workspace.inbox.rename(workspace.root / "away")
    with pytest.raises(InboxUnavailable, match="收件箱打不开（不是没有文件）"):
        again(workspace.root)
    assert hashes(workspace.outbox) == old


def test_command__full_disk_is_exit_code_3_in_one_line(workspace, monkeypatch, capfd) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.publish.tables.write", full)
    assert ended(["run", "--no-prefect", "-w", str(workspace.root)]) == 3
    told = capfd.readouterr().err.splitlines()[-1]
    assert told == "磁盘空间不足，答复没有写完。收件箱和留存的原件没有变动，已有的答复仍是完整的文件。请清理磁盘后重新运行。"


@pytest.mark.parametrize(("error", "begins", "passes"), [
    (OSError(28, ""), "磁盘空间不足", False), (OSError(122, ""), "磁盘空间不足", False),
    (PermissionError(13, ""), "输出文件夹不能写入", False),
    (OSError(30, ""), "输出文件夹不能写入", False), (OSError(116, ""), "写答复时磁盘出错（ESTALE）", True),
    (OSError("No space left on device (os error 28)"), "磁盘空间不足", False),
    (NotADirectoryError(20, "", "/outbox/南京市/退改"), "输出文件夹中“南京市/退改”应在的位置上有一个同名的文件，", False),
    (FileExistsError(17, "", "/outbox/南京市"), "输出文件夹中“南京市”应在的位置上有一个同名的文件，", False),
    (NotADirectoryError(20, "", "/elsewhere/南京市"), "写答复时磁盘出错（ENOTDIR）", True),
    (OSError(5, "", "/outbox/.~1.tmp", None, "/outbox/南京市/表.xlsx"), "写答复“南京市/表.xlsx”时磁盘出错（EIO）", True),
    (OSError("Permission denied (os error 13): /outbox/省级/data/x"), "输出文件夹“省级/data”不能写入", False),
    (OSError("?"), "写答复时磁盘出错（EIO）", True)])
def test_refused__names_the_cause(error, begins, passes) -> None:
    told = refusal.refused(error, Path("/outbox"))
    assert (str(told).startswith(begins), told.transient) == (True, passes)
