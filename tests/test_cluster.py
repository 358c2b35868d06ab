"""What workers are given and what becomes of their answers, with workers that are only played."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from dropping import digest

from pipeline import cluster, crew
from pipeline.cluster import Sent, Team, brought, places
from pipeline.crew import Crew, Stopped
from pipeline.edition import reader_edition
from pipeline.errors import StorageFailed
from pipeline.intake import Receipt
from pipeline.portions import Portion
from pipeline.read.packed import pack
from pipeline.read.record import Opened
from pipeline.readings import Readings
from pipeline.remote import Fitness, Order, Places
from pipeline.settings import Settings, Workspace
from schemas.call import CHINA

ROOT = Path(__file__).parent.parent
NOON = datetime(2023, 9, 1, 12, tzinfo=CHINA)
NOWHERE = Places("memory://originals", "memory://inbox")
FIT = Fitness(reader_edition(), True, True)
BLANK = pack(Opened(blank=True))


def received(number: int, size: int = 100) -> Receipt:
    return Receipt(f"南京市/{number}.xlsx", "南京市", digest(b"%d" % number), size, NOON, NOON, number, True,
                   original=Path(f"originals/{number}"))


@pytest.fixture
def kept(tmp_path) -> Iterator[Readings]:
    kept = Readings(tmp_path / "readings", "e" * 64)
    kept.prune()
    yield kept
    kept.close()


@pytest.fixture
def told(monkeypatch) -> list[str]:
    said: list[str] = []
    screen = SimpleNamespace(say=said.append)
    monkeypatch.setattr(cluster, "shown", lambda: screen)
    monkeypatch.setattr(crew, "shown", lambda: screen)
    return said


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """Time that passes only while somebody sleeps, and then faster."""
    clock = SimpleNamespace(now=0.0)
    played = SimpleNamespace(monotonic=lambda: clock.now, sleep=lambda s: setattr(clock, "now", clock.now + 5 * s))
    monkeypatch.setattr(cluster, "time", played)
    monkeypatch.setattr(crew, "time", played)
    return clock


class Client:
    """A scheduler's client: `workers` by address, what each says of itself; orders are carried out by `work`."""

    def __init__(self, work: Callable[[Order], list[bytes | None]], **workers: object) -> None:
        self.status, self.workers, self.work = "running", dict(workers), work
        self.orders: list[tuple[Order, bool, list[str] | None]] = []

    def scheduler_info(self) -> dict:
        return {"workers": {address: {"nthreads": 1} for address in self.workers}}

    def run(self, function, *asked, workers, on_error) -> dict:
        assert on_error == "return"
        return {address: self.workers[address] for address in workers}

    def send(self, number: int, packed: bytes, told: bool) -> Sent:
        import dask

        order = pickle.loads(packed)
        self.orders.append((order, told, dask.get_annotations().get("workers")))
        lost = SimpleNamespace(done=lambda: bool(self.workers), cancel=lambda: None)
        return Sent(lost, lambda: self.work(order))

    @contextmanager
    def connected(self) -> Iterator[Team]:
        yield Team(self, self.send, "http://prefect/api")


def blank(order: Order) -> list[bytes | None]:
    return [BLANK] * len(order.receipts)


def failing(order: Order) -> list[bytes | None]:
    raise RuntimeError("what a worker says of itself")


def carried_out(client: Client, portions: list[Portion], **settings: object) -> int:
    return len(list(brought(portions, Settings(**settings), NOWHERE, client.connected)))


def test_brought__answers_are_kept_and_what_is_known_is_not_asked(kept, told) -> None:
    first, second = [received(n) for n in range(10)], [received(n) for n in range(10, 15)]
    kept.put_all([(first[3], BLANK)])
    client = Client(blank, a=FIT, b=FIT)
    huge = received(99, size=21_000_000)
    assert carried_out(client, [Portion((*first, huge), kept), Portion((), kept), Portion(tuple(second), kept)],
                       notify=("wecombot://p4ssw0rd",), database="postgresql://u:p4ssw0rd@h/d") == 3
    assert all(kept.has(receipt) for receipt in first + second) and not kept.has(huge)
    asked = [receipt for order, _, _ in client.orders for receipt in order.receipts]
    assert asked == [replace(one, original=None) for one in first + second if one is not first[3]]
    assert {(told, only) for _, told, only in client.orders} == {(True, None)}
    assert b"p4ssw0rd" not in pickle.dumps([order for order, _, _ in client.orders])
    assert told == [cluster.USED.format(workers=2, files=14)]


