"""The ledger lost, damaged, put back from an older copy, or killed between journal and database: made again, equal."""

from __future__ import annotations

import hashlib
import json
import os
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline import originals
from pipeline.errors import LedgerDamaged, RunError, StorageFailed, WorkspaceHeld
from pipeline.intake import Seen
from pipeline.ledger import Ledger, hold, journal, rebuild, store
from pipeline.memory import Explanation, Past, Round
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON, FILES = datetime(2023, 9, 1, 12, tzinfo=CHINA), 300
NOTHING = {"receipts": 0, "runs": 0, "rounds": 0, "findings": 0, "explanations": 0, "nils": 0, "decisions": 0}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    made = Workspace(tmp_path / "w")
    made.create()
    return made


@pytest.fixture
def settings(ledger_url) -> Settings:
    return Settings(database=ledger_url)


def kept(workspace: Workspace, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    place = originals.place(workspace.originals, sha256)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)
    return sha256


def season(workspace: Workspace, settings: Settings) -> dict[str, list[dict]]:
    """Everything that a ledger can hold; returns its rows."""
    with Ledger.of(workspace, settings) as ledger:
        for night in (1, 2):
            now = NOON + timedelta(days=night)
            ledger.run_started(f"run {night}", now)
            ledger.record([Seen(f"南京市/{number}.xlsx", "南京市", kept(workspace, b"%d" % (number * night)), 9,
                                now, number, number) for number in range(FILES)], now)
            ledger.withdraw([f"南京市/{night}.xlsx"], "重复", now)
            ledger.declare_nil(f"第{night}市", "没有", now)
            pasts = [Past(f"f{number}", None, "JS1", "名称", "M08", "E", 1, night, NOON, now) for number in range(FILES)]
            ledger.commit(Round(night, f"k{night}", now), pasts, [Explanation("f1", "d", f"说明{night}", "a" * 64, now)],
                          [{"file": "裁定.xlsx", "sha256": "b" * 64, "sheet": "同名", "row": night, "state": "applied"}])
            ledger.revoke_nil("第1市", now)
            ledger.run_finished(f"run {night}", now, "完成", {"forms": night})
            ledger.let_go()
        return ledger.rows()


def rows_of(workspace: Workspace, settings: Settings) -> dict[str, list[dict]]:
    with Ledger.of(workspace, settings) as ledger:
        return ledger.rows()


def lose(workspace: Workspace, name: str = "ledger.db") -> None:
    for place in workspace.state.glob(f"{name}*"):
        place.unlink()


def test_rebuild__equals_the_lost_ledger(workspace, settings):
    before = season(workspace, settings)
    lose(workspace)
    done = rebuild(workspace, settings)
    assert rows_of(workspace, settings) == before
    assert done.counts == {name: len(rows) for name, rows in before.items()}
    assert (done.missing, done.unclaimed, done.damaged) == ((), (), 0)
    assert all(len(rows) >= 1 for rows in before.values())


def flip(place: Path, seed: int) -> None:
    content, chance = bytearray(place.read_bytes()), random.Random(seed)
    for _ in range(1000):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    place.write_bytes(content)


