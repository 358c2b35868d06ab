"""The house rules: who may import what, how long a file may be, what is not typed twice or loaded early."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.form_2023 import FORM

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("schemas", "pipeline") for path in (ROOT / folder).rglob("*.py"))
TESTS = sorted((ROOT / "tests").glob("*.py"))

# A library stands in these files only; a name that ends in / is a folder.
ALLOWED = {
    "prefect": ["pipeline/flow.py"],
    "prefect_dask": ["pipeline/flow.py"],
    "dask": ["pipeline/cluster.py"],
    "distributed": ["pipeline/cluster.py", "pipeline/crew.py"],
    "fsspec": ["pipeline/remote.py"],
    "uvicorn": ["pipeline/server.py"],
    "apprise": ["pipeline/notify.py"],
    "typer": ["pipeline/cli.py", "pipeline/commands/", "pipeline/usage.py", "pipeline/docs.py"],
    "sqlalchemy": ["pipeline/ledger/"],
    "pebble": ["pipeline/sandbox.py"],
    "pydantic_settings": ["pipeline/settings.py"],
    "python_calamine": ["pipeline/grid.py"],
    "xlrd": ["pipeline/details/"],
    "msoffcrypto": ["pipeline/signature.py", "pipeline/grid.py", "pipeline/demo/"],
    "rapidfuzz": ["schemas/kinds/", "schemas/similar.py", "pipeline/read/"],
    "stdnum": ["schemas/uscc/"],
    "pandera": ["schemas/", "pipeline/failures.py"],
    "xlsxwriter": ["pipeline/template/", "pipeline/publish/", "pipeline/demo/"],
}
# The only way between the two halves is pipeline → schemas.
NEVER = {"schemas": ["pipeline"], "pipeline": ["tests"]}
FORBIDDEN_EVERYWHERE = {"pandas", "numpy", "requests"}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of the packages that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("library", "places"), ALLOWED.items(), ids=ALLOWED)
def test_library__stands_where_it_may(library: str, places: list[str]) -> None:
    found = [named(path) for path in SOURCES if library in imported(path)]
    assert [file for file in found if not any(file == place or place.endswith("/") and file.startswith(place)
                                              for place in places)] == []


def test_dask__is_loaded_by_the_functions_that_need_it() -> None:
    found = [(named(path), node.lineno) for path in SOURCES for node in ast.parse(path.read_text("utf-8")).body
             if isinstance(node, ast.Import | ast.ImportFrom)
             for name in [*(alias.name for alias in node.names), getattr(node, "module", None) or ""]
             if name.partition(".")[0] in {"dask", "distributed", "prefect_dask", "fsspec"}]
    assert found == []


@pytest.mark.parametrize(("half", "never"), NEVER.items(), ids=NEVER)
def test_halves__import_one_way(half: str, never: list[str]) -> None:
    assert [(named(path), name) for path in SOURCES if path.is_relative_to(ROOT / half)
            for name in imported(path) if name in {*never, *FORBIDDEN_EVERYWHERE}] == []


def test_form__is_named_by_one_file_outside_its_folder() -> None:
    form = re.compile(r"\bform_\d{4}\b")
    naming = {named(path) for path in SOURCES for node in ast.walk(ast.parse(path.read_text("utf-8")))
              if isinstance(node, ast.ImportFrom) and form.search(node.module or "")}
    assert {name for name in naming if not form.search(name)} == {"schemas/current.py"}


def test_files__at_most_300_lines() -> None:
    long = {named(path): len(path.read_text("utf-8").splitlines()) for path in [*SOURCES, *TESTS]}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}


def test_lines__at_most_120_characters() -> None:
    long = [named(path) for path in [*SOURCES, *(ROOT / "tests").rglob("*.py")]
            for line in path.read_text("utf-8").splitlines() if len(line) > 120]
    assert long == []


def test_functions__at_most_50_lines() -> None:
    functions = {f"{named(path)}:{node.name}": node.end_lineno - node.lineno + 1
                 for path in [*SOURCES, *TESTS] for node in ast.walk(ast.parse(path.read_text("utf-8")))
                 if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert {name: lines for name, lines in functions.items() if lines > 50} == {}


def test_modules__say_what_they_are() -> None:
    silent = [path for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert list(map(named, silent)) == []


def test_names__no_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "common", "core", "manager"}
    assert [named(path) for path in SOURCES if path.stem in drawers] == []


def texts(path: Path) -> Iterator[str]:
    """The string constants of a file; what is put into one is an X."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_patterns__are_matched_alike_by_every_python() -> None:
    # Before 3.11.5 (Debian has 3.11.2) a possessive group matches wrongly: cpython's issue 106052. `(?>…)` does not.
    possessive = re.compile(r"[)\]}X\w.](?:[*+?]|\{\d*,?\d*\})\+(?!\w)")
    assert possessive.search("(?:ab?)*+") and possessive.search("X++") and possessive.search("[ab]{2,}+")
    assert [(named(path), text) for path in SOURCES for text in texts(path) if possessive.search(text)] == []


def test_labels__no_label_of_the_form_is_typed_in_the_pipeline() -> None:
    """Compared with every literal that is a label of more than three characters, no more and no less.

    pipeline/demo is exempt: it plays the bureaus, who type labels in their own way.
    """
    labels = {column.label for block in FORM.blocks for column in block.columns.values()}
    sources = [path for path in SOURCES if named(path).startswith("pipeline/")
               and not named(path).startswith("pipeline/demo/")]
    assert [(named(path), text) for path in sources for text in _literals(path)
            if len(text) > 3 and text in labels] == []


