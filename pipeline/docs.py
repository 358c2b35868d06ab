"""The generated blocks of README.md and the listing of the rules, made from the declarations; or looks with `--check`.

Each block stands between two markers that name it; what is outside of them is written by hand.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import typer

from pipeline import exits as exits_, rulebook
from pipeline.cli import app
from pipeline.report import escaped
from schemas import catalogue, register
from schemas.call import CITIES
from schemas.current import FORM
from schemas.rule import SEVERITY_WORDS

README = Path(__file__).parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- begin (\w+) -->\n).*?(<!-- end \2 -->)", re.S)


def commands() -> list[str]:
    """The commands with their first line of help."""
    declared = typer.main.get_command(app).commands
    return _table(("command", "what it does"),
                  [(f"`consortium {' '.join([name, *_words(command)])}`", command.help or "")
                   for name, command in declared.items()])


def exits() -> list[str]:
    """The exit codes."""
    return _table(("exit code", "meaning"), [(str(code), meaning) for code, meaning in exits_.MEANINGS.items()])


def tables() -> list[str]:
    """The tables of outbox/省级/data with their columns."""
    lines = []
    for name, model in register.TABLES.items():
        types = {field: str(dtype).partition("(")[0] for field, dtype in register.polars_schema(name).items()}
        rows = [(f"`{field}`", title, types[field]) for field, title in register.titles(name).items()]
        lines += [f"**`{name}`** — {(model.__doc__ or '').strip().splitlines()[0]}", "",
                  *_table(("column", "中文", "type"), rows), ""]
    return lines[:-1]


def rules() -> list[str]:
    """The rule catalogue."""
    return _table(("编号", "级别", "含义", "栏目", "怎么改", "依据"),
                  [(rule.code, SEVERITY_WORDS[rule.severity], rule.title,
                    "、".join(catalogue.labels_of(rule)) or "—", catalogue.plain(rule.fix), rule.clause or "—")
                   for rule in catalogue.rules()])


def fields() -> list[str]:
    """The field dictionary: every label of the form, block by block."""
    lines = []
    for block in FORM.blocks:
        rows = [(column.label, f"`{name}`", column.kind.name, column.unit or "—",
                 "是" if column.required else "", column.help or "—")
                for name, column in block.columns.items()]
        lines += [f"**{block.title}** (`{block.name}`)", "",
                  *_table(("栏目", "field", "类型", "单位", "必填", "说明"), rows), ""]
    return lines[:-1]


def glossary() -> list[str]:
    """中文 → identifier: labels, titles of output columns, blocks and states."""
    pairs = [(block.title, block.name) for block in FORM.blocks]
    pairs += [(column.label, name) for block in FORM.blocks for name, column in block.columns.items()]
    pairs += [(title, name) for table in register.TABLES for name, title in register.titles(table).items()]
    pairs += [(word, str(status)) for status, word in register.STATUS_WORDS.items()]
    named: dict[str, list[str]] = {}
    for word, name in pairs:
        named.setdefault(word, [])
        if name not in named[word]:
            named[word].append(name)
    return _table(("中文", "identifier"),
                  [(word, "、".join(f"`{name}`" for name in names)) for word, names in sorted(named.items())])


def cities() -> list[str]:
    """The thirteen cities as folders may be called."""
    return _table(("folder", "or", "or"), [(city.name, city.short, city.code) for city in CITIES])


BLOCKS: dict[str, Callable[[], list[str]]] = {
    "commands": commands, "exits": exits, "tables": tables, "rules": rules, "fields": fields,
    "cities": cities, "glossary": glossary,
}


def current(text: str) -> str:
    """`text` with every block made anew; KeyError for a block nobody makes."""
    return _BLOCK.sub(lambda found: f"{found[1]}{chr(10).join(BLOCKS[found[2]]())}\n{found[3]}", text)


def _words(command: object) -> Iterable[str]:
    for param in command.params:
        if param.param_type_name == "argument":
            word = f"{param.metavar}{'…' if param.nargs != 1 else ''}"
            yield word if param.required else f"[{word}]"
        elif param.name != "help":
            value = "" if param.is_flag else f" {param.metavar}"
            yield f"[{max(param.opts, key=len)}{value}]"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    ruled = (head, ["---"] * len(head), *(map(_cell, row) for row in rows))
    return [f"| {' | '.join(cells)} |" for cells in ruled]


def _cell(text: str) -> str:
    """Code spans as they are; in all else nothing acts as markup."""
    return text if text.startswith("`") else escaped(text)


def main() -> None:
    """Write README.md and the listing, or with --check say whether they are current (exit code 1 if not)."""
    made = {README: current(README.read_text("utf-8")), rulebook.LISTING: rulebook.listing()}
    for file, text in made.items():
        if "--check" not in sys.argv[1:]:
            file.write_text(text, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != text:
            sys.exit(f"{file.name} 与声明不一致，请运行 make docs")


if __name__ == "__main__":
    main()