HARM = {
    **{f"flipped {seed}": lambda place, seed=seed: flip(place, seed) for seed in range(5)},
    "half": lambda place: os.truncate(place, place.stat().st_size // 2),
    "odd": lambda place: os.truncate(place, 5000), "empty": lambda place: os.truncate(place, 0),
    "no header": lambda place: place.write_bytes(bytes(100) + place.read_bytes()[100:]),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_rebuild__of_a_damaged_file(workspace, harm):
    before = season(workspace, Settings())
    harm(workspace.database)
    try:
        rows_of(workspace, Settings())
    except RunError as told:
        assert isinstance(told, (LedgerDamaged, StorageFailed))
    done = rebuild(workspace, Settings())
    assert rows_of(workspace, Settings()) == before
    assert (workspace.state / done.aside).is_file()
    assert done.aside.startswith("ledger-损坏-") and done.damaged == 0
    assert f"原来的台账已移到 {done.aside}。" in done.lines


def test_rebuild__on_a_server_keeps_the_old_tables_aside(workspace, new_database):
    settings = Settings(database=new_database())
    before = season(workspace, settings)
    with Ledger.of(workspace, settings) as ledger, ledger._store.writing() as writing:
        writing.connection.exec_driver_sql("drop table findings")
    with pytest.raises(LedgerDamaged):
        rows_of(workspace, settings)
    done = rebuild(workspace, settings)
    assert rows_of(workspace, settings) == before
    with Ledger.of(workspace, settings) as ledger, ledger._store.reading() as connection:
        aside = connection.exec_driver_sql(f'select count(*) from "{done.aside}".receipts').scalar()
    assert aside == len(before["receipts"])


def test_rebuild__originals_are_verified_and_counted(workspace, settings):
    before = season(workspace, settings)
    first, second = (row["sha256"] for row in before["receipts"][5:7])
    originals.place(workspace.originals, first).unlink()
    originals.place(workspace.originals, second).write_bytes(b"other")
    stray = kept(workspace, b"nobody's")
    paths = sorted({row["path"] for row in before["receipts"] if row["sha256"] in (first, second)})
    done = rebuild(workspace, settings)
    assert (list(done.missing), done.unclaimed) == (paths, (stray,))
    assert f"  {paths[0]}" in done.lines and f"  {stray}" in done.lines


def test_rebuild__twice_within_a_second_keeps_both_old_ledgers(workspace, settings):
    with Ledger.of(workspace, settings) as ledger:
        ledger.declare_nil("宿迁市", "没有", NOON)
    before = rows_of(workspace, settings)
    asides = [rebuild(workspace, settings).aside for _ in range(3)]
    assert len(set(asides)) == 3 and "" not in asides
    if not settings.database.get_secret_value():
        assert all((workspace.state / name).is_file() for name in asides)
    assert rows_of(workspace, settings) == before


def test_rebuild__without_a_journal_tells_what_there_is(workspace):
    sha256 = kept(workspace, b"nobody's")
    workspace.database.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    done = rebuild(workspace, Settings())
    assert (done.counts, done.unclaimed) == (NOTHING, (sha256,))


def test_rebuild__without_a_journal_a_sound_ledger_is_the_source(workspace, settings):
    before = season(workspace, settings)
    (workspace.originals / "journal.jsonl").unlink()
    rebuild(workspace, settings)
    assert rows_of(workspace, settings) == before


def test_rebuild__waits_for_nobody(workspace):
    with hold(workspace), pytest.raises(WorkspaceHeld):
        rebuild(workspace, Settings())


def lines_of(workspace: Workspace) -> list[bytes]:
    return (workspace.originals / "journal.jsonl").read_bytes().splitlines(keepends=True)


def test_rebuild__damaged_journal_gives_what_is_readable(workspace):
    before = season(workspace, Settings())
    lines = lines_of(workspace)
    lose(workspace)
    spoiled = next(place for place, line in enumerate(lines) if b'"table":"nils"' in line)
    lines[spoiled] = b"\xff" + lines[spoiled][1:]
    (workspace.originals / "journal.jsonl").write_bytes(b"".join(lines))
    with pytest.raises(LedgerDamaged, match="consortium rebuild"):
        rows_of(workspace, Settings())
    done = rebuild(workspace, Settings())
    after = rows_of(workspace, Settings())
    assert done.damaged == 1 and "留存记录有 1 处损坏，所记的可能不全。请对照备份核实。" in done.lines
    # The first declaration was written again when it was revoked.
    assert after == before
    assert len(list(workspace.originals.glob("journal-*.jsonl"))) == 1


@pytest.mark.parametrize("torn", [b'{"table":"runs","row":{"run_id":"x"', b'{"table":"runs","row":{}}\n',
                                  b'{"closed":99,"ro', b"\n"])
def test_journal__torn_end_is_ignored(workspace, settings, torn):
    before = season(workspace, settings)
    with (workspace.originals / "journal.jsonl").open("ab") as file:
        file.write(torn)
    lose(workspace)
    assert rows_of(workspace, settings) == before
    with Ledger.of(workspace, settings) as ledger:
        ledger.declare_nil("宿迁市", "没有", NOON)
        after = ledger.rows()
    lose(workspace)
    assert rows_of(workspace, settings) == after != before


class Killed(BaseException):
    """The process is gone."""


def test_journal__killed_before_the_commit_is_made_good(workspace, settings, monkeypatch):
    def dying(*arguments):
        append(*arguments)
        raise Killed
    append = journal.Journal.append
    with Ledger.of(workspace, settings) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(journal.Journal, "append", dying)
            with pytest.raises(Killed):
                ledger.declare_nil("宿迁市", "没有", NOON)
    assert list(rows_of(workspace, settings)["nils"]) == [
        {"city": "宿迁市", "reason": "没有", "declared_at": "2023-09-01T12:00:00+08:00", "revoked_at": None}]


def test_journal__disk_full_undoes_the_transaction(workspace, settings, monkeypatch):
    before, journaled = season(workspace, settings), lines_of(workspace)

    def full(path, content, how):
        with path.open("ab") as file:
            file.write(content[:20])
        raise OSError(28, "No space left on device")
    with Ledger.of(workspace, settings) as ledger:
        monkeypatch.setattr(journal, "_write", full)
        with pytest.raises(StorageFailed, match="留存记录写不进去，台账没有变动"):
            ledger.declare_nil("宿迁市", "没有", NOON)
        assert ledger.rows() == before
    assert lines_of(workspace) == journaled


def test_database__refusing_the_commit_takes_the_journal_back(workspace, monkeypatch):
    before, journaled = season(workspace, Settings()), lines_of(workspace)
    with Ledger.of(workspace, Settings()) as ledger:
        append = journal.Journal.append

        def then_fail(*arguments):
            size = append(*arguments)
            monkeypatch.setattr("sqlalchemy.engine.default.DefaultDialect.do_commit", refused)
            return size

        def refused(dialect, connection):
            connection.execute("select * from nowhere")
        monkeypatch.setattr(journal.Journal, "append", then_fail)
        with pytest.raises(StorageFailed):
            ledger.declare_nil("宿迁市", "没有", NOON)
        monkeypatch.undo()
        assert ledger.rows() == before
    assert lines_of(workspace) == journaled


def test_database__older_copy_put_back_is_brought_up_to_date(workspace):
    with Ledger.of(workspace, Settings()) as ledger:
        ledger.declare_nil("宿迁市", "没有", NOON)
    older = workspace.database.read_bytes()
    after = season(workspace, Settings())
    lose(workspace)
    workspace.database.write_bytes(older)
    assert rows_of(workspace, Settings()) == after


def test_journal__lost_is_written_anew(workspace, settings):
    before = season(workspace, settings)
    (workspace.originals / "journal.jsonl").unlink()
    assert rows_of(workspace, settings) == before
    lose(workspace)
    assert rows_of(workspace, settings) == before


def test_journal__grown_past_twice_the_rows_is_shortened(workspace, monkeypatch):
    monkeypatch.setattr(store, "_SHORT", 10)
    with Ledger.of(workspace, Settings()) as ledger:
        lengths = []
        for turn in range(40):
            ledger.declare_nil("宿迁市", f"没有{turn}", NOON)
            lengths.append(len(lines_of(workspace)))
        before = ledger.rows()
    # A header, the end of an empty transaction, and ten rows at most, each with the end of its own.
    assert max(lengths) == 2 + 10 * 2 and lengths[10] == 3
    lose(workspace)
    assert rows_of(workspace, Settings()) == before


def test_journal__of_a_newer_edition_is_refused(workspace):
    season(workspace, Settings())
    lines = lines_of(workspace)
    lines[0] = json.dumps(json.loads(lines[0]) | {"edition": 9}).encode() + b"\n"
    (workspace.originals / "journal.jsonl").write_bytes(b"".join(lines))
    lose(workspace)
    with pytest.raises(LedgerDamaged, match="台账是第 9 版，本程序只认第 2 版"):
        rebuild(workspace, Settings())
