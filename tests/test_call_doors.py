"""The doors for calls: what a call that asks is answered, and what a key leaves behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import db
from service.campaigns import campaigns, recordings, voice_notices
from service.campaigns.campaigns import Campaign
from service.campaigns.recordings import Place
from service.carriers import directory
from service.followup import arrivals
from service.replies import events, interests
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.sending import launch, listened, messages
from service.sending.messages import VOICE
from service.sending.tokens import token_of
from service.staff.accounts import Staff
from tests import world
from tests.campaigns.test_recordings import heard
from tests.carriers import twiml_rules
from tests.web.conftest import app

__all__ = ["app"]
FORM = "application/x-www-form-urlencoded"
CALL = {"CallSid": "CA1", "To": world.number(0), "From": "+84219000000", "Direction": "outbound-api"}


@pytest.fixture
def token(app: Flask) -> str:
    """Of a call that was placed to phone 0."""
    with db.transaction():
        world.village_of(1)
        world.launched(world.staff(), channel=VOICE)
        message = messages.find(1)
        assert message is not None
        message.state, message.rank = "accepted", messages.RANKS["accepted"]
        message.dispatched_at = db.clock()
    return token_of(1)


def post(app: Flask, path: str, form: Mapping[str, str], **more: str) -> TestResponse:
    """What Twilio would send, signed over the form."""
    path = "/hooks/twilio/" + path
    headers = {**directory.get("twilio").sign(path, form), **more}
    return app.test_client().post(path, data=urlencode(form), content_type=FORM, headers=headers)


def twiml(answer: TestResponse) -> str:
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    twiml_rules.read(answer.text)
    return answer.text


def replies() -> list[Reply]:
    try:
        return list(db.session().scalars(select(Reply).order_by(Reply.id)))
    finally:
        db.end_reading()


def state() -> str:
    try:
        found = messages.find(1)
        assert found is not None
        return found.state
    finally:
        db.end_reading()


def test_whoever_takes_the_call_hears_the_office_and_the_notice_twice(app: Flask, token: str) -> None:
    said = twiml(post(app, f"voice/{token}", CALL))
    assert said.index("cuộc gọi tự động") < said.index("Có việc làm cho")
    assert said.count("Có việc làm cho") == 2
    assert f"/hooks/twilio/key/{token}?rounds=1" in said


@pytest.mark.parametrize(
    ("key", "prompt", "meaning"),
    [
        ("1", "goodbye_interested", "interested"),
        ("9", "goodbye_stop", "stop"),
        ("0", "goodbye_officer", "question"),
    ],
)
def test_a_key_is_safe_before_the_thanks_are_said(
    app: Flask, token: str, key: str, prompt: str, meaning: str
) -> None:
    said = twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": key}))
    assert "<Gather" not in said
    assert "<Hangup" in said
    (reply,) = replies()
    assert (reply.kind, reply.text, reply.meaning, reply.message_id) == ("key", key, meaning, 1)
    first_words = voice_notices.read(prompt).text.partition(".")[0]
    assert first_words in said


def test_a_key_that_comes_twice_is_one_answer(app: Flask, token: str) -> None:
    for _ in range(3):
        twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))
    assert len(replies()) == 1
    with db.transaction():
        assert interests.count(1) == 1


@pytest.mark.parametrize("keys", ["", "7", "#", "11", "1" * 20, "<Dial>"])
def test_what_is_no_answer_leaves_nothing_behind(app: Flask, token: str, keys: str) -> None:
    said = twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": keys}))
    assert replies() == []
    assert f"key/{token}?rounds=2" in said


def test_a_key_that_this_call_does_not_offer_is_no_answer(app: Flask) -> None:
    """Whoever hears that the headcount is reached cannot say yes to it."""
    with db.transaction():
        world.village_of(1)
        world.launched(world.staff(), channel=VOICE, notice="headcount_full")
    said = twiml(post(app, f"key/{token_of(1)}?rounds=1", {**CALL, "Digits": "1"}))
    assert f"key/{token_of(1)}?rounds=2" in said
    assert replies() == []


@pytest.mark.parametrize("query", ["", "?rounds=9", "?rounds=x", "?rounds=99999999999", "?other=1"])
def test_a_strange_address_ends_the_call_kindly(app: Flask, token: str, query: str) -> None:
    said = twiml(post(app, f"key/{token}{query}", {**CALL, "Digits": "7"}))
    assert "<Gather" not in said


def test_a_campaign_that_was_stopped_says_so_and_the_key_still_counts(app: Flask, token: str) -> None:
    with db.transaction():
        found = campaigns.find(1)
        assert found is not None
        launch.stop(found, world.staff("manager", "dung@loaban.example"))
    assert "đã dừng" in twiml(post(app, f"voice/{token}", CALL))
    assert "đã dừng" in twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))
    assert [reply.text for reply in replies()] == ["1"]


@pytest.mark.parametrize("token", ["x", "MQ.xxxxxxxxxxxxxxxxxxxxxxxxxxx"])
def test_a_call_that_nobody_knows_is_ended_politely(app: Flask, token: str) -> None:
    assert "<Hangup" in twiml(post(app, f"voice/{token}", CALL))


@pytest.mark.parametrize("path", ["voice/{}", "key/{}?rounds=1", "call/{}"])
def test_nothing_is_said_or_stored_without_a_signature(app: Flask, token: str, path: str) -> None:
    signature = {"X-Twilio-Signature": "bm90IGl0"}
    form = {**CALL, "Digits": "1", "CallStatus": "completed"}
    assert post(app, path.format(token), form, **signature).status_code == 403
    assert replies() == []
    assert state() == "accepted"


REPORTS = [
    {"CallStatus": "initiated", "SequenceNumber": "0"},
    {"CallStatus": "ringing", "SequenceNumber": "1"},
    {"CallStatus": "in-progress", "SequenceNumber": "2"},
    {"CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "90"},
]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1, 3, 2]])
def test_reports_come_in_any_order_and_twice(app: Flask, token: str, order: list[int]) -> None:
    for place in order:
        assert post(app, f"call/{token}", {**CALL, **REPORTS[place]}).status_code == 200
    assert state() == "completed"
    with db.transaction():
        heard = listened.of(1)
        assert heard is not None
        assert (heard.seconds, heard.heard) == (90, "whole")
        assert len(list(db.session().scalars(select(CarrierEvent)))) == 4


@pytest.mark.parametrize(
    ("report", "now", "heard"),
    [
        pytest.param({"CallStatus": "busy"}, "busy", None, id="busy"),
        pytest.param({"CallStatus": "no-answer"}, "no_answer", None, id="nobody took it"),
        pytest.param({"CallStatus": "failed", "SipResponseCode": "480"}, "failed", None, id="off"),
        pytest.param({"CallStatus": "completed", "CallDuration": "3"}, "completed", "partly", id="hung up at once"),
        pytest.param(
            {"CallStatus": "completed", "CallDuration": "90", "AnsweredBy": "machine_start"}, "completed", "machine",
            id="a machine",
        ),
        pytest.param({"CallStatus": "teleported"}, "accepted", None, id="a word nobody knows"),
    ],
)  # fmt: skip
def test_how_a_call_ended(
    app: Flask, token: str, report: dict[str, str], now: str, heard: str | None
) -> None:
    assert post(app, f"call/{token}", {**CALL, **report}).status_code == 200
    assert state() == now
    with db.transaction():
        found = listened.of(1)
        assert (found.heard if found else None) == heard


def test_while_the_database_is_away_a_call_ends_politely_and_its_key_is_kept_on_disk(
    app: Flask, token: str
) -> None:
    here = db.engine().url.render_as_string(hide_password=False)
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert "<Hangup" in twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))
    db.connect(here)
    ((path, kept),) = events.spooled()
    with db.transaction():
        arrivals.accept(kept)
    path.unlink()
    assert [(reply.text, reply.message_id) for reply in replies()] == [("1", 1)]


MEANING = "Có việc làm trong tỉnh, ai muốn đi thì bấm phím một."


def in_mong(campaign: Campaign, by: Staff, second: Staff) -> list[str]:
    """The notice and one goodbye, recorded in Mông and confirmed. Returns the names of the files."""
    names = []
    for place in (Place("notice", "hmn", campaign.id), Place("goodbye_interested", "hmn")):
        made = recordings.add(place, heard(2.0 + len(names)), by)
        recordings.confirm(made, MEANING, second)
        names.append(made.sha256)
    return names


@pytest.fixture
def recorded(app: Flask) -> list[str]:
    """Phone 0 speaks Mông, phone 1 Vietnamese; the campaign that calls them was recorded in Mông before it was launched."""
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(0), language="hmn")
        world.person("Nguyễn Văn Kinh", world.number(1), language="vi")
        by, second = world.staff(), world.staff("officer", "pao@loaban.example")
        made = world.campaign(by, channel=VOICE)
        names = in_mong(made, by, second)
        world.approved(made)
        view = launch.outlook(made)
        launch.launch(made.id, view.count.recipients, view.content_hash, by)
    return names


def test_who_speaks_mong_hears_the_recording_and_who_does_not_hears_the_voice(
    app: Flask, recorded: list[str]
) -> None:
    mong, kinh = (twiml(post(app, f"voice/{token_of(number)}", CALL)) for number in (1, 2))
    assert mong.count(f"/recordings/{recorded[0]}-") == 2
    assert "Có việc làm cho" not in mong
    assert "Muốn đi, bấm phím một" in mong  # nobody recorded the menu yet
    assert "<Play" not in kinh
    goodbye = twiml(post(app, f"key/{token_of(1)}?rounds=1", {**CALL, "Digits": "1"}))
    assert f"/recordings/{recorded[1]}-" in goodbye


def test_the_carrier_fetches_what_it_is_to_play(app: Flask, recorded: list[str]) -> None:
    said = twiml(post(app, f"voice/{token_of(1)}", CALL))
    (address, *_same) = re.findall(r"<Play>[^<]*?(/recordings/[^<]+)</Play>", said)
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "audio/wav", b"RIFF")


def test_a_recording_that_is_withdrawn_after_the_launch_is_still_what_was_approved(
    app: Flask, recorded: list[str]
) -> None:
    """What a call says is frozen: to end it, the campaign is stopped."""
    with db.transaction():
        for one in recordings.versions(Place("notice", "hmn", 1)):
            recordings.withdraw(one, world.staff("approver", "rut@loaban.example"))
    assert "<Play>" in twiml(post(app, f"voice/{token_of(1)}", CALL))


INBOUND = {"CallSid": "CAin", "From": world.number(0), "To": "+84219000000", "Direction": "inbound"}


def test_a_missed_call_costs_nothing_and_somebody_calls_back(app: Flask, token: str) -> None:
    for _ in range(2):
        assert "<Reject" in twiml(post(app, "voice", INBOUND))
    (reply,) = replies()
    assert (reply.kind, reply.meaning, reply.campaign_id) == ("missed_call", "question", 1)
    assert reply.handled_at is None  # waits for a person


@pytest.mark.parametrize("number", ["+84912999999", "+447700900123", "anonymous", ""])
def test_a_missed_call_of_somebody_unknown_is_kept_too(app: Flask, number: str) -> None:
    assert "<Reject" in twiml(post(app, "voice", {**INBOUND, "From": number}))
    (reply,) = replies()
    assert (reply.kind, reply.campaign_id) == ("missed_call", None)


def test_an_unsigned_call_is_not_taken_for_a_missed_one(app: Flask) -> None:
    assert post(app, "voice", INBOUND, **{"X-Twilio-Signature": "bm90IGl0"}).status_code == 403
    assert replies() == []
