"""How modules are loaded: garbage is not searched for meanwhile, nothing that only tests need, servers of children
early."""

from __future__ import annotations

import gc
import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import forking, job, sandbox
from pipeline.errors import InboxUnavailable, NoChildren
from pipeline.loading import loading
from pipeline.opening import open_packed
from pipeline.run import HERE, run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

ROOT = Path(__file__).parent.parent


@pytest.fixture
def searching() -> Iterator[None]:
    """Whatever a test does, garbage is searched for afterwards, in everything."""
    yield
    gc.enable()
    gc.unfreeze()


def fresh(program: str) -> list[str]:
    """The words that a program prints in a Python of its own."""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8",
                          timeout=60, check=True)
    return done.stdout.split()


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that has not been loaded."""
    (tmp_path / "loaded_in_a_test.py").write_text("import gc\nenabled = gc.isenabled()\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "loaded_in_a_test", raising=False)
    return "loaded_in_a_test"


def test_loading__searches_for_no_garbage_and_keeps_what_was_loaded(small: str, searching: None) -> None:
    gc.unfreeze()
    with loading():
        module = importlib.import_module(small)
    assert (module.enabled, gc.isenabled()) == (False, True)
    assert gc.get_freeze_count() > 1_000


def test_loading__of_nothing_new_keeps_nothing(searching: None) -> None:
    gc.unfreeze()
    with loading():
        importlib.import_module("pipeline.loading")
    assert (gc.get_freeze_count(), gc.isenabled()) == (0, True)


def test_loading__within_loading_does_not_begin_to_search(searching: None) -> None:
    with loading():
        with loading():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_loading__that_fails_searches_again(searching: None) -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        importlib.import_module("no_such_module_anywhere")
    assert gc.isenabled()


def test_command__ends_with_everything_kept() -> None:
    """Python looks through everything once more when it ends, unless told to keep it."""
    told = fresh("import atexit, gc\natexit.register(lambda: print(gc.get_freeze_count() > len(gc.get_objects())))\n"
                 "import sys; sys.argv = ['consortium', 'rules', 'M08']\n"
                 "from pipeline.__main__ import main\nmain()")
    assert told[-1] == "True"


def test_checks__load_nothing_that_makes_up_examples_and_leave_it_to_others() -> None:
    pytest.importorskip("hypothesis")
    told = fresh("import sys, polars, pandera.polars as pa\n"
                 "from schemas.column import Column\n"
                 "pa.DataFrameSchema({'a': pa.Column(int, pa.Check.gt(0))}).validate(polars.DataFrame({'a': [1]}))\n"
                 "print('hypothesis' in sys.modules)\n"
                 "import hypothesis.strategies\nprint(hypothesis.__name__)")
    assert told == ["False", "hypothesis"]


def test_run__loads_no_server_no_other_dialect_and_nothing_for_serving() -> None:
    told = fresh("import sys, pipeline.launch, pipeline.flow\nprint(*sys.modules)")
    unwanted = {"hypothesis", "prefect.server", "prefect.runner", "sqlalchemy.dialects.postgresql",
                "psycopg", "openpyxl",
                "xlsxwriter", "watchfiles", "apprise", "distributed", "numpy", "pandas", "pyarrow"}
    assert unwanted & set(told) == set()


def test_server_of_the_markers__is_the_one_that_was_begun_before_their_module_was_loaded(
        monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    monkeypatch.setattr(forking, "begin", lambda name: begun.append(name.rpartition(" ")[2]))
    sandbox.warm_for(job.MARKING)
    from pipeline.publish.handed_back import Marking, Moving

    for function in (Marking.bytes, Moving.bytes):
        sandbox.warm(function)
    assert len(begun) == 3 and len(set(begun)) == 1


def test_run__has_what_reads_load_while_files_are_received(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it cannot load keeps no file from being received."""
    events = []

    def refused(name: str) -> None:
        events.append(name.rpartition(" ")[2])
        raise NoChildren("")

    def received(*_: object) -> None:
        events.append("received")
        raise InboxUnavailable("")

    monkeypatch.setattr(forking, "begin", refused)
    with pytest.raises(InboxUnavailable):
        run(Workspace(tmp_path), Settings(), datetime(2023, 9, 1, tzinfo=CHINA), HERE._replace(intake=received))
    assert events == [sandbox._name(open_packed).rpartition(" ")[2], "received"]


def test_server__searches_for_no_garbage_while_it_loads() -> None:
    assert fresh("import gc\nimport pipeline.unsearched\nprint(gc.isenabled())") == ["False"]
    modules = forking._SERVERS[forking.named("pipeline.sandbox").rpartition(" ")[2]]._preload_modules
    assert modules == ["pipeline.unsearched", "pipeline.sandbox"]
