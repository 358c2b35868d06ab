"""The command: exit codes, Chinese throughout, never a traceback, never a cell value in a log."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import board, checking, cli, demo, job, template, usage
from pipeline.ledger import hold
from pipeline.settings import Workspace
from schemas.call import CITIES
from schemas.register import Status

COMMANDS = ("run", "check", "template", "status", "serve", "rules", "demo", "withdraw", "nil", "seal", "verify",
            "what-if", "rebuild")
# The only Latin words a user may meet: names of commands, options, folders and products.
NAMES = {*COMMANDS, "consortium", "workspace", "no", "prefect", "output", "port", "help", "w", "o", "h",
         "inbox", "outbox", "build", "remind", "reason", "r", "undo", "code", "what", "if", "schemas", "Prefect",
         "Ctrl", "C", "xlsx",
         "dask", "Dask", "local"}


def latin(text: str) -> set[str]:
    """The Latin words in a text, without rule codes and paths."""
    return set(re.findall(r"[A-Za-z]+", re.sub(r"\S*/\S+|[A-Z]\d\d|M\d+", "", text))) - NAMES


@pytest.mark.parametrize("words", [["--help"], ["-h"], *[[name, "--help"] for name in COMMANDS]])
def test_help__is_chinese(words: list[str], capsys) -> None:
    assert cli.ended(words) == 0
    told = capsys.readouterr().out
    assert told.startswith("用法：consortium ")
    assert latin(told) == set()


@pytest.mark.parametrize(("words", "sentence"), [
    (["runn"], "没有“runn”这个命令，可用的命令见“consortium --help”。"),
    (["run", "x", "y"], "多写了“x y”。用法见“consortium run --help”。"),
    (["run", "--foo"], "没有“--foo”这个选项。用法见“consortium run --help”。"),
    (["run", "--workspac", "."], "没有“--workspac”这个选项，是否要写 --workspace。用法见“consortium run --help”。"),
    (["run", "-w"], "选项“-w”后面的值缺少或多余。用法见“consortium --help”。"),
    (["run", "-w", "absent"], "没有“absent”这个目录。"),
    (["run", "--dask", "10.0.0.5:8786"], "--dask 后应为 tcp://主机:端口 或 local，不能是“10.0.0.5:8786”。"),
    (["run", "--dask", "local", "--no-prefect"], "--dask 经 Prefect 运行，不能与 --no-prefect 同用。"),
    (["check"], "缺少参数“文件”。用法见“consortium check --help”。"),
    (["check", "没有.xlsx"], "没有这个文件：没有.xlsx。"),
    (["serve", "--port", "x"], "选项“--port”的值不对。用法见“consortium serve --help”。"),
    (["rules", "Q99"], "没有编号为“Q99”的规则，全部规则见“consortium rules”。"),
    (["template", "-o", "absent/表.xlsx"], "没有“absent”这个目录。"),
    (["status"], "还没有汇总过，请先运行“consortium run”。"),
    (["rebuild"], "还没有汇总过，没有可以重建的台账。"),
])
def test_wrong_usage__is_told_in_chinese(words, sentence, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.ended(words) == 2
    assert capsys.readouterr() == ("", sentence + "\n")
    assert list(tmp_path.iterdir()) == []


def test_bare_command__shows_help(capsys) -> None:
    assert cli.ended([]) == 2
    assert capsys.readouterr().out.startswith("用法：consortium 命令")


def test_columns__align_on_a_screen() -> None:
    assert usage.columns([("市", "1"), ("ab", "22")]) == ["市  1", "ab  22"]


def test_template__is_written_and_never_overwritten(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.ended(["template"]) == 0
    (made,) = tmp_path.iterdir()
    assert made.name == "基础信息表.xlsx"
    before = made.read_bytes()
    assert cli.ended(["template"]) == 2
    assert made.read_bytes() == before
    assert capsys.readouterr().err == "已有“基础信息表.xlsx”，没有覆盖。请换一个文件名（-o）。\n"


def test_rules__all_and_one(capsys) -> None:
    assert cli.ended(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["F01", "须改正", "文件打不开或不是真正的工作簿"]
    assert cli.ended(["rules", "t02"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "T02  须改正  专业技术人员多于从业人员", "  栏目：其中:专业技术人员、牵头及成员单位拥有从业人员数",
        "  提示：专业技术人员（…）多于从业人员（…）", "  怎么改：专业技术人员是从业人员的一部分，请核对两个数并改正",
        "  依据：申请书《基础信息表》填表要求"]


def test_check__file_that_is_no_workbook(capsys, tmp_path) -> None:
    file = tmp_path / "扫描件.pdf"
    file.write_bytes(b"%PDF-1.7\n")
    assert cli.ended(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{file}：须改正 1 项"
    assert lines[1].startswith("  须改正 整个文件 F03 ")
    assert len(lines) == 2


def test_check__form_with_mistakes_tells_what_must_be_mended_first(capsys, tmp_path) -> None:
    planned = next(plan for plan in demo.PLAN if plan.status == (Status.RETURNED,) and "M05/E" in plan.rules)
    file = tmp_path / Path(planned.file).name
    file.write_bytes(planned.make())
    assert cli.ended(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()[1:]
    severities = [line.split()[0] for line in lines]
    assert severities == sorted(severities, key=["须改正", "需核实", "提示"].index)
    told = [line.split()[0:3:2] for line in lines if not line.lstrip().startswith("提示")]
    words = {"E": "须改正", "W": "需核实"}
    assert sorted(map(tuple, told)) == sorted((words[rule[-1]], rule[:3]) for rule in planned.rules)
    assert not any("。。" in line for line in lines)


def test_check__blank_form_is_said_to_be_blank(capsys, tmp_path) -> None:
    file = tmp_path / "表.xlsx"
    template.write(file)
    assert cli.ended(["check", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}：空白表，没有可以检查的内容\n"


def test_check__right_form_ends_with_0(capsys, tmp_path) -> None:
    right = next(plan for plan in demo.PLAN if plan.file.startswith(demo.CLEAN_CITY) and not plan.rules)
    file = tmp_path / Path(right.file).name
    file.write_bytes(right.make())
    assert cli.ended(["check", str(file)]) == 0
    assert "须改正" not in capsys.readouterr().out


def test_run__empty_inbox_then_status(capsys, tmp_path) -> None:
    assert cli.ended(["run", "--no-prefect", "-w", str(tmp_path)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("收到基础信息表 0 份")
    assert told[2] == f"尚未报送（13 个市）：{'、'.join(city.name for city in CITIES)}。"
    assert cli.ended(["status", "-w", str(tmp_path)]) == 0
    board = capsys.readouterr().out.splitlines()
    assert board[0].startswith("报送截止：2023年9月28日24时（已截止 ")
    assert [line.split()[0] for line in board[1:-1]] == ["设区市", *(city.name for city in CITIES), "合计"]
    assert board[2].split() == ["南京市", "未报送", *["0"] * 6, "—"]
    assert board[-1].startswith("须催报：尚未报送 13 市（南京市、无锡市、")


def test_run__workspace_held_ends_with_4(capsys, tmp_path) -> None:
    workspace = Workspace(tmp_path)
    workspace.create()
    with hold(workspace):
        assert cli.ended(["run", "-w", str(tmp_path)]) == 4
    told = capsys.readouterr()
    assert (told.out, latin(told.err.replace(platform.node(), ""))) == ("", set())
    assert told.err.startswith("另一次运行正在使用这个工作区（")


def test_run__settings_that_cannot_be_read_end_with_3(capsys, tmp_path) -> None:
    (tmp_path / "consortium.toml").write_text("chunk_files = 'many'", "utf-8")
    assert cli.ended(["run", "--no-prefect", "-w", str(tmp_path)]) == 3
    assert capsys.readouterr().err.startswith("设置有误：chunk_files。")


def test_run__unforeseen_error_gives_a_reference_and_no_value(capsys, tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("913200000000000000 张三")

    monkeypatch.setattr(job, "chunks", broken)
    assert cli.ended(["run", "--no-prefect", "-w", str(tmp_path)]) == 3
    told = capsys.readouterr()
    found = re.search(r"参考号 (\S+) 和日志", told.err)
    (log,) = (tmp_path / ".consortium" / "logs").iterdir()
    written = log.read_text("utf-8")
    assert f"参考号 {found[1]}\nbuiltins.ZeroDivisionError" in written
    assert "test_cli.py" in written
    assert not any(value in text for value in ("913200", "张三") for text in (told.out, told.err, written))


def test_command__rust_panic_is_told_like_any_other(capsys, tmp_path, monkeypatch) -> None:
    class PanicException(BaseException):
        """Like pyo3's: no Exception."""

    def broken(*_: object) -> None:
        raise PanicException("单元格内容")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checking, "check", broken)
    (tmp_path / "表.xlsx").write_bytes(b"")
    assert cli.ended(["check", "表.xlsx"]) == 3
    told = capsys.readouterr().err
    assert told.startswith("运行中出现意外情况，没有完成。请把参考号 ")
    assert "单元格内容" not in told


