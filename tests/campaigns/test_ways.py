"""How a campaign speaks, chosen on its page: what each way needs, its hours, its price, and the call to listen to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from service import db, settings
from service.campaigns import campaigns, prices, recordings, ways
from service.campaigns.campaigns import Campaign
from service.campaigns.recordings import Place
from service.carriers import directory
from service.sending import launch
from service.sending.messages import TRIAL, VOICE, Message
from service.staff.history import History
from service.text.words import today_in_vietnam
from tests import world
from tests.campaigns.story import draft, fresh, me, press, villagers
from tests.campaigns.test_recordings import heard
from tests.web.conftest import Visitor, words

HTMX = {"HX-Request": "true"}
REAL = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "b" * 32,
    "TWILIO_SMS_FROM": "+84912000000",
    "TWILIO_VOICE_FROM": "+84912000001",
}


def choose(visitor: Visitor, campaign: Campaign, chosen: str, **fields: Any) -> TestResponse:
    visitor.get(f"/campaigns/{campaign.id}")
    sent = {"way": chosen, "second_after_h": "24", "missed_call": "call_me", **fields}
    return visitor.post(f"/campaigns/{campaign.id}/way", **sent)


def live(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """With a carrier of one's own: nothing is a rehearsal any more."""
    for name, value in {**REAL, **more}.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    directory.forget()


@pytest.fixture(autouse=True)
def forgotten_carriers() -> Iterator[None]:
    yield
    directory.forget()


@pytest.mark.parametrize("way", list(ways.WAYS))
def test_one_choice_is_the_two_channels(manager: Visitor, way: str) -> None:
    villagers(2)
    made = draft(text=world.TEXT + ". {nhay_may}.")
    assert choose(manager, made, way, second_after_h="48", missed_call="yes").status_code == 303
    now = fresh(made.id)
    assert (now.channel, now.second) == ways.WAYS[way]
    assert (now.second_after_h, now.missed_call) == (48, "yes")
    assert ways.of(now) == way
    assert "Đạt hết" in words(manager.get(f"/campaigns/{made.id}"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("way", "bồ câu"), ("second_after_h", "-1"), ("second_after_h", "mai"), ("missed_call", "no")],
)
def test_what_is_not_offered_is_not_stored(manager: Visitor, field: str, value: str) -> None:
    made = draft()
    assert choose(manager, made, "sms", **{field: value}).status_code == 422
    now = fresh(made.id)
    assert (now.channel, now.second, now.second_after_h, now.missed_call) == ("sms", "", 24, "call_me")


def test_who_only_calls_writes_no_text_and_who_writes_too_does(manager: Visitor) -> None:
    villagers(2)
    made = draft(text="")
    assert "Chưa có lời tin" in words(manager.get(f"/campaigns/{made.id}"))
    choose(manager, made, "voice")
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Đạt hết" in page
    assert "Gọi 2 máy" not in page  # somebody else has to say yes first
    assert "không cần lời tin nhắn" in page
    assert 'id="form-text"' not in manager.last.text
    assert "2 cuộc gọi, 2 phút" in page
    choose(manager, made, "voice_sms")
    assert "Chưa có lời tin" in words(manager.get(f"/campaigns/{made.id}"))


def test_who_wants_no_calls_is_counted_out_while_somebody_ticks(manager: Visitor) -> None:
    people = villagers(3)
    with db.transaction() as session:
        phone = world.phones.find_by_number(world.number(0))
        assert phone is not None
        phone.no_voice_at = db.clock()
        session.flush()
    made = draft()
    choose(manager, made, "voice")
    manager.get(f"/campaigns/{made.id}")
    said = words(manager.post(f"/campaigns/{made.id}/count", genders=[]))
    assert "2 số điện thoại, mỗi số một lần" in said
    assert "Không nhận cuộc gọi: 1" in said
    assert len(people) == 3


# ---------------------------------------------------------------------------------------------------------- hours


