"""Settings and workspace: what a wrong setting says, what overrides what, and how light the imports are."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.errors import SettingsWrong
from pipeline.settings import Bearing, Settings, Workspace
from schemas import call

ROOT = Path(__file__).parent.parent


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    for name in [name for name in os.environ if name.startswith("CONSORTIUM_")]:
        monkeypatch.delenv(name)
    return Workspace(tmp_path)


def test_of__no_file_gives_defaults(workspace):
    settings = Settings.of(workspace)
    assert (settings.stability_seconds, settings.max_file_mb, settings.chunk_files) == (30, 20, 1000)
    assert settings.due == call.DEADLINE
    assert settings.workers == len(os.sched_getaffinity(0))


def test_of__environment_overrides_file(workspace, monkeypatch):
    workspace.settings_file.write_text("stability_seconds = 5\nread_workers = 3\n", "utf-8-sig")
    monkeypatch.setenv("CONSORTIUM_STABILITY_SECONDS", "7")
    settings = Settings.of(workspace)
    assert (settings.stability_seconds, settings.workers) == (7, 3)


@pytest.mark.parametrize(("written", "due"), [
    ("2023-10-08T12:00:00", datetime(2023, 10, 8, 12, tzinfo=call.CHINA)),
    ("2023-10-08T04:00:00Z", datetime(2023, 10, 8, 12, tzinfo=call.CHINA)),
    # A day means all of it.
    ("2023-10-08", datetime(2023, 10, 8, 23, 59, 59, tzinfo=call.CHINA)),
    ('"2023-10-08"', datetime(2023, 10, 8, 23, 59, 59, tzinfo=call.CHINA)),
])
def test_deadline__read_at_china_time(workspace, written, due):
    workspace.settings_file.write_text(f"deadline = {written}\n", "utf-8")
    assert Settings.of(workspace).due == due


@pytest.mark.parametrize(("written", "says"), [
    ("stabilty_seconds = 5", "设置有误：stabilty_seconds。请检查 consortium.toml 和以 CONSORTIUM_ 开头的环境变量。"),
    ("max_file_mb = 0\nchunk_files = 'x'",
     "设置有误：max_file_mb、chunk_files。请检查 consortium.toml 和以 CONSORTIUM_ 开头的环境变量。"),
    ('deadline = "2023-13-40"', "设置有误：deadline。请检查 consortium.toml 和以 CONSORTIUM_ 开头的环境变量。"),
    ("chunk_files = ", "consortium.toml 读不出来，请检查写法（TOML 格式，UTF-8 编码）。"),
])
def test_of__wrong_setting_is_told_in_chinese(workspace, written, says):
    workspace.settings_file.write_text(written, "utf-8")
    with pytest.raises(SettingsWrong) as caught:
        Settings.of(workspace)
    assert (str(caught.value), caught.value.exit_code) == (says, 3)


def test_of__file_in_another_encoding(workspace):
    workspace.settings_file.write_bytes("# 设置\n".encode("gb18030"))
    with pytest.raises(SettingsWrong, match="UTF-8 编码"):
        Settings.of(workspace)


def test_settings__survive_pickling(workspace):
    settings = Settings(chunk_files=3)
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_each_setting__says_on_what_it_bears():
    told = {name: [mark for mark in field.metadata if isinstance(mark, Bearing)]
            for name, field in Settings.model_fields.items()}
    assert {name: marks for name, marks in told.items() if len(marks) != 1} == {}
    assert Settings.bearing_on(Bearing.SECRET) == {"database", "dask", "originals_url", "inbox_url", "notify"}
    assert Settings.bearing_on(Bearing.RESULT) == {
        "read_timeout_seconds", "read_memory_mb", "max_file_mb", "largest_copy_mb", "nightly_files", "nightly_mb"}
    assert Settings.bearing_on(*Bearing) == set(Settings.model_fields)


def test_setting_that_is_or_may_hold_a_password__is_secret():
    secret = {name for name, field in Settings.model_fields.items()
              if name.endswith("_url") or "SecretStr" in str(field.annotation)}
    assert secret <= Settings.bearing_on(Bearing.SECRET)
    given = Settings(database="postgresql://a:b@c/d", originals_url="s3://a:b@c", notify="json://a:b@c", chunk_files=7)
    assert given.without_secrets() == Settings(chunk_files=7)


def test_workspace__places():
    workspace = Workspace(Path("w"))
    assert workspace.province_outbox == Path("w/outbox/省级")
    assert workspace.data_outbox == Path("w/outbox/省级/data")
    assert workspace.city_outbox("南京市") == Path("w/outbox/南京市")
    assert workspace.originals == Path("w/.consortium/originals")
    assert workspace.database == Path("w/.consortium/ledger.db")


def test_create__state_closed_to_others(workspace):
    workspace.create()
    workspace.create()
    assert workspace.inbox.is_dir() and workspace.outbox.is_dir()
    assert workspace.state.stat().st_mode & 0o777 == 0o700


def test_create__vanished_inbox_is_not_replaced(workspace):
    workspace.create()
    workspace.inbox.rmdir()
    workspace.create()
    assert not workspace.inbox.exists()


@pytest.mark.parametrize(("module", "absent"), [
    ("pipeline.settings", "polars pandera prefect sqlalchemy"),
    # These two are loaded in every reading child.
    ("pipeline.intake", "polars pandera prefect sqlalchemy pydantic"),
    ("pipeline.sandbox", "polars pandera prefect sqlalchemy pydantic"),
    ("pipeline.decisions.reading", "polars pandera prefect sqlalchemy pydantic pipeline.publish"),
    ("pipeline.layout", "polars pandera prefect sqlalchemy pydantic"),
    ("pipeline.ledger", "polars pandera prefect"),
])
def test_import__stays_light(module, absent):
    probe = f"import sys, {module}; print(*sorted(set('{absent}'.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
