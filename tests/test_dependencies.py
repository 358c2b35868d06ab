"""What is imported is declared, and what is declared is needed."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Needed, and imported by nothing of ours: the driver of a ledger on a server; and a bound on what prefect takes.
UNSEEN = {"psycopg", "fastapi"}


def folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = [*project["dependencies"], *project["optional-dependencies"]["dask"]]
    return {folded(re.match(r"[\w.-]+", need)[0]) for need in needs}


def imported() -> set[str]:
    """The distributions of everything that is imported in the two halves, wherever in a file."""
    known, found = packages_distributions(), set()
    for path in [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            found.update(name.partition(".")[0] for name in names)
    outside = found - set(sys.stdlib_module_names) - {"pipeline", "schemas"}
    return {folded(known.get(name, [name])[0]) for name in outside}


def test_imported__is_declared() -> None:
    assert imported() - declared() == set()


def test_declared__is_imported() -> None:
    assert declared() - imported() == UNSEEN
