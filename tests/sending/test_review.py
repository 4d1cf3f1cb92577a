"""What goes wrong when things happen at the same moment, or after the end: found by reading, kept as stories."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from service import db, settings
from service.campaigns import campaigns
from service.carriers import directory
from service.carriers.base import Accepted, CarrierError, Found, OutgoingSms, Proof, StatusUpdate
from service.refused import Refused
from service.replies import inbox
from service.replies.events import Received
from service.sending import budget, claim, dispatch, gates, hours, launch, locks, messages, wire
from service.sending.messages import SMS, Status
from service.sending.wire import Result
from tests import world
from tests.replies import talk
from tests.sending.test_dispatch import NOW, TO, Explodes, message, money, one_message, send_once
from tests.sending.test_reconcile import MINUTE, look
from tests.world import ScriptedCarrier
from workers import upkeep

pytestmark = pytest.mark.usefixtures("connected")
BUSY = CarrierError("20429", Proof.NOT_PROCESSED)
SILENT = CarrierError("ReadTimeoutError", Proof.NOTHING)


def campaign_of(size: int) -> int:
    with db.transaction():
        world.village_of(size)
        made = world.launched(world.staff())
    return made.id


def counts(campaign_id: int) -> dict[str, int]:
    try:
        return messages.counts(campaign_id)
    finally:
        db.end_reading()


def claimed(most: int, worker: str = "w") -> list[claim.Claimed]:
    with db.transaction():
        return claim.claim(ScriptedCarrier(), worker, most, NOW)


def at_once(first: Callable[[Callable[[], None]], None], second: Callable[[], None]) -> None:
    """``second`` begins when ``first``, in the middle of its transaction, says so, and both must come to their end."""
    begun, problems = Event(), []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as problem:
            problems.append(problem)
        finally:
            db.end_reading()

    def when_begun() -> None:
        begun.wait(10)
        guarded(second)

    other = Thread(target=when_begun)
    other.start()

    def now_the_other() -> None:
        begun.set()
        other.join(0.5)  # as far as it gets: on PostgreSQL it waits for a row, on SQLite for the whole file

    guarded(lambda: first(now_the_other))
    other.join(30)
    assert problems == []


# ------------------------------------------------------------------------------- nobody waits for each other for ever


def test_a_callback_and_the_noting_of_its_batch_do_not_wait_for_each_other() -> None:
    campaign_id = campaign_of(2)
    batch = claimed(10)
    results = [Result(one, Accepted(f"SM{one.id:032d}")) for one in batch]

    def callback(now_the_other: Callable[[], None]) -> None:
        with db.transaction() as session:
            session.get(messages.Message, batch[1].id, with_for_update=True)
            now_the_other()
            messages.hear_back(batch[1].id, Status("sent", "sent"), NOW)

    def noting() -> None:
        with db.transaction():
            dispatch.note("twilio", results, NOW)

    at_once(callback, noting)
    assert counts(campaign_id) == {"accepted": 1, "sent": 1}
    assert money(campaign_id) == (2 * message().price_vnd, 0)


def test_a_batch_that_was_told_to_slow_down_and_the_next_claim_do_not_wait_for_each_other() -> None:
    campaign_id = campaign_of(4)
    first, second = claimed(2), NOW + timedelta(seconds=1)
    results = [Result(first[0], Accepted("SM1")), Result(first[1], BUSY)]

    def claiming(now_the_other: Callable[[], None]) -> None:
        with db.transaction():
            gates.take("twilio", 1, 10.0, second)
            now_the_other()
            assert budget.reserve(campaign_id, 0)

    def noting() -> None:
        with db.transaction():
            dispatch.note("twilio", results, NOW)

    at_once(claiming, noting)
    assert counts(campaign_id) == {"accepted": 1, "ready": 3}


def test_a_stop_and_a_claim_do_not_wait_for_each_other() -> None:
    campaign_id = campaign_of(3)

    def stopping(now_the_other: Callable[[], None]) -> None:
        with db.transaction():
            made, by = campaigns.find(campaign_id), world.staff("admin")
            assert made is not None
            campaigns.mark_stopped(made, by)
            now_the_other()
            launch.cancel_late()

    taken: list[claim.Claimed] = []
    at_once(stopping, lambda: taken.extend(claimed(10)))
    assert taken == []
    assert counts(campaign_id) == {"cancelled": 3}


def test_a_double_click_launches_once() -> None:
    with db.transaction():
        world.village_of(5)
        made, by = world.campaign(world.staff()), world.staff("admin")
        world.approved(made)
        view = launch.outlook(made)
    refused: list[str] = []

    def second_click() -> None:
        try:
            with db.transaction():
                launch.launch(made.id, view.count.recipients, view.content_hash, by)
        except Refused as problem:
            refused.append(problem.code)

    def first_click(now_the_other: Callable[[], None]) -> None:
        with db.transaction():
            launch.launch(made.id, view.count.recipients, view.content_hash, by)
            now_the_other()

    at_once(first_click, second_click)
    assert refused == ["campaign.already_sent"]
    assert counts(made.id) == {"ready": 5}


# ------------------------------------------------------------------------------------------------- frozen and late


class Freezes(ScriptedCarrier):
    """The process stands still for a while in the middle of its first claim."""

    frozen_s = wire.STALE_S + 0.3

    @property
    def per_second(self) -> float:
        time.sleep(self.frozen_s)
        self.frozen_s = 0.0
        return 10_000.0

    @per_second.setter
    def per_second(self, value: float) -> None:
        pass


def test_a_worker_that_was_frozen_while_it_claimed_sends_nothing() -> None:
    campaign_id = campaign_of(2)
    carrier = Freezes()
    assert dispatch.drain(carrier, 5, lambda: False) == 0
    assert carrier.sent == []  # the window may have closed meanwhile
    assert counts(campaign_id) == {"ready": 2}


class LosesItsDatabase(Explodes):
    """The carrier fails the drain, and the database is gone by then: the worker cannot even say so."""

    async def send_sms(self, sms: object) -> Accepted:
        db.connect("sqlite:////nowhere/at/all.sqlite3")
        return await super().send_sms(sms)


def test_what_a_worker_could_not_say_is_found_out_by_its_lock() -> None:
    campaign_id = campaign_of(2)
    with pytest.raises(BaseException):  # noqa: B017, PT011  (whatever it was: it is the lock that matters)
        dispatch.drain(LosesItsDatabase(), 5, lambda: False)
    db.connect(settings.get().database_url)
    assert counts(campaign_id) == {"sending": 2}
    assert upkeep.bury_dead_workers() == 2
    assert counts(campaign_id) == {"unknown": 2}


# -------------------------------------------------------------------------------------------------- after the end


def stop(campaign_id: int) -> None:
    with db.transaction():
        made = campaigns.find(campaign_id)
        assert made is not None
        launch.stop(made, world.staff("admin"))


def test_what_comes_back_unsent_after_a_stop_is_cancelled() -> None:
    campaign_id = campaign_of(2)
    batch = claimed(1)
    stop(campaign_id)
    with db.transaction():
        dispatch.note("twilio", [Result(batch[0], BUSY)], NOW)
    upkeep.finish_campaigns()
    assert counts(campaign_id) == {"cancelled": 2}
    assert money(campaign_id) == (0, 0)


def test_what_is_proven_not_sent_after_a_stop_is_cancelled() -> None:
    campaign_id = one_message()
    carrier = ScriptedCarrier(answers={TO: SILENT}, lists=[[], []])
    send_once(carrier)
    stop(campaign_id)
    assert [look(carrier, 3 * MINUTE), look(carrier, 14 * MINUTE)] == ["unknown", "ready"]
    upkeep.finish_campaigns()
    assert counts(campaign_id) == {"cancelled": 1}


def test_a_campaign_does_not_finish_while_something_is_unknown() -> None:
    one_message()
    carrier = ScriptedCarrier(answers={TO: SILENT}, lists=[[], []])
    send_once(carrier)
    assert upkeep.finish_campaigns() == 0
    look(carrier, 3 * MINUTE)
    assert look(carrier, 14 * MINUTE) == "ready"
    assert upkeep.finish_campaigns() == 0
    with db.transaction():
        batch = claim.claim(ScriptedCarrier(), "w", 10, NOW + 15 * MINUTE)
        dispatch.note("twilio", [Result(batch[0], Accepted("SM1"))], NOW)
    assert upkeep.finish_campaigns() == 0  # the carrier may still report a phone that is to be tried again
    with db.transaction():
        messages.hear_back(batch[0].id, Status("delivered", "delivered"))
    assert upkeep.finish_campaigns() == 1


# --------------------------------------------------------------------------------------------------- what is counted


def contacts() -> int:
    try:
        return hours.contacts_today(1, NOW, SMS)
    finally:
        db.end_reading()


def test_a_confirmation_that_was_not_sent_takes_nothing_from_the_days_count() -> None:
    one_message()
    send_once(ScriptedCarrier())
    assert contacts() == 1
    talk.says(TO, "TC")
    carrier = ScriptedCarrier(answers={TO: SILENT}, lists=[[], []])
    send_once(carrier)
    assert [look(carrier, 3 * MINUTE), look(carrier, 14 * MINUTE)] == ["unknown", "ready"]
    assert contacts() == 1


def test_a_list_that_fails_for_a_day_is_a_matter_for_a_person() -> None:
    one_message()
    carrier = ScriptedCarrier(answers={TO: SILENT}, lists=[SILENT])
    send_once(carrier)
    assert look(carrier, timedelta(hours=25)) == "hold"
    assert (message().state, message().code) == ("hold", "unknown_for_a_day")


def test_line_breaks_that_the_carrier_writes_its_own_way_are_no_difference() -> None:
    one_message()
    carrier = ScriptedCarrier(answers={TO: SILENT})
    send_once(carrier)
    body = message().text.replace(" ", "\r\n", 1) + " "
    carrier.lists = [[Found("SM9", body, "sent", "sent", "", NOW)]]
    assert look(carrier, 3 * MINUTE) == "accepted"


# ----------------------------------------------------------------------------------------------------- a sick carrier


@dataclass
class Sick:
    """A carrier whose list takes its time and then fails. ``asked``: how often for each number."""

    url: str
    asked: Counter[str]


@contextmanager
def a_sick_carrier(seconds: float) -> Iterator[Sick]:
    asked: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked[parse_qs(urlsplit(self.path).query)["To"][0]] += 1
            time.sleep(seconds)
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Sick(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def carried_by(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TWILIO_API_URL", url)
    settings.get.cache_clear()
    directory.forget()
    try:
        yield
    finally:
        directory.forget()


def unknown_since_an_hour(size: int) -> None:
    campaign_of(size)
    with db.transaction():
        batch = claim.claim(ScriptedCarrier(), "w", size, db.clock())
        dispatch.note("twilio", [Result(one, SILENT) for one in batch], db.clock())
    with db.transaction():
        for one in messages.in_state("unknown"):
            one.dispatched_at = db.clock() - timedelta(hours=1)


def test_a_carrier_that_does_not_answer_does_not_hold_up_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown_since_an_hour(5)
    with a_sick_carrier(0.2) as sick, carried_by(sick.url, monkeypatch):
        assert upkeep.look_for_unknown(0.3) in (1, 2)
        assert sick.asked.total() in (1, 2)


def test_the_same_few_are_not_looked_for_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    unknown_since_an_hour(3)
    with a_sick_carrier(0.0) as sick, carried_by(sick.url, monkeypatch):
        for _round in range(60):
            upkeep.look_for_unknown(0.0)
    assert set(sick.asked) == {world.number(index) for index in range(3)}


def test_all_are_sent_once_by_several_workers_while_the_carrier_has_moods() -> None:
    campaign_id = campaign_of(120)
    locks.machine()  # named once per folder, by the first process
    carriers = [Moody() for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(dispatch.drain, carrier, 25, lambda: False) for carrier in carriers]
        for one in done:
            one.result()
    while left := counts(campaign_id).get("ready"):
        assert left > 0
        time.sleep(1)
        dispatch.drain(ScriptedCarrier(), 10, lambda: False)
    for reporting in [thread for carrier in carriers for thread in carrier.reporting]:
        reporting.join(30)
    assert Counter(sms.to for carrier in carriers for sms in carrier.taken).most_common(1)[0][1] == 1
    after = counts(campaign_id)
    assert after["accepted"] + after["sent"] == 120
    assert money(campaign_id) == (cap_of(campaign_id), 0)


def cap_of(campaign_id: int) -> int:
    try:
        kept = budget.of(campaign_id)
        assert kept is not None
        return kept.cap
    finally:
        db.end_reading()


class Moody(ScriptedCarrier):
    """Every seventh is told to come later; every second is reported as sent before it is noted as accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[OutgoingSms] = []
        self.reporting: list[Thread] = []

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        self.sent.append(sms)
        if len(self.sent) % 7 == 0:
            raise CarrierError("20429", Proof.NOT_PROCESSED, retry_after_s=0.2)
        self.taken.append(sms)
        accepted = Accepted("SM" + sms.token)
        if len(self.sent) % 2 == 0:
            self.reporting.append(Thread(target=self._callback, args=(sms.token, accepted.carrier_id)))
            self.reporting[-1].start()
        return accepted

    def _callback(self, token: str, carrier_id: str) -> None:
        report = StatusUpdate(self.name, carrier_id, token, "sent", "sent", "")
        with db.transaction():
            inbox.hear([Received(report, db.clock())])
