"""Names, words and codes that several modules share are each typed in one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import exits, inbox, layout, run, unattended
from pipeline.__main__ import _FAILED, _INTERRUPTED
from pipeline.decisions import reading
from pipeline.errors import RunError, WorkspaceHeld
from pipeline.settings import Workspace

PIPELINE = Path(layout.__file__).parent
# The demonstration plays the bureaus, who type names in their own way.
SOURCES = [path for path in sorted(PIPELINE.rglob("*.py")) if path != PIPELINE / "layout.py"
           and not path.is_relative_to(PIPELINE / "demo")]
OUTPUTS = {layout.REGISTER, layout.PENDING, layout.BOARD, layout.RETURNED, layout.PROBLEMS, layout.RECEIPT,
           layout.RECOMMENDATION, layout.PROVINCE}
FOLDERS = {layout.INBOX, layout.OUTBOX, layout.STATE, layout.ORIGINALS, layout.LOGS, layout.PREFECT, layout.PROVINCE,
           layout.DATA}


def texts(node: ast.AST) -> Iterator[str]:
    """Every literal at or below a node that is no docstring."""
    said = {id(inner.value) for inner in ast.walk(node) if isinstance(inner, ast.Expr)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and id(inner) not in said:
            yield inner.value


def typed(path: Path) -> Iterator[str]:
    """Names of the outputs in any literal, and names of folders in one that is joined to a path."""
    tree = ast.parse(path.read_text("utf-8"))
    yield from (part for text in texts(tree) for part in text.split("/") if part in OUTPUTS)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield from (part for text in texts(node.right) for part in text.split("/") if part in FOLDERS)


def test_names__are_typed_in_one_file() -> None:
    assert [(path.relative_to(PIPELINE).as_posix(), name) for path in SOURCES for name in typed(path)] == []


@pytest.mark.parametrize(("words", "place"), [
    ((unattended.BY_HAND, unattended.AT_NIGHT, unattended.ARRIVED, unattended.MADE_UP, unattended.NAME),
     "unattended.py"),
    ((inbox.NO_CITY,), "inbox.py"),
    ((run.OUTCOME_DONE, run.OUTCOME_FAILED), "run.py"),
    ((reading.TITLES[reading.JUDGE], reading.TITLES[reading.DAY], reading.TITLES[reading.UNTIL],
      reading.TITLES[reading.STATE], reading.TITLES[reading.REASON]), "decisions/reading.py"),
], ids=["triggers", "no city", "outcomes", "titles"])
def test_word__is_typed_in_the_file_that_declares_it(words: tuple[str, ...], place: str) -> None:
    assert {path.relative_to(PIPELINE).as_posix() for path in SOURCES
            for text in texts(ast.parse(path.read_text("utf-8"))) if text in words} <= {place}


# Where a sentence names one of these, it has it from the layout as well.
NAMED = (layout.DECISIONS, layout.STATE, layout.LEDGER, layout.JOURNAL)


def test_sentences__name_no_folder_and_no_file_by_themselves() -> None:
    assert [(path.relative_to(PIPELINE).as_posix(), text) for path in SOURCES
            for text in texts(ast.parse(path.read_text("utf-8"))) if any(name in text for name in NAMED)] == []


def test_interruption__is_told_in_one_sentence() -> None:
    assert [path.name for path in SOURCES for text in texts(ast.parse(path.read_text("utf-8")))
            if exits.INTERRUPTED in text] == ["__main__.py", "exits.py"]


def test_workspace__has_a_place_for_each() -> None:
    workspace = Workspace(Path("w"))
    assert [workspace.logs, workspace.prefect, workspace.returned_outbox("南京市")] == [
        Path("w/.consortium/logs"), Path("w/.consortium/prefect"), Path("w/outbox/南京市/退改")]
    assert workspace.database == Path("w/.consortium/ledger.db")


def test_exit_codes__are_those_of_one_table() -> None:
    assert list(exits.MEANINGS) == [exits.DONE, exits.FLAWED, exits.USAGE, exits.FAILED, exits.HELD] == [0, 1, 2, 3, 4]
    assert (RunError.exit_code, WorkspaceHeld.exit_code) == (exits.FAILED, exits.HELD)
    # What tells that nothing can be loaded loads nothing.
    assert (_FAILED, _INTERRUPTED) == (exits.FAILED, exits.INTERRUPTED)