def test_brought__nothing_new_asks_nobody(kept, told) -> None:
    kept.put_all([(received(1), BLANK)])
    assert len(list(brought([Portion((received(1),), kept), Portion((received(2),), None)], Settings(), NOWHERE,
                            None))) == 2
    assert told == []


def test_brought__what_is_not_answered_is_left_to_be_read_here(kept, told) -> None:
    client = Client(lambda order: [None, *blank(order)[1:]], a=FIT)
    assert carried_out(client, [Portion(tuple(map(received, range(8))), kept)]) == 1
    assert [kept.has(received(number)) for number in range(8)] == [False, True] * 4
    assert told == [cluster.USED.format(workers=1, files=8), cluster.UNANSWERED.format(count=4)]


@pytest.mark.parametrize("work", [failing, lambda order: [], lambda order: None],
                         ids=["raises", "answers too little", "answers nothing"])
def test_brought__workers_that_only_fail_are_let_go(kept, told, work) -> None:
    client = Client(work, a=FIT, b=FIT, c=FIT, d=FIT)
    assert carried_out(client, [Portion(tuple(map(received, range(40))), kept)]) == 1
    assert told[0] == cluster.USED.format(workers=4, files=40) and told[1] == crew.LOST
    assert not any(kept.has(received(number)) for number in range(40))


def test_brought__one_failure_is_only_its_part(kept, told) -> None:
    client = Client(lambda order: failing(order) if order.receipts[0].sequence == 2 else blank(order), a=FIT)
    carried_out(client, [Portion(tuple(map(received, range(8))), kept)])
    assert [kept.has(received(number)) for number in range(8)] == [True, True, False, False] + [True] * 4
    assert told[1:] == [cluster.UNANSWERED.format(count=2)]


@pytest.mark.parametrize(("error", "sentence"), [
    (OSError("timed out"), cluster.UNREACHED), (ValueError("what dask says"), cluster.UNREACHED),
    (ModuleNotFoundError("prefect_dask"), cluster.ABSENT)])
def test_brought__nobody_can_be_reached(kept, told, error, sentence) -> None:
    @contextmanager
    def connect() -> Iterator[Team]:
        raise error
        yield

    assert len(list(brought([Portion((received(1),), kept)] * 2, Settings(), NOWHERE, connect))) == 2
    assert told == [sentence]


def test_brought__our_own_failure_is_not_put_down_to_dask(kept, told) -> None:
    @contextmanager
    def connect() -> Iterator[Team]:
        raise StorageFailed("磁盘写不进去")
        yield

    with pytest.raises(StorageFailed, match="磁盘写不进去"):
        list(brought([Portion((received(1),), kept)], Settings(), NOWHERE, connect))
    assert told == []


def test_brought__answers_for_other_files_are_none(kept, told, caplog) -> None:
    client = Client(lambda order: blank(order)[1:] if order.receipts[0].sequence == 2 else blank(order), a=FIT)
    carried_out(client, [Portion(tuple(map(received, range(8))), kept)])
    assert [kept.has(received(number)) for number in range(8)] == [True, True, False, False] + [True] * 4
    assert told[1:] == [cluster.UNANSWERED.format(count=2)]
    assert [record.getMessage() for record in caplog.records] == ["Dask 工作进程没有读成 2 个文件：回答 1 个"]


def test_brought__workers_that_do_not_reach_prefect_work_without_it(kept, told) -> None:
    client = Client(blank, a=FIT, b=FIT._replace(reaches=False))
    carried_out(client, [Portion(tuple(map(received, range(4))), kept)])
    assert {told for _, told, _ in client.orders} == {False}


def test_brought__orders_go_round_workers_that_may_not_have_them(kept, told) -> None:
    client = Client(blank, a=FIT, b=FIT._replace(edition="f" * 64), c=ModuleNotFoundError("pipeline"))
    carried_out(client, [Portion(tuple(map(received, range(4))), kept)])
    assert {tuple(only) for _, _, only in client.orders} == {("a",)}
    assert told == [crew.FOREIGN.format(count=2), cluster.USED.format(workers=1, files=4)]


