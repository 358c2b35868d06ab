"""The editions: what has a part in them, and that nothing which decides a reading is left out."""

from __future__ import annotations

import ast
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from pipeline import edition

ROOT = Path(__file__).parent.parent


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a file may load, wherever in the file; not what only a type checker sees."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {id(node) for branch in ast.walk(tree) if isinstance(branch, ast.If)
                   and isinstance(branch.test, ast.Name) and branch.test.id == "TYPE_CHECKING"
                   for node in ast.walk(branch)}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[:-node.level] if node.level else ()
            module = ".".join((*above, *([node.module] if node.module else ())))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def file_of(name: str) -> Path | None:
    place = ROOT.joinpath(*name.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def reached(*starts: str) -> set[str]:
    """Files of ours that the child needs in order to read, whenever it imports them."""
    waiting = [ROOT / start for start in starts]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [file for name in imported(path) if name.split(".")[0] in ("schemas", "pipeline")
                    and (file := file_of(name))]
    return {path.relative_to(ROOT).as_posix() for path in found}


def reading() -> set[str]:
    """Files that have a part in what a child makes of a workbook."""
    needed = reached("pipeline/opening.py", "pipeline/decisions/reading.py", "pipeline/read/packed.py")
    # The package's own entry is imported on the way; what it does is for after reading.
    needed -= {name for name in needed if name.startswith("pipeline/decisions/") and not name.endswith("reading.py")}
    # Only what it imports for the words of a refusal, in the parent.
    return needed - {"pipeline/message.py"}


def test_reader_s_edition__has_every_library_that_a_child_reads_with() -> None:
    """What is imported in those files is in the edition, under the name by which it is installed."""
    # The parent, which says what the labels are, loads the codes on the way; no code is looked at for a reading.
    files = [file for file in reading() if not file.startswith("schemas/uscc/")]
    names = {name.partition(".")[0] for file in files for name in imported(ROOT / file)}
    outside = names - set(sys.stdlib_module_names) - {"schemas", "pipeline"}
    known = packages_distributions()
    assert {known[name][0].lower() for name in outside} == set(edition.READING_LIBRARIES)


def test_reader_s_edition__has_every_file_that_a_child_reads_with() -> None:
    needed = reading()
    known = {name for name in needed if any(
        name == place or place.endswith("/") and name.startswith(place) for place in edition.READERS)}
    assert sorted(needed - known - {"pipeline/__init__.py"}) == []
    assert len(needed) > 30


@pytest.fixture
def copied(tmp_path, monkeypatch) -> Path:
    """Both halves in another place, whose editions are asked for."""
    for half in ("schemas", "pipeline"):
        shutil.copytree(ROOT / half, tmp_path / half, ignore=shutil.ignore_patterns("__pycache__"))
        monkeypatch.setitem(edition._ROOTS, half, tmp_path)
    return tmp_path


def both() -> tuple[str, str]:
    return edition.reader_edition.__wrapped__(), edition.rules_edition.__wrapped__()


def test_editions__depend_on_the_files_and_not_on_their_place(copied, monkeypatch) -> None:
    before = both()
    for half in ("schemas", "pipeline"):
        shutil.copytree(copied / half, copied / "elsewhere" / half)
        monkeypatch.setitem(edition._ROOTS, half, copied / "elsewhere")
    assert both() == before


@pytest.mark.parametrize(("file", "reading", "rules"), [
    ("schemas/form_2023/members.py", True, True),
    ("schemas/call.py", True, True),
    ("pipeline/read/tables.py", True, True),
    ("pipeline/grid.py", True, True),
    ("pipeline/resolve.py", False, True),
    ("pipeline/publish/pages/templates/board.html", False, True),
    ("pipeline/job.py", False, True),
    ("pipeline/cli.py", False, False),
    ("pipeline/flow.py", False, False),
    ("pipeline/demo/plan.py", False, False),
])
def test_changed_file__makes_another_edition_of_what_it_decides(copied, file, reading, rules) -> None:
    before = both()
    with (copied / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert tuple(old != new for old, new in zip(before, both(), strict=True)) == (reading, rules)


def test_new_file__counts_and_what_python_compiles_does_not(copied) -> None:
    before = both()
    (copied / "schemas" / "__pycache__").mkdir()
    (copied / "schemas" / "__pycache__" / "call.cpython-311.pyc").write_bytes(b"compiled")
    assert both() == before
    (copied / "schemas" / "new.tsv").write_bytes(b"")
    assert all(old != new for old, new in zip(before, both(), strict=True))


@pytest.mark.parametrize(("library", "reading", "rules"), [
    ("python-calamine", True, True), ("openpyxl", True, True), ("olefile", True, True),
    ("polars", False, True), ("xlsxwriter", False, True),
    ("prefect", False, False)])
def test_other_version_of_a_library__makes_another_edition_of_what_it_decides(
        monkeypatch, library, reading, rules) -> None:
    before, asked = both(), edition.version
    monkeypatch.setattr(edition, "version", lambda name: "0.0" if name == library else asked(name))
    assert tuple(old != new for old, new in zip(before, both(), strict=True)) == (reading, rules)


def test_named_places__are_there() -> None:
    assert [place for place in (*edition.READERS, *edition.BESIDE) if not (ROOT / place).exists()] == []


def test_editions__take_no_time() -> None:
    both()
    began = time.perf_counter()
    both()
    assert time.perf_counter() - began < 0.5
