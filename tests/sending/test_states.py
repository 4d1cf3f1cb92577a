"""States move forward only: callbacks late, doubled, shuffled, unknown."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from service import db
from service.sending import budget, claim, expiry, messages
from service.sending.messages import RANKS, Status
from service.staff.history import History
from tests import world
from tests.sending.test_dispatch import NOW, message, one_message
from tests.world import ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")


def claimed() -> int:
    campaign_id = one_message()
    with db.transaction():
        claim.claim(ScriptedCarrier(), "w", 10, NOW)
    return campaign_id


@pytest.mark.parametrize("order", list(permutations(["accepted", "sent", "delivered", "delivered"])))
def test_any_order_of_reports_ends_in_delivered(order: tuple[str, ...]) -> None:
    campaign_id = claimed()
    ranks = []
    for state in order:
        with db.transaction():
            messages.hear_back(1, Status(state, state))
        ranks.append(message().rank)
    assert message().state == "delivered"
    assert ranks == sorted(ranks)
    kept = budget.of(campaign_id)
    assert kept is not None
    assert (kept.spent, kept.reserved) == (message().price_vnd, 0)


@pytest.mark.parametrize(
    ("first", "then", "ends"),
    [
        ("failed", "sent", "failed"),  # a late sent report does not undo failed
        ("failed", "delivered", "delivered"),  # delivered may overrule failed
        ("delivered", "failed", "delivered"),
        ("delivered", "sent", "delivered"),
        ("accepted", "accepted", "accepted"),
    ],
)
def test_which_report_overrules_which(first: str, then: str, ends: str) -> None:
    claimed()
    for state in (first, then):
        with db.transaction():
            messages.hear_back(1, Status(state, state))
    assert message().state == ends


@pytest.mark.parametrize(
    ("state", "ends"), [("accepted", "expired"), ("sent", "expired"), ("delivered", "delivered")]
)
def test_without_a_report_for_three_days_a_message_expires(state: str, ends: str) -> None:
    campaign_id = claimed()
    with db.transaction():
        messages.hear_back(1, Status(state, state), NOW)
    with db.transaction():
        assert expiry.expire(NOW + timedelta(hours=72)) == 0
    with db.transaction():
        assert expiry.expire(NOW + timedelta(hours=72, seconds=1)) == (ends == "expired")
    assert message().state == ends
    kept = budget.of(campaign_id)
    assert kept is not None
    assert (kept.spent, kept.reserved) == (message().price_vnd, 0)
    with db.transaction():
        messages.hear_back(1, Status("delivered", "delivered"))  # late, and still true
    assert message().state == "delivered"


def test_what_is_not_on_its_way_does_not_expire() -> None:
    claimed()
    with db.transaction():
        messages.leave([1], "unknown", "worker_died", NOW)
    with db.transaction():
        assert expiry.expire(NOW + timedelta(days=5)) == 0
    assert message().state == "unknown"


def test_a_word_we_do_not_know_is_kept_and_changes_nothing() -> None:
    claimed()
    with db.transaction():
        assert messages.hear_back(1, Status(None, "teleported")) is False
    assert (message().state, message().word) == ("sending", "teleported")


def test_a_report_on_a_message_that_was_put_back_is_evidence_that_it_went_out() -> None:
    campaign_id = claimed()
    with db.transaction():
        messages.leave([1], "ready", "no_connection", NOW)
    with db.transaction():
        messages.hear_back(1, Status("sent", "sent"))
    assert message().state == "sent"
    kept = budget.of(campaign_id)
    assert kept is not None
    assert kept.spent == message().price_vnd
    assert kept.reserved == 0


def test_two_names_of_the_carrier_for_one_message_are_an_alarm() -> None:
    claimed()
    with db.transaction():
        messages.remember_ref(1, "twilio", "SM1")
        messages.remember_ref(1, "twilio", "SM1")
    assert "message.duplicate" not in {row.deed for row in db.session().query(History)}
    db.end_reading()
    with db.transaction():
        messages.remember_ref(1, "twilio", "SM2")
    assert "message.duplicate" in {row.deed for row in db.session().query(History)}


def test_every_state_has_a_rank_and_final_ones_stand_above_the_wire() -> None:
    assert all(
        RANKS[state] > RANKS["sending"] for state in ("accepted", "sent", "delivered", "failed", "expired")
    )
    assert all(RANKS[state] < RANKS["sending"] for state in ("ready", "skipped", "cancelled"))
    assert world.number(1) != world.number(2)
