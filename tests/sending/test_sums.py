"""What must be equal in every campaign is counted anew, and a difference is told once."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update

from service import db
from service.campaigns.campaigns import Campaign
from service.sending import claim, messages, sums
from service.sending.budget import Budget
from service.sending.messages import IS_UNSETTLED, Message, MessagePerson
from service.staff.history import History
from tests import world
from tests.sending.test_retries import HOUR, NOW, OFF, launched, report, send
from tests.world import ScriptedCarrier
from workers import upkeep

pytestmark = pytest.mark.usefixtures("connected")


def differing() -> list[tuple[str, int, int]]:
    try:
        return [(one.what, one.noted, one.counted) for one in sums.differences(NOW)]
    finally:
        db.end_reading()


def test_nothing_differs_whatever_becomes_of_the_messages() -> None:
    launched(6)
    with db.transaction():
        [refused, unsure] = claim.claim(ScriptedCarrier(), "w", 2, NOW)
        messages.leave([refused.id], "failed", "21614", NOW)
        messages.leave([unsure.id], "unknown", "ReadTimeout", NOW)
    assert differing() == []
    first, second, third, _fourth = send(NOW)
    report(first, "failed", NOW + HOUR / 2, OFF)
    report(second, "failed", NOW + HOUR / 2, OFF)
    report(second, "delivered", NOW + HOUR / 2)
    report(third, "delivered", NOW + HOUR / 2)
    assert differing() == []
    with db.transaction():
        claim.claim(ScriptedCarrier(), "w", 2, NOW + 2 * HOUR)
    assert differing() == []


SPOILT = [
    pytest.param(
        delete(MessagePerson), delete(Message).where(Message.id == 1), "recipients", id="a recipient is lost"
    ),
    pytest.param(update(Campaign).values(recipients=3), None, "recipients", id="one too many"),
    pytest.param(update(Budget).values(spent=0), None, "spent", id="money that nobody noted"),
    pytest.param(
        update(Budget).values(cap=10**9, reserved=7), None, "reserved", id="money that nobody gave back"
    ),
]


@pytest.mark.parametrize(("first", "then", "what"), SPOILT)
def test_a_difference_is_told_once(first: object, then: object, what: str) -> None:
    launched(2)
    send(NOW, most=1) if what == "spent" else None
    with db.transaction():
        for deed in (first, then):
            if deed is not None:
                db.session().execute(deed)  # type: ignore[call-overload]
    assert [one[0] for one in differing()] == [what]
    assert upkeep.check_sums() == upkeep.check_sums() == 1
    told = db.session().query(History).filter(History.deed == sums.DEED).all()
    assert [row.details["what"] for row in told] == [what]
    db.end_reading()


UNSETTLED = [
    "SELECT worker FROM message WHERE {} AND state = 'sending'",
    "SELECT id FROM message WHERE {} AND state = 'hold'",
]


@pytest.mark.parametrize("query", UNSETTLED)
def test_unsettled_messages_are_found_by_their_own_index(query: str) -> None:
    if db.engine().dialect.name != "sqlite":
        pytest.skip("only SQLite wants the condition word for word")
    plan = db.session().execute(text("EXPLAIN QUERY PLAN " + query.format(IS_UNSETTLED))).all()
    assert "ix_message_unsettled" in " ".join(row[3] for row in plan)
    db.end_reading()
    assert world.number(1)