@pytest.mark.parametrize("words", [["-w", "there"], ["--workspace=there"], ["--remind", "-wthere"]])
def test_command__log_of_an_unforeseen_error_lies_in_the_workspace_named(words, capsys, tmp_path, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(board, "_tables", broken)
    assert cli.ended(["status", *words]) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    (log,) = (tmp_path / "there/.consortium/logs").iterdir()
    assert re.search(r"参考号 (\S+) 和日志", capsys.readouterr().err)[1] in log.read_text("utf-8")


def test_interrupt__is_one_sentence(capsys, tmp_path, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(job, "chunks", interrupted)
    assert cli.ended(["run", "--no-prefect", "-w", str(tmp_path)]) == 3
    assert capsys.readouterr().err.splitlines()[-1] == "已中断，没有完成；再次运行会接着做。"


def test_demo__does_not_touch_a_folder_with_content(capsys, tmp_path) -> None:
    (tmp_path / "重要.txt").write_text("1")
    assert cli.ended(["demo", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"“{tmp_path}”里已有内容，请换一个目录。\n"


@pytest.mark.parametrize("environment", [
    {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "gbk"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
], ids=["ascii", "gbk", "C"])
def test_output__any_encoding_will_do(command, environment) -> None:
    done = command("rules", **environment)
    assert done.returncode == 0
    assert done.stdout.startswith(b"F01  ")
    assert done.stderr == b""


def test_output__reader_that_stops_reading_is_no_error(command) -> None:
    done = subprocess.run(
        f"{sys.executable} -m pipeline rules | head -n 1", shell=True, capture_output=True, check=False,
        cwd=Path(__file__).parent.parent)
    assert (done.stdout.split()[0], done.stderr) == (b"F01", b"")