def test_brought__what_was_bound_to_a_lost_worker_goes_to_another(kept, told, clock) -> None:
    client = Client(blank, a=FIT, other=FIT._replace(edition="f" * 64))
    sending = client.send

    def lost_on_the_way(number: int, packed: bytes, told: bool) -> Sent:
        sent = sending(number, packed, told)
        if "a" in client.workers:
            client.workers = {"other": client.workers["other"], "new": FIT}
            return Sent(SimpleNamespace(done=lambda: False, cancel=lambda: None), failing)
        return sent

    client.send = lost_on_the_way
    carried_out(client, [Portion((received(1),), kept)])
    assert [only for _, _, only in client.orders] == [["a"], ["new"]]
    assert kept.has(received(1))


def test_brought__all_workers_gone_for_long_ends_the_waiting(kept, told, clock) -> None:
    client = Client(blank, a=FIT)
    client.send = lambda number, packed, told: (client.workers.clear(), Sent(
        SimpleNamespace(done=lambda: False, cancel=lambda: None), failing))[1]
    assert carried_out(client, [Portion((received(1),), kept)]) == 1
    assert told[1:] == [crew.NOBODY]
    assert 60 < clock.now < 90


def test_brought__workers_that_never_answer_end_the_waiting(kept, told, clock) -> None:
    client = Client(blank, a=FIT)
    client.send = lambda *_: Sent(SimpleNamespace(done=lambda: False, cancel=lambda: None), failing)
    assert carried_out(client, [Portion((received(1),), kept)]) == 1
    assert told[1:] == [crew.LOST]


def test_crew__unfit_workers_are_told_of_once(told, clock) -> None:
    other = FIT._replace(edition="f" * 64)
    client = Client(blank, a=FIT, b=other)
    crew_ = Crew(client, received(1), NOWHERE, "")
    for workers in ({"a": FIT, "b": other}, {"a": FIT}, {"a": FIT, "b": other, "c": other}):
        client.workers = workers
        assert crew_.look()
        assert crew_.only == {"a"}
    assert told == [crew.FOREIGN.format(count=1)]


def test_crew__waits_a_while_for_the_first_worker(told, clock) -> None:
    client = Client(blank)
    with pytest.raises(Stopped, match=crew.NOBODY):
        Crew(client, received(1), NOWHERE, "").gather()
    assert 10 <= clock.now < 12


def test_crew__lost_scheduler_is_no_crew(told) -> None:
    client = Client(blank, a=FIT)
    client.status = "connecting"
    with pytest.raises(Stopped, match=crew.LOST):
        Crew(client, received(1), NOWHERE, "").look()


@pytest.mark.parametrize(("sizes", "threads", "parts"), [
    ([[1] * 10], 1, [3, 3, 3, 1]),
    ([[1] * 10], 100, [1] * 10),
    ([[1] * 1200], 1, [300] * 4),
    ([[1] * 1200, [1] * 1200], 1, [500, 500, 200] * 2),
    ([[1], [], [1, 1]], 1, [1, 1, 1]),
    ([[20_000_000] * 40], 1, [6] * 6 + [4]),
    ([], 1, []),
])
def test_parts__enough_for_every_thread_and_not_too_much_for_one(sizes, threads, parts) -> None:
    wanted = [[received(number, size) for number, size in enumerate(portion)] for portion in sizes]
    made = list(cluster._parts(wanted, threads))
    assert [len(part.receipts) for part in made] == parts
    assert [receipt for part in made for receipt in part.receipts] == sum(wanted, [])


def test_run__without_workers_loads_no_dask(tmp_path) -> None:
    (tmp_path / "inbox" / "南京市").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", "import sys\nfrom pipeline import cli\ncode = cli.ended(sys.argv[1:])\n"
         "print(code, sorted({'dask', 'distributed', 'prefect', 'fsspec'} & set(sys.modules)))",
         "run", "--no-prefect", "-w", str(tmp_path)], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "0 []"


def test_places__of_this_machine_or_as_the_settings_say(tmp_path) -> None:
    workspace = Workspace(tmp_path / "工作 目录")
    assert places(workspace, Settings()) == (
        f"file://{tmp_path}/工作 目录/.consortium/originals", f"file://{tmp_path}/工作 目录/inbox")
    assert places(workspace, Settings(originals_url="s3://kept/originals", inbox_url="sftp://share/inbox")) == (
        "s3://kept/originals", "sftp://share/inbox")