@pytest.mark.parametrize(
    ("before", "way", "after"),
    [
        ((7, 22), "voice", (8, 17)),  # as wide as it may be stays so
        ((7, 22), "sms_voice", (7, 22)),  # the calls that follow keep the hours of calls all the same
        ((9, 12), "voice", (9, 12)),
        ((9, 20), "voice", (9, 17)),
        ((18, 20), "voice", (8, 17)),  # nothing of it fits
    ],
)
def test_the_hours_follow_the_way(
    manager: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    before: tuple[int, int],
    way: str,
    after: tuple[int, int],
) -> None:
    live(monkeypatch)
    made = draft(window_from=before[0] * 60, window_to=before[1] * 60)
    choose(manager, made, way)
    now = fresh(made.id)
    assert (now.window_from, now.window_to) == (after[0] * 60, after[1] * 60)
    choose(manager, made, "sms")
    if after == (8, 17):
        assert (fresh(made.id).window_from, fresh(made.id).window_to) == (7 * 60, 22 * 60)


def test_no_call_outside_the_hours_of_calls(manager: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch)
    made = draft(window_from=7 * 60, window_to=22 * 60)
    choose(manager, made, "voice")
    manager.get(f"/campaigns/{made.id}")
    fields = {"window_from": "08:00", "window_to": "20:00", "starts_at": "", "waves": "", "cap_vnd": ""}
    said = words(manager.post(f"/campaigns/{made.id}/sending", **fields))
    assert "Chỉ được gửi từ 08:00 đến 17:00." in said


# ---------------------------------------------------------------------------------------------------------- price