def _literals(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


# Who catches everything, or nearly so, says there why; a new one must be argued for here as well.
BROAD = {
    "pipeline/apart.py": ["Exception, pl.exceptions.PanicException"],
    "pipeline/cli.py": ["BaseException"],
    "pipeline/cluster.py": ["Exception", "Exception"],
    "pipeline/launch.py": ["Exception"],
    "pipeline/log.py": ["BaseException"],
    "pipeline/remote.py": ["Exception"],
    "pipeline/sandbox.py": ["BaseException"],
    "pipeline/watchdog.py": ["BaseException"],
    "pipeline/what_if_child.py": ["BaseException"],
}


def broad(text: str) -> list[str]:
    """What is caught where everything is: by name, in a tuple, without a name, or by `suppress`."""
    found = []
    for node in ast.walk(ast.parse(text)):
        caught = []
        if isinstance(node, ast.ExceptHandler):
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type or ast.Name("BaseException")]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = node.args
        names = list(map(ast.unparse, caught))
        if {name.rpartition(".")[2] for name in names} & {"Exception", "BaseException"}:
            found.append(", ".join(names))
    return found


def test_everything__is_caught_in_these_places_alone() -> None:
    assert {named(path): found for path in SOURCES if (found := broad(path.read_text("utf-8")))} == BROAD


@pytest.mark.parametrize(("handler", "found"), [
    ("except Exception:", ["Exception"]), ("except (OSError, BaseException) as error:", ["OSError, BaseException"]),
    ("except builtins.Exception:", ["builtins.Exception"]), ("except:", ["BaseException"]),
    ("except* Exception:", ["Exception"]), ("except (ValueError, OSError):", []), ("except TyperException:", [])])
def test_broad__in_whatever_way_it_is_written(handler: str, found: list[str]) -> None:
    assert broad(f"try:\n    pass\n{handler}\n    pass") == found


def test_broad__where_it_is_suppressed() -> None:
    assert broad("with suppress(Exception):\n    pass\nwith contextlib.suppress(OSError):\n    pass") == ["Exception"]


LIGHT = {
    "help": ["--help"], "rules": ["rules"], "template": ["template", "-o", "made.xlsx"],
    "check": ["check", "form.xlsx"],
}


@pytest.mark.parametrize("words", LIGHT.values(), ids=LIGHT)
def test_light_commands__do_not_load_prefect(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "form.xlsx").write_bytes(b"no workbook")
    told = subprocess.run(
        [sys.executable, "-c", "import json, sys\nfrom pipeline import cli\ncli.ended(sys.argv[1:])\n"
         "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))", *words],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, check=True,
        encoding="utf-8")
    loaded = set(json.loads(told.stdout.splitlines()[-1]))
    assert "pipeline" in loaded
    assert loaded & {"prefect", "uvicorn", "fastapi", "pandas"} == set()
    assert words != ["--help"] or loaded & {"polars", "pandera", "pydantic_settings", "sqlalchemy"} == set()


def tracked() -> list[Path]:
    """What is, or is about to be, in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=False, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


# Built from pieces, so that this file does not find itself.
MACHINE = re.compile("|".join([r"/(?:wo" + r"rk|ro" + r"ot|opt|ho" + r"me)/\w", r"[A-Z]:\\Use" + "rs"]))
INDEX = re.compile("|".join(["index" + "-url", "pypi" + r"\.", "/simp" + r"le\b", "find" + "-links"]))
# The option by which uv leaves the address out.
NO_INDEX = "--no-emit-index" + "-url"


def test_files__name_no_package_index_and_no_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".xlsx", ".xls", ".png", ".ods"}:
            continue
        text = path.read_text("utf-8", errors="replace").replace(NO_INDEX, "")
        found += [(named(path), hit[0]) for pattern in (MACHINE, INDEX) for hit in pattern.finditer(text)]
    assert found == []


def test_lock__pins_everything_with_hashes() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([\w.-]+)(?:\[[\w, -]+\])?==\S+", text, re.M)
    entries = re.split(r"^(?=[\w.-]+(?:\[[\w, -]+\])?==)", text, flags=re.M)[1:]
    assert len(pins) == len(entries) > 100
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "pandas" not in pins


def test_lock__holds_what_prefect_needs_to_start_and_to_schedule() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    found = re.findall(r"^(fastapi|sqlalchemy)==\d+\.(\d+)", text, re.M)
    minor = {name: int(number) for name, number in found}
    assert minor["fastapi"] <= 154
    assert minor["sqlalchemy"] == 0
    # For the pip that Python 3.11 brings: see `lock` in the Makefile.
    assert re.search(r"^sqlalchemy\[asyncio\]==", text, re.M)


def test_lock__fits_the_project() -> None:
    """Every direct dependency is pinned within its range."""
    import tomllib

    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = map(Requirement, [*project["project"]["dependencies"], *project["dependency-groups"]["dev"],
                                 *project["project"]["optional-dependencies"]["dask"]])
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = dict(re.findall(r"^([\w.-]+)(?:\[[\w, -]+\])?==([^\s;]+)", text, re.M))
    outside = [need for need in wanted if not need.specifier.contains(pins.get(need.name.lower(), "0"))]
    assert list(map(str, outside)) == []
