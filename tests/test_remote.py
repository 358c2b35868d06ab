"""What a Dask worker does with an order: it fetches, proves, reads, and says nothing of what it is not sure of."""

from __future__ import annotations

import multiprocessing
import pickle
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from dropping import digest

from pipeline import demo, originals, remote
from pipeline.edition import reader_edition
from pipeline.intake import Receipt
from pipeline.portions import Answer
from pipeline.read.packed import unpack
from pipeline.remote import Order, Places
from pipeline.settings import Settings
from schemas.call import CHINA

NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
SETTINGS = Settings(read_workers=1)
FORM = next(planned for planned in demo.PLAN if planned.status == ("accepted",)).make()


def received(content: bytes, path: str = "南京市/甲 [1]#.xlsx", sequence: int = 1) -> Receipt:
    return Receipt(path, "南京市", digest(content), len(content), NOON, NOON, sequence, True)


@pytest.fixture
def places(tmp_path) -> Places:
    for name in ("originals", "inbox"):
        (tmp_path / name).mkdir()
    return Places(f"file://{tmp_path}/originals", f"file://{tmp_path}/inbox")


def kept(places: Places, content: bytes, as_if: bytes | None = None) -> None:
    """A private copy of `content` under the name that belongs to `as_if`."""
    target = originals.place(Path(places.originals.removeprefix("file://")), digest(as_if or content))
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)


def dropped(places: Places, content: bytes, path: str) -> None:
    target = Path(places.inbox.removeprefix("file://")) / path
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(content)


def order(places: Places, *receipts: Receipt, edition: str = "") -> bytes:
    return pickle.dumps(Order(edition or reader_edition(), receipts, places, SETTINGS))


def test_answers__from_private_copies_in_the_order_of_the_receipts(places) -> None:
    kept(places, FORM)
    kept(places, b"no workbook")
    broken, form = remote.answers(order(places, received(b"no workbook"), received(FORM)))
    assert [spotted.rule for spotted in unpack(broken).spotted] == ["F01"]
    assert len(unpack(form).forms) == 1


def test_answers__from_the_inbox_where_there_is_no_copy_or_a_wrong_one(places) -> None:
    dropped(places, FORM, "南京市/甲 [1]#.xlsx")
    assert [len(unpack(packed).forms) for packed in remote.answers(order(places, received(FORM)))] == [1]
    kept(places, b"damaged", as_if=FORM)
    assert [len(unpack(packed).forms) for packed in remote.answers(order(places, received(FORM)))] == [1]


def test_answers__nothing_of_a_file_that_has_changed_meanwhile(places) -> None:
    kept(places, FORM)
    kept(places, b"damaged", as_if=b"gone")
    dropped(places, b"newer", "南京市/乙.xlsx")
    found = remote.answers(order(places, received(b"gone", "南京市/乙.xlsx"), received(FORM)))
    assert (found[0], len(unpack(found[1]).forms)) == (None, 1)


def test_answers__a_share_that_is_away_may_come_back(places) -> None:
    with pytest.raises(FileNotFoundError):
        remote.answers(order(places, received(b"one"), received(b"two")))


def test_answers__nothing_of_a_file_that_breaks_its_reader(places, monkeypatch) -> None:
    kept(places, FORM)
    kept(places, b"no workbook")
    monkeypatch.setattr(remote.portions, "opened", lambda receipts, *_: [
        Answer(receipts[0], b"its fault", lasting=False), Answer(receipts[1], b"its reading")])
    assert remote.answers(order(places, received(b"no workbook"), received(FORM))) == [None, b"its reading"]


def test_answers__refused_by_another_edition(places) -> None:
    with pytest.raises(remote.OtherEdition):
        remote.answers(order(places, received(FORM), edition="e" * 64))


def test_answers__of_a_daemon_that_may_have_no_children(places) -> None:
    """As Dask's nannies start their workers."""
    kept(places, FORM)
    spawning = multiprocessing.get_context("spawn")
    mine, theirs = spawning.Pipe()
    process = spawning.Process(target=_in_daemon, args=(theirs, order(places, received(FORM))), daemon=True)
    process.start()
    assert mine.poll(60)
    was_daemon, packed = mine.recv()
    process.join()
    assert was_daemon and len(unpack(packed).forms) == 1


def _in_daemon(pipe, packed: bytes) -> None:
    was_daemon = multiprocessing.current_process().daemon
    pipe.send((was_daemon, remote.answers(packed)[0]))


def test_answers__leave_no_file_behind(places, tmp_path, monkeypatch) -> None:
    kept(places, FORM)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    seen = []
    monkeypatch.setattr(remote.tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(remote.portions, "opened", lambda receipts, *_: seen.extend(
        (receipt.original.read_bytes() == FORM, list(scratch.iterdir())) for receipt in receipts) or iter(()))
    assert remote.answers(order(places, received(FORM))) == [None]
    # While they are read they have no name, so that nothing is left of them where the worker is killed.
    assert seen == [(True, [])]


@pytest.mark.parametrize(("originals_url", "fetches"), [
    ("", True), ("memory://nowhere", False), ("absent://nowhere", False)])
def test_fitness__says_whether_files_can_be_fetched(places, originals_url, fetches) -> None:
    kept(places, FORM)
    asked = places._replace(originals=originals_url or places.originals)
    assert remote.fitness(received(FORM), asked, "") == remote.Fitness(reader_edition(), fetches, False)


def test_receipt__without_its_place_is_still_the_same_file() -> None:
    """Readings are kept by bytes, so that one made elsewhere is found here."""
    from pipeline.readings import _name

    receipt = received(FORM)
    assert _name(replace(receipt, original=Path("elsewhere"))) == _name(receipt)
