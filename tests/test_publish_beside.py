"""The register is written beside the other outputs, or before them: the same bytes, and all outputs or none."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest

from pipeline import demo
from pipeline.errors import RunError
from pipeline.layout import BOARD, REGISTER
from pipeline.publish import answers
from pipeline.run import run
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

NOON = datetime(2023, 9, 20, 12, tzinfo=CHINA)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    place = Workspace(tmp_path)
    place.create()
    demo.build(place)
    return place


@pytest.mark.parametrize(("most", "beside"), [(20_000, True), (10, False)])
def test_register__is_written_beside_on_a_later_night_of_few_forms(workspace, monkeypatch, most, beside) -> None:
    threads: list[threading.Thread] = []
    write_aside = answers.register.write_aside

    def noted(*given) -> None:
        threads.append(threading.current_thread())
        write_aside(*given)

    monkeypatch.setattr(answers, "_MOST_BESIDE", most)
    monkeypatch.setattr(answers.register, "write_aside", noted)
    run(workspace, Settings.of(workspace), NOON)
    made = (workspace.province_outbox / REGISTER).read_bytes()
    (workspace.province_outbox / REGISTER).unlink()
    run(workspace, Settings.of(workspace), NOON)
    assert [thread is not threading.main_thread() for thread in threads] == [False, beside]
    assert (workspace.province_outbox / REGISTER).read_bytes() == made


@pytest.mark.parametrize("nights", [1, 2])
def test_register_fails__no_output_takes_its_place(workspace, monkeypatch, nights) -> None:
    def failing(*_) -> None:
        raise OSError(28, "No space left on device")

    if nights == 2:
        run(workspace, Settings.of(workspace), NOON)
        for name in (REGISTER, BOARD):
            (workspace.province_outbox / name).unlink()
    monkeypatch.setattr(answers.register, "write_aside", failing)
    with pytest.raises(RunError, match="磁盘空间不足"):
        run(workspace, Settings.of(workspace), NOON)
    assert not (workspace.province_outbox / REGISTER).exists()
    assert not (workspace.province_outbox / BOARD).exists()
    assert list(workspace.outbox.rglob(".~*.tmp")) == []
