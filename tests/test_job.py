"""The whole job on the demo's inbox, stage by stage: what every file is found to hold, and what it leaves behind."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline import demo, job, portions
from pipeline.memory import Memory, Round
from pipeline.publish import handed_back
from pipeline.settings import Settings, Workspace
from schemas import register
from schemas.call import CHINA

NOON = datetime(2023, 9, 20, 12, 0, tzinfo=CHINA)
REGISTER = "省级/江苏省创新联合体名录.xlsx"


def run(workspace: Workspace, now: datetime = NOON, arrived: datetime = NOON) -> job.Summary:
    settings = Settings.of(workspace)
    taken = job.intake(workspace, settings, arrived)
    readings = [reading for portion in job.chunks(taken, settings) for reading in job.read(portion, settings)]
    judged = job.validate(readings, taken, settings)
    return job.publish(job.resolve(judged, Memory(), Round(1, "", now.replace(hour=2))), workspace, now)


def hashes(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("demo"))
    workspace.create()
    demo.build(workspace)
    before = hashes(workspace.inbox)
    summary = run(workspace)
    return workspace, summary, before


@pytest.fixture(scope="module")
def tables(done):
    workspace, _, _ = done
    return {name: pl.read_parquet(workspace.data_outbox / f"{name}.parquet") for name in register.TABLES}


@pytest.mark.parametrize("planned", demo.PLAN, ids=lambda planned: planned.file)
def test_every_file__is_found_to_hold_what_was_planted(tables, planned):
    told = tables["findings"].filter((pl.col("file") == planned.file) & (pl.col("severity") != "I"))
    of_file = tables["submissions"].filter(pl.col("file") == planned.file)
    assert {f"{code}/{severity}"
            for code, severity in told.select("code", "severity").iter_rows()} == set(planned.rules)
    assert sorted(of_file["status"]) == sorted(map(str, planned.status))


def test_inbox__is_left_as_it_was(done):
    workspace, _, before = done
    assert hashes(workspace.inbox) == before


def test_missing_cities__are_named(done):
    assert done[1].missing_cities == demo.NOT_REPORTED


def test_tables__have_the_columns_and_types_of_the_contract(tables):
    for name, table in tables.items():
        assert dict(table.schema) == register.polars_schema(name), name


def test_csv__has_the_rows_of_the_parquet(done, tables):
    workspace, _, _ = done
    for name, table in tables.items():
        raw = (workspace.data_outbox / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        assert pl.read_csv(raw[3:], infer_schema=False).shape == table.shape


def test_second_run__changes_no_byte(done):
    workspace, summary, _ = done
    outputs = hashes(workspace.outbox)
    assert run(workspace, NOON.replace(hour=18)) == summary
    assert hashes(workspace.outbox) == outputs


def test_other_workspace_at_another_time__writes_the_same_register_of_the_same_arrivals(done, tmp_path):
    workspace, _, _ = done
    other = Workspace(tmp_path)
    other.create()
    shutil.copytree(workspace.inbox, other.inbox, dirs_exist_ok=True, copy_function=shutil.copy2)
    run(other, NOON.replace(day=22, hour=3))
    assert hashes(other.outbox)[REGISTER] == hashes(workspace.outbox)[REGISTER]


def test_organisations__are_one_a_code(tables):
    codes = tables["organisations"].filter(pl.col("org_id") == pl.col("uscc"))["uscc"]
    assert codes.n_unique() == codes.len() > 100


def test_every_member_of_an_admitted_form__is_in_the_register(tables):
    members = tables["members"].filter("admitted")
    assert set(members["org_id"]) <= set(tables["organisations"]["org_id"])
    assert set(members["org_id"]) <= set(tables["sources"]["org_id"])


def test_findings__of_the_first_round_are_new_and_have_a_number_each(tables):
    assert set(tables["findings"]["state"]) == {"new"}
    assert tables["findings"]["finding_id"].n_unique() == tables["findings"].height


def test_file_that_breaks_every_reader__is_not_blamed_on_the_bureaus(monkeypatch, done):
    workspace, _, _ = done
    settings = Settings.of(workspace)
    taken = job.intake(workspace, settings, NOON)
    monkeypatch.setattr(portions, "open_packed", os.path.getsize)
    with pytest.raises(RuntimeError):
        job.read(job.chunks(taken, settings)[0], settings)


def test_returned_forms__dropped_again_as_they_are__read_as_the_originals(done, tables, tmp_path):
    """What our answers add to a form (marks, comments, a sheet in front) is no content, in whatever format it came."""
    workspace, _, _ = done
    again = Workspace(tmp_path)
    again.create()
    for folder in workspace.outbox.glob("*/退改"):
        shutil.copytree(folder, again.inbox / folder.parent.name, copy_function=shutil.copy2)
    run(again)
    for name in ("consortia", "members", "platforms", "projects"):
        # A form whose city nobody can tell is not handed back.
        told = tables[name].filter(pl.col("city").is_not_null()).drop("submission_id")
        read = pl.read_parquet(again.data_outbox / f"{name}.parquet").drop("submission_id")
        order = ["consortium_id"] + ["seq"] * ("seq" in told.columns)
        assert told.sort(order).equals(read.sort(order)), name


def test_forms_marked_by_several_processes__are_the_same_bytes(done, tmp_path, monkeypatch):
    workspace, _, _ = done
    monkeypatch.setattr(handed_back, "_AT_A_TIME", 1)
    other = Workspace(tmp_path)
    other.create()
    shutil.copytree(workspace.inbox, other.inbox, dirs_exist_ok=True, copy_function=shutil.copy2)
    run(other)
    assert hashes(other.outbox) == hashes(workspace.outbox)


def test_answer_of_a_file_that_counts_no_more__leaves_the_folder(done):
    workspace, _, _ = done
    left = workspace.returned_outbox("南京市") / "上次的表.xlsx"
    left.write_bytes(b"")
    run(workspace)
    assert not left.exists()