def test_no_call_is_made_at_a_price_that_nobody_wrote(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    villagers(2)
    made = draft(window_from=9 * 60, window_to=16 * 60)
    assert prices.known("twilio", VOICE, today_in_vietnam()) == prices.REHEARSAL_CALL_VND
    live(monkeypatch)
    choose(manager, made, "voice")
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Chưa có giá cuộc gọi nên chưa biết sẽ tốn bao nhiêu." in page
    assert 'href="/prices"' in manager.last.text
    assert "Chưa có giá cuộc gọi nên chưa tính được." in page
    assert "khoảng 0 đ" not in page
    assert "Ghi giá thì mới gọi điện được." in words(manager.get("/prices"))
    with db.transaction():
        view = launch.outlook(fresh(made.id))
    assert "check.no_call_price" in [one.code for one in view.problems]
    with db.transaction():
        prices.put("twilio", VOICE, 2_500, today_in_vietnam(), me())
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Chưa có giá cuộc gọi" not in page
    assert "khoảng 5.000 đ" in page


def test_an_sms_still_costs_what_the_settings_say(connected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch, LOA_SMS_PRICE_VND="640")
    assert prices.known("twilio", "sms", date(2026, 11, 28)) == 640
    assert prices.known("twilio", VOICE, date(2026, 11, 28)) is None
    assert prices.of("twilio", VOICE, date(2026, 11, 28)) == 0


# ------------------------------------------------------------------------------------------------ the call itself


def listen(visitor: Visitor, campaign: Campaign, **asked: str) -> str:
    visitor.client.get("/")
    path = f"/campaigns/{campaign.id}/call"
    visitor.last = visitor.client.get(path, query_string=asked, headers=HTMX)
    return words(visitor.last)


def test_the_phone_says_what_the_carrier_will_be_told(manager: Visitor) -> None:
    villagers(1)
    made = draft(channel="voice", text="")
    page = words(manager.get(f"/campaigns/{made.id}/call"))
    assert "Xin gặp anh Mí. Nghe và bấm phím" in page
    assert page.count("Có việc làm cho anh Mí.") == 2
    assert "Muốn đi, bấm phím một." in page
    with db.transaction():
        world.approved(fresh(made.id))
        view = launch.outlook(fresh(made.id))
        launch.launch(made.id, view.count.recipients, view.content_hash, me())
    message = db.session().scalars(select(Message).where(Message.campaign_id == made.id)).one()
    for sentence in message.text.split("\n"):
        assert sentence in page
    db.end_reading()


@pytest.mark.parametrize(
    ("key", "said", "over"),
    [
        ("1", "cảm ơn", True),
        ("2", "Có việc làm cho", False),
        ("9", "không gọi", True),
        ("7", "Phím vừa bấm không dùng", False),
        ("#", "Phím vừa bấm không dùng", False),
        ("", "Bạn không bấm gì", False),
    ],
)
def test_its_keys_are_answered_by_the_same_dialogue(
    manager: Visitor, key: str, said: str, over: bool
) -> None:
    villagers(1)
    made = draft(channel="voice")
    page = listen(manager, made, at="rounds=1", keys=key)
    assert said.lower() in page.lower()
    assert ("Cuộc gọi kết thúc." in page) == over
    assert ("Gọi lại từ đầu" in page) == over
    if not over:
        assert 'name="at" value="rounds=2"' in manager.last.text
    assert db.session().scalars(select(Message)).all() == []
    db.end_reading()


def test_nobody_is_asked_for_ever(manager: Visitor) -> None:
    villagers(1)
    made = draft(channel="voice")
    assert "Cuộc gọi kết thúc." in listen(manager, made, at="rounds=3", keys="")


@pytest.mark.parametrize(
    "asked", [{"at": "<b>", "keys": "1"}, {"at": "rounds=1", "keys": "11"}, {"keys": "a"}]
)
def test_what_no_phone_could_send_is_not_found(manager: Visitor, asked: dict[str, str]) -> None:
    made = draft(channel="voice")
    assert manager.client.get(f"/campaigns/{made.id}/call", query_string=asked).status_code == 404


def test_a_call_that_cannot_be_said_yet_says_so(manager: Visitor) -> None:
    made = draft(channel="voice", post="")
    page = words(manager.get(f"/campaigns/{made.id}/call"))
    assert "Chưa nghe thử được" in page


def test_recordings_are_played_from_here_with_their_words(manager: Visitor) -> None:
    villagers(1)
    made = draft(channel="voice")
    with db.transaction():
        found = campaigns.find(made.id)
        assert found is not None
        recording = recordings.add(Place("notice", "hmn", made.id), heard(4.0), me())
        recordings.confirm(
            recording, "Có việc làm trong tỉnh, ai muốn đi thì bấm phím một.", world.staff("officer")
        )
        name = recording.sha256
    page = listen(manager, made)
    assert "Tiếng Mông" in page
    assert "<audio" not in manager.last.text  # Vietnamese is said by the voice
    listen(manager, made, language="hmn")
    assert f'src="/recordings/{name}-' in manager.last.text
    assert "Có việc làm cho anh Mí." in words(manager.last)


def test_the_notice_of_the_call_is_chosen_in_its_card(manager: Visitor) -> None:
    villagers(1)
    made = draft(channel="voice")
    manager.get(f"/campaigns/{made.id}")
    assert manager.post(f"/campaigns/{made.id}/voice", call_notice="reminder").status_code == 303
    assert fresh(made.id).notice == "reminder"
    manager.get(f"/campaigns/{made.id}")
    assert manager.post(f"/campaigns/{made.id}/voice", call_notice="nothing").status_code == 422
    assert fresh(made.id).notice == "reminder"


# ---------------------------------------------------------------------------------------------------- a trial call


def test_a_trial_call_lies_in_the_outbox_and_in_the_history(manager: Visitor) -> None:
    villagers(1)
    made = draft(channel="voice")
    manager.get(f"/campaigns/{made.id}")
    page = press(manager, f"/campaigns/{made.id}/trial-call", phone="0912 000 999", language="vi")
    assert "Máy sẽ gọi bạn trong vài phút." in page
    row = db.session().scalars(select(Message)).one()
    assert (row.kind, row.channel, row.campaign_id, row.state) == (TRIAL, VOICE, None, "ready")
    assert row.text.startswith("Đây là cuộc gọi tự động")
    assert row.price_vnd == prices.REHEARSAL_CALL_VND
    deeds = db.session().scalars(select(History.deed)).all()
    assert "campaign.called_for_trial" in deeds
    db.end_reading()


@pytest.mark.parametrize(
    ("env", "typed", "said"),
    [
        ({}, "vợ", "Hãy ghi một số di động của bạn"),
        ({}, "0910 000 000", "Số này là của người dân"),
        ({**REAL, "TWILIO_VOICE_FROM": ""}, "0912 000 999", "chưa có số gọi đi"),
        (REAL, "0912 000 999", "Chưa có giá cuộc gọi nên chưa gọi thử được."),
    ],
)
def test_why_no_trial_call_is_made(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], typed: str, said: str
) -> None:
    villagers(1)
    made = draft(channel="voice")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    directory.forget()
    manager.get(f"/campaigns/{made.id}")
    answer = manager.post(f"/campaigns/{made.id}/trial-call", phone=typed, language="vi")
    assert answer.status_code == 422
    assert said in words(answer)
    assert db.session().scalars(select(Message)).all() == []
    db.end_reading()
