"""Where children come from: servers that say nothing on our screen, wherever temporary files are; what is barred in
them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from multiprocessing import spawn
from pathlib import Path

import pytest
from faulty import obey

from pipeline import barring, forking
from pipeline.cli import ended
from pipeline.sandbox import Outcome, each

ROOT = Path(__file__).parent.parent
WHERE = {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}


def run(*words: str, **environment: str) -> subprocess.CompletedProcess:
    """Python with some words, in an environment of its own."""
    return subprocess.run([sys.executable, *words], env=os.environ | WHERE | environment,
                          capture_output=True, text=True,
                          timeout=60, check=False)


TWO = ("from faulty import obey\nfrom pipeline.sandbox import each\nprint([one.value for one in each(obey, [1, 2])])\n"
       "from multiprocessing import util\nprint(util.get_temp_dir())")


@pytest.mark.parametrize("length", [60, 75, 76, 107, 250])
def test_children__start_wherever_temporary_files_are(length: int) -> None:
    """A socket's path has 107 bytes at most; what stood in a short folder instead is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp") as root:
        deep = Path(root)
        while len(str(deep)) < length - 1:
            deep /= "长" * min(20, (length - 1 - len(str(deep))) // 3 or 1)
        deep = deep.with_name(deep.name + "x" * max(0, length - len(os.fsencode(deep))))
        deep.mkdir(parents=True)
        done = run("-c", TWO, TMPDIR=str(deep))
        values, sockets = done.stdout.splitlines()
        assert (done.returncode, values, done.stderr) == (0, "[2, 4]", "")
        assert list(deep.iterdir()) == [] and not Path(sockets).exists()


def test_server__holds_nothing_that_a_reader_of_our_output_would_wait_for() -> None:
    name = forking.named("faulty")
    forking.begin(name)
    server = forking._SERVERS[name.rpartition(" ")[2]]._forkserver_pid
    assert [os.readlink(f"/proc/{server}/fd/{number}") for number in (1, 2)] == [os.devnull] * 2


@pytest.mark.filterwarnings("ignore:resource_tracker")
def test_server__that_cannot_start_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                  capfd: pytest.CaptureFixture[str]) -> None:
    """As when Python's own files cannot be read: what stands in its place complains in English, and ends."""
    (tmp_path / "表.xlsx").write_bytes(b"no workbook")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(forking, "_SERVERS", {})
    monkeypatch.setattr(spawn, "_python_exe", b"/bin/sh")
    assert ended(["check", "表.xlsx"]) == 3
    told = capfd.readouterr()
    assert told == ("", "读表的子进程启动不了，没有完成。请检查磁盘、内存和临时文件夹后重新运行。\n")


@pytest.mark.filterwarnings("ignore:resource_tracker")
@pytest.mark.parametrize("order", ["connect", "start a program", "become a program"])
def test_child__is_refused_by_the_kernel(order: str) -> None:
    if not barred():
        pytest.skip("this kernel or processor filters no system calls")
    assert list(each(obey, [1, order, 3])) == [Outcome(0, 2), Outcome(1, "PermissionError"), Outcome(2, 6)]


def barred() -> bool:
    """Tried in a process of its own: there is no way back."""
    return run("-c", "import sys\nfrom pipeline import barring\nsys.exit(not barring.bar())").returncode == 0


def test_child__of_a_kernel_without_filters_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(barring, "MACHINES", {})
    assert barring.bar() is False


def test_child__of_a_system_without_a_c_library_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: None) -> None:
        raise OSError("no library")

    monkeypatch.setattr(barring.ctypes, "CDLL", absent)
    assert barring.bar() is False
