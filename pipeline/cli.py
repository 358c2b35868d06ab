"""The command `consortium`: what can be asked for, and what the shell gets back.

Everything heavy is imported inside the commands, so that help, `rules`, `check` and `template` answer at
once.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from pipeline import exits, layout, log, usage
from pipeline.commands import Root, deadline, existing, upkeep, workspace_at
from pipeline.errors import RunError, StorageFailed
from pipeline.exits import DONE, FAILED, FLAWED, USAGE
from pipeline.loading import loading
from pipeline.usage import WrongUsage

# What typer makes of Ctrl+C.
_INTERRUPTED = 130
_DEMO_DAYS_LEFT = 8

app = typer.Typer(
    name="consortium", cls=usage.Group, add_completion=False, rich_markup_mode=None, no_args_is_help=True,
    pretty_exceptions_enable=False, context_settings=usage.HELP_NAMES,
    help="江苏省创新联合体基础信息表：收件、校验、汇总、答复。")

Target = Annotated[Path | None, typer.Option("--output", "-o", metavar="文件", help="写到哪里；默认为当前目录")]
Fresh = Annotated[Path, typer.Argument(metavar="目录", help="放在哪里，须为空或不存在；默认为 build/demo")]


def _command(name: str):
    settings = {**usage.HELP_NAMES, "allow_extra_args": True}
    return app.command(name, cls=usage.Command, context_settings=settings)


@_command("run")
def run(workspace: Root = Path(),
        no_prefect: Annotated[bool, typer.Option("--no-prefect", help="不经 Prefect，直接在本进程运行")] = False,
        dask: Annotated[str, typer.Option("--dask", metavar="地址", help="由 Dask 工作进程读表：调度器的地址（tcp://主机:端口），"
                                          "或 local（在本机临时启动）")] = "") -> int:
    """汇总一次：收件、读表、校验、汇总、发布"""
    with loading():
        from pipeline import launch
        from pipeline.settings import DASK

    if dask and not re.fullmatch(DASK, dask):
        raise WrongUsage(f"--dask 后应为 tcp://主机:端口 或 local，不能是“{dask}”")
    if dask and no_prefect:
        raise WrongUsage("--dask 经 Prefect 运行，不能与 --no-prefect 同用")
    summary = launch.by_hand(workspace_at(workspace), not no_prefect, dask)
    return _tell(summary, workspace)


@_command("check")
def check(files: Annotated[list[Path], typer.Argument(metavar="文件", help="要检查的基础信息表，可以写多个")],
          workspace: Root = Path()) -> int:
    """当场检查报表，列出须改正和需核实之处，不入库"""
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise WrongUsage(f"没有这个文件：{'、'.join(missing)}")
    with loading():
        from pipeline import checking, in_force

    checked = checking.check(files, in_force.deadline(existing(workspace)))
    from pipeline import verdict

    for line in verdict.lines(checked):
        print(line)
    return FLAWED if verdict.to_return(checked) else DONE


@_command("template")
def template(output: Target = None, workspace: Root = Path()) -> int:
    """生成空白的基础信息表"""
    with loading():
        from pipeline import in_force, template as official
        from pipeline.publish.atomic import replacing
        from schemas.current import FORM

    target = output or Path(f"{FORM.title}.xlsx")
    if target.exists():
        raise WrongUsage(f"已有“{target}”，没有覆盖。请换一个文件名（-o）")
    if not target.parent.is_dir():
        raise WrongUsage(f"没有“{target.parent}”这个目录")
    made = BytesIO()
    official.write(made, FORM, None, in_force.deadline(existing(workspace)))
    try:
        with replacing(target) as aside:
            aside.write_bytes(made.getvalue())
    except OSError as error:
        raise StorageFailed(f"“{target}”写不进去，请检查磁盘空间和权限") from error
    print(f"已生成：{target}")
    return DONE


@_command("status")
def status(workspace: Root = Path(),
           remind: Annotated[bool, typer.Option("--remind", help="只输出催报文字，每市一段，可直接发送")] = False) -> int:
    """报送情况：距截止几天，13 个设区市各处于什么状态，须催报谁"""
    from datetime import datetime

    with loading():
        from pipeline import board
        from schemas.call import CHINA

    told = board.texts if remind else board.lines
    for line in told(workspace_at(workspace), datetime.now(CHINA)):
        print(line)
    return DONE


@_command("serve")
def serve(workspace: Root = Path(),
          port: Annotated[int, typer.Option("--port", metavar="端口", help="Prefect 网页的端口")] = 4200) -> int:
    """值守：启动 Prefect 服务，每晚定时汇总，来件随到随答；按 Ctrl+C 结束"""
    with loading():
        from pipeline import launch

    launch.every_night(workspace_at(workspace), port)
    return DONE


@_command("rules")
def rules(code: Annotated[str | None, typer.Argument(metavar="规则编号", help="如 M08；不写则列出全部")] = None) -> int:
    """校验规则：编号、级别、含义、怎么改、依据"""
    from pipeline import rulebook

    found = rulebook.rule_lines(code)
    if not found:
        raise WrongUsage(f"没有编号为“{code}”的规则，全部规则见“consortium rules”")
    print("\n".join(found))
    return DONE


@_command("demo")
def demo(folder: Fresh = Path("build/demo")) -> int:
    """造一个逼真的工作目录，并完整汇总一次"""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage(f"“{folder}”里已有内容，请换一个目录")
    from datetime import date, timedelta

    with loading():
        from pipeline import demo as examples, launch

    workspace = workspace_at(folder, new=True)
    workspace.create()
    examples.build(workspace)
    # The real deadline is long past; the demonstration shows a call that still runs.
    deadline = date.today() + timedelta(days=_DEMO_DAYS_LEFT)
    workspace.settings_file.write_text(f"deadline = {deadline}\n", encoding="utf-8")
    # Returned forms are what the demonstration shows, so they are no reason to report anything but success.
    _tell(launch.by_hand(workspace, prefect=True), folder)
    return DONE


# Declared in `pipeline.commands`, shown after those above.
for _name, _function in (("withdraw", deadline.withdraw), ("nil", deadline.nil), ("seal", deadline.seal),
                         ("verify", deadline.verify), ("what-if", upkeep.what_if), ("rebuild", upkeep.rebuild)):
    _command(_name)(_function)


def _tell(summary, folder: Path) -> int:
    from pipeline.report import in_words

    print("\n".join([*in_words(summary), f"结果在 {folder / layout.OUTBOX}。"]))
    return summary.exit_code


def _in_utf8() -> None:
    """Begin again in UTF-8 where the locale would misread the names of files; the screen keeps its own encoding."""
    if sys.getfilesystemencoding() == "utf-8" or os.environ.get("PYTHONUTF8") == "1":
        return
    screen = os.environ.get("PYTHONIOENCODING") or f"{sys.stdout.encoding}:replace"
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]],
              {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": screen})


def main(arguments: list[str] | None = None) -> None:
    """Entry point: never a traceback, never an English word; the codes of `pipeline.exits`."""
    if arguments is None:
        _in_utf8()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that is not UTF-8 shows a question mark for what it cannot write, and goes on.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not sys.warnoptions:
        # What libraries warn each other about is English, and nothing a user could act on.
        warnings.simplefilter("ignore")
    log.unheard()
    sys.exit(ended(arguments))


def ended(arguments: list[str] | None) -> int:
    """Carry out a command line; the one place where errors become exit codes."""
    try:
        command = typer.main.get_command(app)
        code = command.main(arguments, prog_name="consortium", standalone_mode=False) or DONE
        return _failed(exits.INTERRUPTED, FAILED) if code == _INTERRUPTED else code
    except RunError as error:
        return _failed(str(error), error.exit_code)
    except TyperException as error:
        if usage.is_bare(error):
            print(error.format_message())
            return USAGE
        return _failed(f"{usage.sentence(error)}。{usage.pointer(error)}", USAGE)
    except KeyboardInterrupt:
        return _failed(exits.INTERRUPTED, FAILED)
    except SystemExit:
        raise
    # A Rust panic is no Exception; nobody but the operator's log may see what an unforeseen error says.
    except BaseException as error:
        with log.writing(_named(arguments) / layout.STATE / layout.LOGS):
            return _failed(str(log.fault(error)), FAILED)


def _named(arguments: list[str] | None) -> Path:
    """The workspace that a command line names; the current folder if it names none."""
    from argparse import ArgumentParser

    words = ArgumentParser(add_help=False, allow_abbrev=False)
    words.add_argument("-w", "--workspace", nargs="?", default="")
    return Path(words.parse_known_args(arguments)[0].workspace or "")


def _failed(sentence: str, code: int) -> int:
    print(f"{sentence.rstrip('。')}。", file=sys.stderr)
    return code
