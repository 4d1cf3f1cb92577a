"""Messages on hold: a person says what became of them, once, with a reason, and everything else follows."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.carriers.base import Accepted, CarrierError, Proof
from service.refused import Refused
from service.sending import deciding, launch
from service.sending.deciding import AGAIN, DECISIONS, GIVEN_UP, SENT
from service.sending.messages import Message
from service.staff.accounts import Staff
from service.staff.history import History
from tests import world
from tests.sending.test_dispatch import NOW, TO, message, money, one_message, send_once
from tests.world import ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")
WHY = "đã xem trang của nhà mạng lúc 9 giờ"


def one_on_hold() -> int:
    made = one_message()
    send_once(ScriptedCarrier({TO: CarrierError("21999", Proof.REFUSED_UNKNOWN)}))
    assert message().state == "hold"
    return made


def decide(decision: str, reason: str = WHY, ids: tuple[int, ...] = (1,)) -> int:
    with db.transaction():
        by = db.session().scalars(select(Staff)).first()
        assert by is not None
        return deciding.decide(ids, decision, reason, by)


def deeds() -> list[tuple[str, str]]:
    try:
        query = select(History).where(History.deed.like("message.decided%")).order_by(History.id)
        return [(row.deed, row.details["reason"]) for row in db.session().scalars(query)]
    finally:
        db.end_reading()


@pytest.mark.parametrize(
    ("decision", "state", "code", "spends"),
    [
        pytest.param(SENT, "accepted", "", True, id="it went out"),
        pytest.param(AGAIN, "ready", "sent_again", False, id="it did not"),
        pytest.param(GIVEN_UP, "failed", "given_up", False, id="nobody needs it"),
    ],
)
def test_a_decision_settles_state_money_and_history(
    decision: str, state: str, code: str, spends: bool
) -> None:
    campaign = one_on_hold()
    price = message().price_vnd
    assert money(campaign) == (0, price)
    assert decide(decision) == 1
    assert (message().state, message().code) == (state, code)
    assert money(campaign) == (price if spends else 0, 0)
    assert deeds() == [(f"message.decided_{decision}", WHY)]


def test_what_is_sent_again_goes_out_once_and_counts_as_one_contact() -> None:
    one_on_hold()
    decide(AGAIN)
    carrier = ScriptedCarrier({TO: Accepted("SM1")})
    send_once(carrier)
    send_once(carrier)
    assert [sms.to for sms in carrier.sent] == [TO]
    assert message().state == "accepted"


def test_a_campaign_ends_when_the_last_one_on_hold_is_decided() -> None:
    one_on_hold()
    with db.transaction():
        assert launch.finish_done() == 0
    decide(GIVEN_UP)
    with db.transaction():
        assert launch.finish_done() == 1


@pytest.mark.parametrize("decision", DECISIONS)
def test_the_second_click_and_other_states_change_nothing(decision: str) -> None:
    one_on_hold()
    decide(SENT)
    before = message()
    assert decide(decision) == 0
    assert decide(decision, ids=(1, 999)) == 0
    assert (message().state, message().changed_at) == (before.state, before.changed_at)
    assert len(deeds()) == 1


@pytest.mark.parametrize(
    ("decision", "reason", "ids", "code"),
    [
        ("guess", WHY, (1,), "message.unknown_decision"),
        (AGAIN, "vì thế", (1,), "message.no_reason"),
        (AGAIN, WHY, (), "message.none_chosen"),
    ],
)
def test_a_decision_needs_a_choice_and_a_reason(
    decision: str, reason: str, ids: tuple[int, ...], code: str
) -> None:
    one_on_hold()
    with pytest.raises(Refused, match=code):
        decide(decision, reason, ids)
    assert message().state == "hold"


def test_nothing_of_a_stopped_campaign_is_sent_again() -> None:
    campaign = one_on_hold()
    with db.transaction():
        made = campaigns.find(campaign)
        assert made is not None
        launch.stop(made, db.session().scalars(select(Staff).limit(1)).one())
    with pytest.raises(Refused, match=r"message\.campaign_stopped"):
        decide(AGAIN)
    assert message().state == "hold"
    assert decide(GIVEN_UP) == 1


def test_an_opt_out_that_came_meanwhile_wins() -> None:
    one_on_hold()
    with db.transaction():
        db.change_many(update(Campaign).values(window_from=0, window_to=1440))
        world.phones.opt_out(world.phones.find_by_number(TO), NOW)  # type: ignore[arg-type]
    decide(AGAIN)
    carrier = ScriptedCarrier()
    send_once(carrier)
    assert carrier.sent == []
    try:
        assert db.session().scalars(select(Message.state)).all() == ["skipped"]
    finally:
        db.end_reading()
