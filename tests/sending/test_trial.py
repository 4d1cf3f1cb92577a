"""A trial: one real message to the phone of who asks, at most once, and never to a villager."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.refused import Refused
from service.registry import phones
from service.sending import claim, dispatch, messages, trial
from service.sending.messages import Message
from service.staff.accounts import Staff
from tests import world
from tests.world import ScriptedCarrier

pytestmark = pytest.mark.usefixtures("connected")
MINE = "0912 000 999"


@pytest.fixture
def scene() -> tuple[Campaign, Staff]:
    with db.transaction():
        world.village_of(2)
        by = world.staff()
        return world.campaign(by, encoding="accents"), by


def send(scene: tuple[Campaign, Staff], typed: str = MINE) -> str:
    with db.transaction():
        made = campaigns.find(scene[0].id)
        assert made is not None
        return trial.send(made, typed, scene[1])


def a_minute_later() -> None:
    with db.transaction():
        earlier = db.clock() - timedelta(minutes=2)
        db.change_many(update(Message).where(Message.kind == messages.TRIAL).values(changed_at=earlier))


def test_it_is_the_first_recipients_message_and_goes_out_once(scene: tuple[Campaign, Staff]) -> None:
    text = send(scene)
    assert "Chào anh Mí, muốn đi trả lời 1" in text
    carrier = ScriptedCarrier()
    assert dispatch.drain(carrier, 5, lambda: False) == 1
    assert dispatch.drain(carrier, 5, lambda: False) == 0
    [sent] = carrier.sent
    assert (sent.to, sent.text) == ("+84912000999", text)
    assert messages.counts(scene[0].id) == {}  # the campaign itself sent nothing


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "trial.no_number"),
        ("vợ", "trial.no_number"),
        ("0219 387 1234", "trial.no_number"),
        ("0912000345 hoặc 0912000346", "trial.no_number"),
        ("0910 000 001", "trial.villager"),
    ],
)
def test_where_it_does_not_go(scene: tuple[Campaign, Staff], typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        send(scene, typed)
    assert refused.value.code == code


def test_not_to_a_phone_that_opted_out(scene: tuple[Campaign, Staff]) -> None:
    with db.transaction():
        phones.opt_out(phones.get_or_add("+84912000999", "mobile"), db.clock())
    with pytest.raises(Refused) as refused:
        send(scene)
    assert refused.value.code == "trial.opted_out"


@pytest.mark.parametrize("text", ["", "Chào {ten}"])
def test_not_while_the_text_cannot_be_written(scene: tuple[Campaign, Staff], text: str) -> None:
    with db.transaction():
        made = campaigns.find(scene[0].id)
        assert made is not None
        campaigns.edit(made, world.content(made.employer_id, text=text), scene[1])
    with pytest.raises(Refused) as refused:
        send(scene)
    assert refused.value.code == "trial.no_text"


def test_a_double_press_is_one_message_and_a_day_has_five(scene: tuple[Campaign, Staff]) -> None:
    send(scene)
    with pytest.raises(Refused) as refused:
        send(scene)
    assert refused.value.code == "trial.just_sent"
    for _ in range(trial.MOST_A_DAY - 1):
        a_minute_later()
        send(scene)
    a_minute_later()
    with pytest.raises(Refused) as refused:
        send(scene)
    assert refused.value.code == "trial.enough"


def test_a_confirmation_of_an_opt_out_still_finds_its_place(scene: tuple[Campaign, Staff]) -> None:
    """Both belong to no campaign; the trial must not take the place of what has to be confirmed at once."""
    send(scene)
    with db.transaction():
        phone = phones.find_by_number("+84912000999")
        assert phone is not None
        assert messages.queue_confirmation(phone.id, 1, "twilio", "đã ghi nhận", 1, 800)
    with db.transaction():
        taken: list[Any] = claim.claim(ScriptedCarrier(), "w", 10, db.clock())
        taken += claim.claim(ScriptedCarrier(), "w", 10, db.clock())  # one message to a phone at a time
    assert len(taken) == 2
