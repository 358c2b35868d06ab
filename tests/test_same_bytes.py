"""Same inputs, same bytes: whatever the order of files, the zone, the locale, the number of workers, the folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import small
from tests.faults.state import hashes

ROOT = Path(__file__).parent.parent
# The zone and the locale, how the work is divided, the seed of hashes, the order of dropping: each run differs in all.
WAYS = {
    "reversed": {"TZ": "America/New_York", "LANG": "C", "LC_ALL": "C", "CONSORTIUM_READ_WORKERS": "1",
                 "CONSORTIUM_CHUNK_FILES": "1", "PYTHONHASHSEED": "1"},
    "rotated": {"TZ": "Asia/Shanghai", "LANG": "zh_CN.GBK", "LC_ALL": "zh_CN.GBK", "CONSORTIUM_READ_WORKERS": "2",
                "CONSORTIUM_CHUNK_FILES": "3", "PYTHONHASHSEED": "77"},
    "elsewhere": {"TZ": "UTC", "LANG": "tr_TR.UTF-8", "CONSORTIUM_READ_WORKERS": "4", "CONSORTIUM_CHUNK_FILES": "200",
                  "PYTHONHASHSEED": "4096", "POLARS_MAX_THREADS": "1"},
}


@pytest.fixture(scope="module")
def dropped(tmp_path_factory) -> Path:
    """An inbox whose files all have the same time."""
    inbox = small.built(tmp_path_factory.mktemp("small") / "workspace") / "inbox"
    for path in inbox.rglob("*"):
        os.utime(path, (1_695_000_000, 1_695_000_000))
    return inbox


@pytest.fixture(scope="module")
def plain(dropped, tmp_path_factory) -> dict[str, str]:
    return outputs(dropped, tmp_path_factory.mktemp("plain") / "w", "plain", {})


def outputs(inbox: Path, root: Path, way: str, environment: dict[str, str]) -> dict[str, str]:
    files = sorted(path.relative_to(inbox) for path in inbox.rglob("*") if path.is_file())
    order = {"reversed": files[::-1], "rotated": files[4:] + files[:4]}.get(way, files)
    for path in order:
        (root / "inbox" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(inbox / path, root / "inbox" / path)
    (root / "consortium.toml").write_text(small.SETTINGS, encoding="utf-8")
    cwd = root if way == "elsewhere" else ROOT
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "CONSORTIUM_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.one_run", "." if way == "elsewhere" else str(root),
         small.SECOND.isoformat()],
        cwd=cwd, env={**clean, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, timeout=200, check=False)
    assert done.returncode == 1, done.stderr.decode(errors="replace")
    return hashes(root / "outbox")


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_run__gives_the_same_bytes_in_other_circumstances(dropped, plain, tmp_path, way) -> None:
    # A folder of another length and with other letters in its name.
    assert outputs(dropped, tmp_path / f"工作 目录 {way}", way, WAYS[way]) == plain
    assert len(plain) > 70
