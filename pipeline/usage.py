"""typer in Chinese: help pages, and what is wrong with a command line.

typer's own pages and messages are English; here a page is composed from the same declarations, and an error
is told by its kind. `WrongUsage` is for what a command itself finds wrong with its arguments.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from typer.core import TyperCommand, TyperGroup

from pipeline import exits
from pipeline.errors import RunError
from pipeline.loading import loading

HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class WrongUsage(RunError):
    """The command line cannot be carried out as it stands; the message says why, in Chinese."""

    exit_code = exits.USAGE


class Command(TyperCommand):
    """A command whose help page is Chinese."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does, but words too many are told in Chinese."""
        with loading():
            rest = super().parse_args(ctx, args)
        if rest:
            raise WrongUsage(f"多写了“{' '.join(rest)}”。用法见“{ctx.command_path} --help”")
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage line, what the command does, its arguments and options."""
        options = [(", ".join([*param.opts, *param.secondary_opts]), param) for param in self.get_params(ctx)
                   if param.param_type_name == "option" and param.name != "help"]
        arguments = [param for param in self.get_params(ctx) if param.param_type_name == "argument"]
        words = [ctx.command_path, *(_in_usage(argument) for argument in arguments), "[选项]"]
        formatter.write(f"用法：{' '.join(words)}\n\n{self.help or ''}\n")
        _table(formatter, "参数", [(word.metavar or word.name, word.help) for word in arguments])
        _table(formatter, "选项", [(_with_metavar(names, param), param.help) for names, param in options]
               + [(", ".join(HELP_NAMES["help_option_names"]), "显示本页")])


class Group(TyperGroup):
    """The command of commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage line, what the program does, its commands in order of declaration."""
        formatter.write(f"用法：{ctx.command_path} 命令 [选项]\n\n{self.help or ''}\n")
        commands = [(name, (command.help or "").splitlines()[0]) for name, command in self.commands.items()]
        _table(formatter, "命令", commands)
        names = ", ".join(HELP_NAMES["help_option_names"])
        _table(formatter, "选项", [(names, "显示本页；“命令 --help”显示该命令的说明")])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple:
        """As typer does, but an unknown command is told in Chinese."""
        if args[0] not in self.commands and not args[0].startswith("-"):
            raise WrongUsage(f"没有“{args[0]}”这个命令，可用的命令见“{ctx.command_path} --help”")
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:
        """Commands as declared, not by alphabet."""
        return list(self.commands)


def is_bare(error: Any) -> bool:
    """Whether nothing but the program's name was typed: typer's error then carries our help page."""
    return type(error).__name__ == "NoArgsIsHelpError"


def sentence(error: Any) -> str:
    """What is wrong with the command line, by the kind of typer's error; its own English text is not used."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        near = "、".join(error.possibilities or ())
        return f"没有“{error.option_name}”这个选项" + (f"，是否要写 {near}" if near else "")
    if kind == "MissingParameter":
        return f"缺少{_named(error.param)}"
    if kind == "BadParameter":
        return f"{_named(error.param)}的值不对"
    if kind == "BadOptionUsage":
        return f"选项“{error.option_name}”后面的值缺少或多余"
    return "命令写法不对"


def pointer(error: Any) -> str:
    """Where to read more: the help page of the command in question."""
    path = error.ctx.command_path if getattr(error, "ctx", None) else "consortium"
    return f"用法见“{path} --help”"


def _named(param: Any) -> str:
    if param is None:
        return "参数"
    if param.param_type_name == "option":
        return f"选项“{'/'.join(param.opts)}”"
    return f"参数“{param.metavar or param.name}”"


def _in_usage(argument: Any) -> str:
    name = f"{argument.metavar or argument.name}{'…' if argument.nargs != 1 else ''}"
    return name if argument.required else f"[{name}]"


def _with_metavar(names: str, param: Any) -> str:
    return names if param.is_flag else f"{names} {param.metavar or ''}".rstrip()


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with their columns aligned on a screen, where a Chinese character is two cells wide."""
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(_padded, row, widths)).rstrip() for row in rows]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _table(formatter: Any, title: str, rows: list[tuple[str, str | None]]) -> None:
    if rows:
        lines = columns([("", left, right or "") for left, right in rows])
        formatter.write(f"\n{title}：\n" + "\n".join(lines) + "\n")


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
