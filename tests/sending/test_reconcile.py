"""Unknown is settled by evidence: a callback, or two looks into the carrier's own list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.carriers.base import CarrierError, Found, Proof
from service.sending import messages, reconcile
from service.sending.messages import Status
from tests.sending.test_dispatch import NOW, TO, message, one_message, send_once
from tests.world import ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def carrier() -> ScriptedCarrier:
    return ScriptedCarrier(answers={TO: CarrierError("ReadTimeoutError", Proof.NOTHING)})


def look(carrier: ScriptedCarrier, after: timedelta) -> str:
    due = reconcile.due_for_a_look(NOW + after)
    db.end_reading()
    return reconcile.look(due[0], carrier, NOW + after) if due else "not yet"


def found(body: str, carrier_id: str = "SM9") -> Found:
    return Found(carrier_id, body, "sent", "sent", "", NOW)


def test_it_is_put_back_only_after_two_empty_looks_ten_minutes_apart(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [[], []]
    assert look(carrier, 1 * MINUTE) == "not yet"
    assert look(carrier, 2 * MINUTE) == "unknown"
    assert look(carrier, 11 * MINUTE) == "not yet"
    assert look(carrier, 12 * MINUTE) == "ready"
    assert message().state == "ready"


def test_found_in_the_list_is_accepted(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [[found("another text", "SM8"), found(message().text)]]
    assert look(carrier, 3 * MINUTE) == "accepted"
    assert message().state == "sent"


def test_a_list_that_fails_is_not_absent(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [CarrierError("503", Proof.NOTHING), [], CarrierError("503", Proof.NOTHING)]
    assert look(carrier, 3 * MINUTE) == "unknown"
    assert look(carrier, 4 * MINUTE) == "unknown"
    assert look(carrier, 20 * MINUTE) == "unknown"
    assert message().looks == 1


def test_a_callback_between_two_looks_settles_it(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [[]]
    look(carrier, 3 * MINUTE)
    with db.transaction():
        messages.hear_back(1, Status("delivered", "delivered"))
    assert look(carrier, 20 * MINUTE) == "not yet"
    assert message().state == "delivered"


def test_two_clocks_that_look_at_once_put_it_back_once(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [[], [], []]
    look(carrier, 3 * MINUTE)
    both = reconcile.due_for_a_look(NOW + 20 * MINUTE)
    db.end_reading()
    assert reconcile.look(both[0], carrier, NOW + 20 * MINUTE) == "ready"
    send_once(ScriptedCarrier())  # another worker takes it at once … (due again a moment later)
    assert reconcile.look(both[0], carrier, NOW + 20 * MINUTE) == "settled"


def test_after_a_day_a_person_decides(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    carrier.lists = [[]]
    assert look(carrier, timedelta(hours=25)) == "hold"
    assert (message().state, message().code) == ("hold", "unknown_for_a_day")


def test_the_record_of_another_message_is_no_evidence(carrier: ScriptedCarrier) -> None:
    one_message()
    send_once(carrier)
    with db.transaction():
        messages.remember_ref(1, "twilio", "SM-mine")
    carrier.lists = [[found("some other text", "SM-other")]]
    assert look(carrier, 3 * MINUTE) == "unknown"
