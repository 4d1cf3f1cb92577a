"""The doors for calls: what a call that asks is answered, and what a key leaves behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from service import db, settings
from service.campaigns import campaigns, recordings, voice_notices
from service.campaigns.campaigns import Campaign
from service.campaigns.recordings import Place
from service.carriers import directory
from service.followup import arrivals
from service.registry.people import Person
from service.replies import events, interests
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.sending import launch, listened, messages, on_the_phone
from service.sending.messages import VOICE
from service.sending.tokens import token_of
from service.staff.accounts import Staff
from service.staff.history import History
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


# ---------------------------------------------------------------------------------------- who, which language, whom


def household(*names: str, **facts: object) -> str:
    """Some people who share phone 0, and a call to them. Returns its token."""
    with db.transaction():
        for name in names:
            world.person(name, world.number(0), **facts)
        world.launched(world.staff(), channel=VOICE)
    return token_of(1)


def the_interests() -> list[tuple[int | None, str]]:
    with db.transaction():
        return [(one.person_id, one.state) for one in interests.of_campaign(1)]


def test_on_a_shared_phone_the_call_asks_who_wants_to_go(app: Flask) -> None:
    token = household("Vàng Mí Páo", "Giàng Thị Mỷ", "Sùng Mí Lử")
    question = twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))
    assert [f"{name}, bấm phím {key}" in question for name, key in (("anh Páo", "một"), ("chị Mỷ", "hai"))]
    assert the_interests() == [(None, "open")]  # whoever hangs up now has said yes
    assert f"key/{token}?ask=who&amp;rounds=1" in question
    for _ in range(2):
        goodbye = twiml(post(app, f"key/{token}?ask=who&rounds=1", {**CALL, "Digits": "2"}))
        assert "Đã ghi là muốn đi" in goodbye
    assert the_interests() == [(2, "open")]
    assert [(one.text, one.meaning, one.person_id) for one in replies()] == [
        ("1", "interested", None),
        ("2", "interested", 2),
    ]


def test_a_second_person_of_the_household_may_want_to_go_too(app: Flask) -> None:
    token = household("Vàng Mí Páo", "Giàng Thị Mỷ")
    for call, key in (("CA1", "1"), ("CA2", "2"), ("CA2", "2")):
        twiml(post(app, f"key/{token}?ask=who&rounds=1", {**CALL, "CallSid": call, "Digits": key}))
    assert sorted(the_interests()) == [(1, "open"), (2, "open")]


@pytest.mark.parametrize("keys", ["", "3", "9", "1" * 20])
def test_a_key_of_nobody_leaves_the_yes_as_it_was(app: Flask, keys: str) -> None:
    token = household("Vàng Mí Páo", "Giàng Thị Mỷ")
    post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"})
    twiml(post(app, f"key/{token}?ask=who&rounds=1", {**CALL, "Digits": keys}))
    assert the_interests() == [(None, "open")]
    assert len(replies()) == 1


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["Vàng Mí Páo"], id="one person"),
        pytest.param(["Vàng Mí Páo", "Sùng Mí Páo"], id="two of one name"),
        pytest.param([f"Vàng Mí {name}" for name in ("Páo", "Lử", "Sính", "Chá", "Nô")], id="five people"),
    ],
)
def test_nobody_is_asked_who_where_the_answer_would_not_be_clear(app: Flask, names: list[str]) -> None:
    token = household(*names)
    assert "Đã ghi là muốn đi" in twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))


@pytest.mark.parametrize("name", ["</Say><Dial>+1900</Dial>", "{phim} Páo", "Páo\x00\x07", "&amp;"])
def test_a_name_is_read_out_and_never_obeyed(app: Flask, name: str) -> None:
    token = household("Giàng Thị Mỷ", "Vàng Mí Páo")
    with db.transaction():
        db.session().execute(update(Person).where(Person.id == 1).values(name=name.replace("\0", "")))
    said = twiml(post(app, f"voice/{token}", CALL)) + twiml(
        post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"})
    )
    assert "<Dial" not in said


@pytest.fixture
def unknown_language(app: Flask) -> list[str]:
    """Nobody knows what the two people of phone 0 speak; the campaign that calls them was recorded in Mông."""
    with db.transaction():
        for name in ("Vàng Mí Páo", "Giàng Thị Mỷ"):
            world.person(name, world.number(0), language=None)
        by, second = world.staff(), world.staff("officer", "pao@loaban.example")
        made = world.campaign(by, channel=VOICE)
        names = in_mong(made, by, second)
        offer = recordings.add(Place("language_key", "hmn"), heard(1.5), by)
        recordings.confirm(offer, "Muốn nghe tiếng Mông thì bấm phím một.", second)
        world.approved(made)
        view = launch.outlook(made)
        launch.launch(made.id, view.count.recipients, view.content_hash, by)
    return [*names, offer.sha256]


def test_the_language_is_asked_once_and_remembered(app: Flask, unknown_language: list[str]) -> None:
    notice, _goodbye, offer = unknown_language
    question = twiml(post(app, f"voice/{token_of(1)}", CALL))
    assert f"/recordings/{offer}-" in question
    assert "Tiếng Việt, bấm phím hai" in question
    assert "Tiếng Dao" not in question  # nobody recorded that
    mong = twiml(post(app, f"key/{token_of(1)}?ask=language&rounds=1", {**CALL, "Digits": "1"}))
    assert mong.count(f"/recordings/{notice}-") == 2
    assert replies() == []
    with db.transaction():
        assert {one.language for one in db.session().scalars(select(Person))} == {"hmn"}
        deeds = db.session().scalars(
            select(History.person_id).where(History.deed == "person.language_learnt")
        )
        assert sorted(deeds) == [1, 2]
    again = twiml(post(app, f"voice/{token_of(1)}", CALL))
    assert f"/recordings/{offer}-" not in again
    assert again.count(f"/recordings/{notice}-") == 2


@pytest.mark.parametrize("keys", ["", "4", "2"])
def test_who_chooses_no_recorded_language_hears_vietnamese(
    app: Flask, unknown_language: list[str], keys: str
) -> None:
    said = twiml(post(app, f"key/{token_of(1)}?ask=language&rounds=1", {**CALL, "Digits": keys}))
    assert said.count("Có việc làm cho") == 2
    with db.transaction():
        known = {one.language for one in db.session().scalars(select(Person))}
    assert known == ({"vi"} if keys == "2" else {None})


def test_nobody_is_asked_for_a_language_in_which_nothing_was_recorded(app: Flask) -> None:
    token = household("Vàng Mí Páo", language=None)
    assert "Có việc làm cho" in twiml(post(app, f"voice/{token}", CALL))


OFFICER = "+84219387123"


@pytest.fixture
def officer(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_OFFICER_NUMBER", OFFICER)
    settings.get.cache_clear()


def test_key_0_connects_to_the_officer_and_no_call_is_owed_any_more(
    app: Flask, token: str, officer: None
) -> None:
    said = twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "0"}))
    assert re.search(
        rf'<Dial [^>]*action="[^"]*/hooks/twilio/connection/{token}#[^>]*>\{OFFICER}</Dial>', said
    )
    assert [one.handled_at for one in replies()] == [None]  # safe before anybody is connected
    done = {**CALL, "DialCallStatus": "completed", "DialCallDuration": "95"}
    for _ in range(2):
        assert "<Say" not in twiml(post(app, f"connection/{token}", done))
    (reply,) = replies()
    assert reply.handled_at is not None
    assert reply.evidence == "key 0, connected 95 s"


@pytest.mark.parametrize("word", ["busy", "no-answer", "failed", "canceled", "teleported"])
def test_an_officer_who_does_not_take_the_call_owes_one(
    app: Flask, token: str, officer: None, word: str
) -> None:
    post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "0"})
    said = twiml(post(app, f"connection/{token}", {**CALL, "DialCallStatus": word}))
    assert "Cán bộ sẽ gọi lại" in said
    assert [(one.meaning, one.handled_at) for one in replies()] == [("question", None)]


@pytest.mark.parametrize(
    ("moment", "connects"),
    [
        pytest.param("2026-11-25T09:00:00+07:00", True, id="a Wednesday morning"),
        pytest.param("2026-11-25T17:30:00+07:00", False, id="in the evening"),
        pytest.param("2026-11-28T09:00:00+07:00", False, id="a Saturday"),
        pytest.param("2026-09-02T09:00:00+07:00", False, id="the national day"),
    ],
)
def test_key_0_connects_in_office_hours_alone(
    app: Flask, token: str, monkeypatch: pytest.MonkeyPatch, moment: str, connects: bool
) -> None:
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_SMS_FROM": "LAODONG MV", "LOA_OFFICER_NUMBER": OFFICER,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    assert bool(on_the_phone.officer(datetime.fromisoformat(moment))) is connects


def test_while_the_database_is_away_who_pressed_1_is_thanked(app: Flask, token: str) -> None:
    here = db.engine().url.render_as_string(hide_password=False)
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert "Đã ghi là muốn đi" in twiml(post(app, f"key/{token}?rounds=1", {**CALL, "Digits": "1"}))
    assert "trục trặc" in twiml(post(app, f"voice/{token}", CALL))
    db.connect(here)
    assert len(list(events.spooled())) == 1
