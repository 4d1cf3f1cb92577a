"""A reply that no hook of ours heard is read from the carrier's list: once, with the time at which it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from service import db
from service.carriers.base import Arrived, Capabilities, CarrierError, Incoming, Proof
from service.followup import arrivals, pulls
from service.replies.events import Received
from service.replies.inbox import Reply
from tests import world
from tests.world import TUESDAY_10

pytestmark = pytest.mark.usefixtures("connected")
NOW = TUESDAY_10
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Listing:
    """A carrier of which only the list of received messages matters."""

    arrived: list[Arrived] = field(default_factory=list)
    problem: CarrierError | None = None
    can_receive: bool = True
    asked: list[datetime] = field(default_factory=list)
    name: str = "twilio"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.can_receive, False, False, False, False, "network")

    def received(self, since: datetime) -> list[Arrived]:
        self.asked.append(since)
        if self.problem is not None:
            raise self.problem
        return [one for one in self.arrived if one.at >= since]


def said(words: str, number: int = 0, at: datetime = NOW - 5 * MINUTE) -> Arrived:
    return Arrived(Incoming("twilio", f"SM{number}", "sms", world.number(number), words), at)


def pull(carrier: Listing, now: datetime = NOW) -> int:
    return pulls.pull(carrier, now)  # type: ignore[arg-type]


def replies() -> list[tuple[str, datetime]]:
    try:
        rows = db.session().scalars(select(Reply).order_by(Reply.id))
        return [(row.text, row.received_at) for row in rows]
    finally:
        db.end_reading()


def hear(one: Arrived, at: datetime = NOW) -> None:
    with db.transaction():
        arrivals.accept(Received(one.incoming, at))


def test_what_the_hook_missed_is_taken_in_once_in_its_order_and_with_its_time() -> None:
    earlier = NOW - 20 * MINUTE
    carrier = Listing([said("TC", 1), said("Có", 0, earlier)])
    assert pull(carrier) == 2
    assert pull(carrier, NOW + 3 * MINUTE) == 0
    assert replies() == [("Có", earlier), ("TC", NOW - 5 * MINUTE)]


def test_what_the_hook_heard_is_not_taken_in_again_and_the_other_way_round() -> None:
    first, second = said("Có", 0), said("TC", 1)
    hear(first)
    assert pull(Listing([first, second])) == 1
    hear(second)
    assert [text for text, _at in replies()] == ["Có", "TC"]


def test_a_hook_and_a_pull_at_once_are_one_reply() -> None:
    one, start = said("Có"), Barrier(2)

    def hook() -> None:
        start.wait()
        hear(one)

    def puller() -> None:
        start.wait()
        pull(Listing([one]))

    both = [Thread(target=hook), Thread(target=puller)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(replies()) == 1


SINCE = [
    pytest.param(None, timedelta(hours=48), id="never before"),
    pytest.param(3 * MINUTE, HOUR + 3 * MINUTE, id="as usual: the last hour besides"),
    pytest.param(20 * HOUR, 21 * HOUR, id="after an outage back to the last pull"),
    pytest.param(90 * HOUR, timedelta(hours=48), id="two days at most"),
    pytest.param(-5 * MINUTE, HOUR, id="a clock that was set back"),
]


@pytest.mark.parametrize(("ago", "back"), SINCE)
def test_how_far_back_it_looks(ago: timedelta | None, back: timedelta) -> None:
    if ago is not None:
        pull(Listing(), NOW - ago)
    carrier = Listing()
    pull(carrier)
    assert carrier.asked == [NOW - back]


def test_a_list_that_fails_is_not_nothing() -> None:
    pull(Listing(), NOW - 10 * HOUR)
    assert pull(Listing(problem=CarrierError("500", Proof.NOTHING)), NOW - 5 * HOUR) == 0
    carrier = Listing([said("Có", at=NOW - 9 * HOUR)])
    assert pull(carrier) == 1
    assert carrier.asked == [NOW - 11 * HOUR]


def test_a_carrier_that_receives_nothing_is_not_asked() -> None:
    carrier = Listing([said("Có")], can_receive=False)
    assert pull(carrier) == 0
    assert carrier.asked == []
