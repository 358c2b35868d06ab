"""The command on a machine that fails it: nothing of Python's or a library's reaches the screen."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
UNREADABLE = "程序文件读不出来或不完整，没有运行，什么都没有改动。请检查磁盘后再试；仍不行的，请重新安装。\n"

# The import of one module fails as on a disk that does.
FAILING = """
import sys
from importlib.abc import MetaPathFinder

module = sys.argv.pop(1)

class Failing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            raise {error}

sys.meta_path.insert(0, Failing())
from pipeline.__main__ import main
main()
"""


def python(*words: object, **how: object) -> tuple[int, str, str]:
    """Exit code, output and complaints of Python with some words."""
    done = subprocess.run([sys.executable, *map(str, words)], env=os.environ | {"PYTHONPATH": str(ROOT)},
                          capture_output=True,
                          encoding="utf-8", timeout=120, check=False, **how)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(("module", "error", "says"), [
    ("pipeline.cli", "OSError(5, 'Input/output error')", UNREADABLE),
    ("typer", "ModuleNotFoundError('No module named typer')", UNREADABLE),
    ("pipeline.usage", "SyntaxError('source code string cannot contain null bytes')", UNREADABLE),
    ("pipeline.errors", "MemoryError()", UNREADABLE),
    ("pipeline.log", "KeyboardInterrupt()", "已中断，没有完成；再次运行会接着做。\n"),
])
def test_program__that_cannot_be_loaded_is_one_sentence(module: str, error: str, says: str) -> None:
    assert python("-c", FAILING.format(error=error), module) == (3, "", says)


@pytest.mark.parametrize("module", ["pipeline.template", "zoneinfo", "xlsxwriter"])
def test_program__that_cannot_be_loaded_to_its_end_is_one_sentence(module: str, tmp_path: Path) -> None:
    """What only this command needs is loaded last; then there is a log in which to look."""
    code, out, told = python("-c", FAILING.format(error="OSError(5, 'Input/output error')"), module, "template",
                             cwd=tmp_path)
    assert (code, out, told.count("\n"), list(tmp_path.glob("*.xlsx"))) == (3, "", 1, [])
    assert told.startswith("运行中出现意外情况，没有完成。请把参考号 ") or told == UNREADABLE


def test_template__on_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    for kilobytes in (1, 8, 20):
        told = python("-m", "pipeline", "template", "-o", "表.xlsx", cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (kilobytes << 10, kilobytes << 10)))
        assert told == (3, "", "“表.xlsx”写不进去，请检查磁盘空间和权限。\n")
        assert list(tmp_path.iterdir()) == []


# A workbook whose package cannot be closed: the destructor of its zip tries again, long after anybody could catch it.
ON_A_FULL_DISK = """
import sys, xlsxwriter
from pipeline import cli, log
from pathlib import Path

def write(*_):
    book = xlsxwriter.Workbook("full.xlsx", {"in_memory": True})
    book.add_worksheet().write_string(0, 0, "x" * 30_000)
    with log.writing(Path("logs")):
        try:
            book.close()
        finally:
            del book

from pipeline import template
template.write = write
cli.main(["template", "-o", "x.xlsx"])
"""


@pytest.mark.parametrize("room", [64, 512, 1024, 2048, 4096])
def test_error_in_a_destructor__is_in_the_log_and_not_on_the_screen(tmp_path: Path, room: int) -> None:
    (tmp_path / "logs").mkdir()
    code, out, told = python("-c", ON_A_FULL_DISK, cwd=tmp_path, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (room, room)))
    assert (code, out) == (3, "")
    assert told.startswith("运行中出现意外情况，没有完成。请把参考号 ") and told.count("\n") == 1


UNHEARD = """
import threading
from pathlib import Path
from pipeline import log

class Careless:
    def __del__(self):
        raise ValueError("91320100PDY00001XR")

log.unheard()
with log.writing(Path("logs")):
    Careless()
    thread = threading.Thread(target=lambda: {}["13800000000"])
    thread.start()
    thread.join()
left = Careless()
"""


def test_errors_nobody_can_catch__are_noted_by_class_and_place(tmp_path: Path) -> None:
    assert python("-c", UNHEARD, cwd=tmp_path) == (0, "", "")
    (log,) = (tmp_path / "logs").iterdir()
    told = log.read_text("utf-8")
    assert "builtins.ValueError" in told and "builtins.KeyError" in told and told.count("未能处理的错误") == 2
    assert "91320100PDY00001XR" not in told and "13800000000" not in told
