"""A trial call: it goes out once through the outbox, its keys are answered like all others, and nothing follows from them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from service import db
from service.campaigns import campaigns, recordings
from service.campaigns.recordings import Place
from service.refused import Refused
from service.registry import phones
from service.replies.inbox import Reply
from service.sending import dispatch, trial
from service.sending.messages import TRIAL, VOICE, Message
from service.sending.tokens import token_of
from tests import world
from tests.campaigns.test_recordings import heard
from tests.test_call_doors import post, twiml
from tests.web.conftest import app
from tests.world import ScriptedCarrier

__all__ = ["app"]
MINE = "+84912000999"


@pytest.fixture
def draft_id(app: Flask) -> int:
    with db.transaction():
        world.village_of(1)
        return world.campaign(world.staff(), channel=VOICE, text="").id


def call_me(draft_id: int, language: str = "vi", typed: str = "0912 000 999") -> Message:
    with db.transaction():
        made = campaigns.find(draft_id)
        assert made is not None
        trial.call(made, typed, world.staff(), language)
    return db.session().scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()


def asked(message: Message) -> tuple[str, dict[str, str]]:
    form = {"CallSid": "CA1", "To": MINE, "From": "+84219000000", "Direction": "outbound-api"}
    return token_of(message.id), form


def count(table: type[db.Base]) -> int:
    try:
        return db.session().scalar(select(func.count()).select_from(table)) or 0
    finally:
        db.end_reading()


def test_it_is_placed_once_though_no_campaign_calls(draft_id: int) -> None:
    message = call_me(draft_id)
    assert (message.kind, message.channel, message.attempt) == (TRIAL, VOICE, -1)
    carrier = ScriptedCarrier()
    assert dispatch.drain(carrier, 5, lambda: False) == 1
    assert dispatch.drain(carrier, 5, lambda: False) == 0
    [placed] = carrier.called
    assert (placed.to, carrier.sent) == (MINE, [])


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("1", "goodbye"),
        ("2", "Có việc làm cho anh Mí."),
        ("9", "goodbye"),
        ("0", "goodbye"),
        ("7", "không dùng"),
        ("", "Muốn đi, bấm phím một."),
    ],
)
def test_keys_are_answered_and_stored_as_nothing(app: Flask, draft_id: int, key: str, said: str) -> None:
    token, form = asked(call_me(draft_id))
    assert "Có việc làm cho anh Mí." in twiml(post(app, f"voice/{token}", form))
    answer = twiml(post(app, f"key/{token}?rounds=1", {**form, "Digits": key} if key else form))
    assert ("<Hangup" in answer and "<Gather" not in answer) if said == "goodbye" else said in answer
    assert count(Reply) == 0
    phone = phones.find_by_number(MINE)
    assert phone is not None
    assert phone.opted_out_at is None
    db.end_reading()


def test_it_says_what_the_draft_said_when_it_was_asked_for(app: Flask, draft_id: int) -> None:
    token, form = asked(call_me(draft_id))
    with db.transaction():
        made = campaigns.find(draft_id)
        assert made is not None
        by = world.staff()
        campaigns.edit(made, world.content(made.employer_id, channel=VOICE, text="", place="Hà Nội"), by)
    assert "Làm tại Tuyên Quang" in twiml(post(app, f"voice/{token}", form))


def test_the_recording_of_the_chosen_language_is_heard(app: Flask, draft_id: int) -> None:
    with db.transaction():
        by, second = world.staff(), world.staff("officer")
        recording = recordings.add(Place("notice", "hmn", draft_id), heard(4.0), by)
        recordings.confirm(recording, "Có việc làm trong tỉnh, ai muốn đi thì bấm phím một.", second)
        name = recording.sha256
    token, form = asked(call_me(draft_id, "hmn"))
    assert f"/recordings/{name}-" in twiml(post(app, f"voice/{token}", form))


def test_a_double_press_is_one_call_and_an_sms_may_be_tried_besides(draft_id: int) -> None:
    call_me(draft_id)
    with pytest.raises(Refused) as refused:
        call_me(draft_id)
    assert refused.value.code == "trial.just_called"
    with db.transaction():
        made = campaigns.find(draft_id)
        assert made is not None
        campaigns.edit(made, world.content(made.employer_id, channel=VOICE, second="sms"), world.staff())
        trial.send(made, "0912 000 999", world.staff())
    assert count(Message) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"post": ""}, "trial.no_call"), ({"notice": "meeting_invitation"}, "trial.no_call")],
)
def test_not_while_it_cannot_be_said(draft_id: int, changes: dict[str, str], code: str) -> None:
    with db.transaction():
        made = campaigns.find(draft_id)
        assert made is not None
        campaigns.edit(made, world.content(made.employer_id, **{"channel": VOICE, **changes}), world.staff())
    with pytest.raises(Refused) as refused:
        call_me(draft_id)
    assert refused.value.code == code
