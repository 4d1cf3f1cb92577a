"""A message on which the carrier does not report is asked for, ever more seldom, and what it says is folded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from service import db
from service.carriers.base import CarrierError, Found, Proof
from service.sending import messages, polling
from service.sending.messages import Status
from tests.sending.test_retries import HOUR, NOW, attempts, counts, launched, send

pytestmark = pytest.mark.usefixtures("connected")


@dataclass
class Knowing:
    """A carrier that is asked for single messages."""

    answer: Found | CarrierError
    asked: list[str] = field(default_factory=list)

    def status_of(self, carrier_id: str) -> Found:
        self.asked.append(carrier_id)
        if isinstance(self.answer, CarrierError):
            raise self.answer
        return self.answer


def found(state: str | None, word: str, code: str = "") -> Found:
    return Found("SM1", "", state, word, code, NOW)


def accepted() -> None:
    [message_id] = send(NOW)
    with db.transaction():
        messages.remember_ref(message_id, "twilio", "SM1")


def poll(carrier: Knowing, after: timedelta) -> int:
    due = polling.due(NOW + after)
    db.end_reading()
    return sum(polling.ask(one, carrier, NOW + after) for one in due)  # type: ignore[arg-type]


def test_it_asks_after_one_hour_two_four_and_so_on_until_it_expires() -> None:
    launched()
    accepted()
    carrier = Knowing(found("accepted", "queued"))
    asked = [minutes for minutes in range(0, 80 * 60, 30) if poll(carrier, timedelta(minutes=minutes))]
    assert [minutes / 60 for minutes in asked] == [1, 3, 7, 15, 31, 63]
    assert set(carrier.asked) == {"SM1"}


SAID = [
    pytest.param(found("delivered", "delivered"), {"delivered": 1}, id="arrived"),
    pytest.param(found("sent", "sent"), {"sent": 1}, id="on its way"),
    pytest.param(found("failed", "undelivered", "30007"), {"failed": 1}, id="taken for spam"),
    pytest.param(found("failed", "undelivered", "30003"), {"ready": 1}, id="off: it is tried again"),
    pytest.param(found(None, "teleported"), {"accepted": 1}, id="a word nobody knows"),
]


@pytest.mark.parametrize(("answer", "states"), SAID)
def test_what_the_carrier_says_is_folded_like_a_hook(answer: Found, states: dict[str, int]) -> None:
    made = launched()
    accepted()
    assert poll(Knowing(answer), HOUR) == 1
    assert counts(made) == states


@pytest.mark.parametrize(
    ("proof", "asks_soon_again"), [(Proof.NOTHING, 1), (Proof.NOT_PROCESSED, 1), (Proof.REFUSED_UNKNOWN, 0)]
)
def test_an_answer_that_fails_changes_nothing(proof: Proof, asks_soon_again: int) -> None:
    launched()
    accepted()
    assert poll(Knowing(CarrierError("x", proof)), HOUR) == 0
    assert attempts() == [(1, "accepted", False)]
    assert poll(Knowing(found("accepted", "queued")), HOUR + timedelta(minutes=1)) == asks_soon_again


def test_what_was_heard_of_is_left_alone() -> None:
    launched(2)
    for place, message_id in enumerate(send(NOW)):
        with db.transaction():
            messages.remember_ref(message_id, "twilio", f"SM{place}")
            messages.hear_back(message_id, Status("delivered" if place else "sent"), NOW + HOUR)
    assert poll(Knowing(found("sent", "sent")), HOUR + timedelta(minutes=30)) == 0
    assert poll(Knowing(found("sent", "sent")), 2 * HOUR) == 1
