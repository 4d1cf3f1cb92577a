"""A campaign that calls: through the real web process, RQ workers and the village, whose phones ring and press keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from service import bell, db
from service.campaigns import campaigns, recordings
from service.campaigns.campaigns import Campaign
from service.campaigns.recordings import Place, Recording
from service.followup import tasks
from service.registry.people import Person
from service.registry.phones import Phone
from service.replies import inbox, interests
from service.sending import launch as launching
from service.sending import listened
from service.sending.messages import VOICE, Message
from tests import world
from tests.campaigns.test_recordings import heard as heard_sound
from tests.journeys.conftest import Running

pytestmark = pytest.mark.journey
Start = Callable[..., Running]
OVER = ("completed", "busy", "no_answer", "failed")
PRESSED = {"presses_1": "1", "presses_2_then_1": "1", "presses_9": "9", "presses_0": "0"}


def launch(size: int) -> int:
    with db.transaction():
        by = world.staff("manager", "chi.hoa@loaban.example")
        world.village_of(size)
        made = world.launched(by, channel=VOICE)
    return made.id


def behave(here: Running, **kinds: str) -> dict[str, str]:
    """The phones 0, 1, 2 … behave so, in this order; the rest listen. Returns what each number does."""
    phones = {world.number(int(name.removeprefix("phone_"))): kind for name, kind in kinds.items()}
    here.village("behaviour", {"call_phones": phones, "call_speed": 60})
    return phones


def all_are_over(here: Running, campaign_id: int, size: int) -> bool:
    return sum(here.counts(campaign_id).get(state, 0) for state in OVER) >= size


def test_everybody_is_called_once_and_a_key_becomes_an_interest_and_a_task(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    kinds = behave(
        here,
        phone_0="presses_1", phone_1="presses_2_then_1", phone_2="presses_9", phone_3="presses_0",
        phone_4="presses_nonsense", phone_5="listens", phone_6="hangs_up", phone_7="machine",
    )  # fmt: skip
    campaign_id = launch(8)
    assert bell.ring("twilio")
    here.wait(lambda: all_are_over(here, campaign_id, 8))
    here.wait_until_idle()

    calls = [line for line in here.lines("log") if line["kind"] == "call"]
    assert Counter(line["to"] for line in calls) == Counter(list(kinds))
    assert here.counts(campaign_id) == {"completed": 8}
    keys = {reply.text for reply in replies(campaign_id)}
    assert keys == {"1", "9", "0"}
    assert inbox.counts(campaign_id) == {"interested": 2, "stop": 1, "question": 1}
    assert interests.count(campaign_id) == 2
    assert tasks.counts(campaign_id) == {"to_call": 2}
    listening = heard(campaign_id)
    assert set(listening) == set(kinds)
    assert listening[world.number(5)] == "whole"  # listens to the end
    assert listening[world.number(6)] == "partly"  # hangs up after four seconds


def launched_in_mong() -> tuple[Campaign, Recording]:
    """A campaign that calls everybody there is, its notice recorded in Mông and confirmed by a second speaker."""
    by, second = (
        world.staff("manager", "chi.hoa@loaban.example"),
        world.staff("officer", "pao@loaban.example"),
    )
    made = world.campaign(by, channel=VOICE)
    recording = recordings.add(Place("notice", "hmn", made.id), heard_sound(4.0), by)
    recordings.confirm(recording, "Có việc làm trong tỉnh, ai muốn đi thì bấm phím một.", second)
    world.approved(made)
    view = launching.outlook(made)
    launching.launch(made.id, view.count.recipients, view.content_hash, by)
    return made, recording


def test_a_mong_speaker_hears_the_mong_recording_and_presses_1(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    patient = {"keys": ["1"], "after": 15}  # seconds: the notice has been heard by then
    phones = {world.number(0): patient, world.number(1): "listens"}
    here.village("behaviour", {"call_phones": phones, "call_speed": 60})
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(0), language="hmn")
        world.person("Nguyễn Văn Kinh", world.number(1), language="vi")
        made, recording = launched_in_mong()
    assert bell.ring("twilio")
    here.wait(lambda: all_are_over(here, made.id, 2))
    here.wait_until_idle()

    said = {call["to"]: call["heard"] for call in here.lines("calls")}
    mong, kinh = (said[world.number(index)] for index in range(2))
    assert recording.sha256 in next(one["text"] for one in mong if one["verb"] == "Play")
    assert all("Có việc làm cho" not in one["text"] for one in mong)
    assert {one["verb"] for one in kinh} == {"Say"}
    assert (interests.count(made.id), tasks.counts(made.id)) == (1, {"to_call": 1})


OFFICER = "+84219387123"


def test_who_is_asked_which_language_is_asked_and_0_reaches_the_officer(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50", "LOA_OFFICER_NUMBER": OFFICER})
    patient = {"after": 15}  # seconds: the question has been heard by then
    phones = {
        world.number(0): {"after": 5, "keys": ["1", "2"]},  # yes; the second of the two who share it
        world.number(1): {**patient, "keys": ["1", "1"]},  # in Mông, please; yes
        world.number(2): "presses_0",
        OFFICER: "listens",
    }
    here.village("behaviour", {"call_phones": phones, "call_speed": 60})
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(0))
        chosen = world.person("Giàng Thị Mỷ", world.number(0)).id
        asked = world.person("Sùng Mí Lử", world.number(1), language=None).id
        world.person("Nguyễn Văn Kinh", world.number(2))
        made, recording = launched_in_mong()
    assert bell.ring("twilio")
    here.wait(lambda: all_are_over(here, made.id, 3))
    here.wait_until_idle()

    said = {call["to"]: call["heard"] for call in here.lines("calls")}
    assert any(recording.sha256 in one["text"] for one in said[world.number(1)])
    talked = [call for call in here.lines("calls") if call["to"] == OFFICER]
    assert [(call["direction"], call["status"]) for call in talked] == [("outbound-dial", "completed")]
    with db.transaction():
        wants = {one.person_id for one in interests.of_campaign(made.id)}
        answer = next(one for one in replies(made.id) if one.text == "0")
        assert wants == {chosen, asked}
        assert answer.handled_at is not None
        assert "connected" in answer.evidence
        assert db.session().get_one(Person, asked).language == "hmn"


def test_a_missed_call_reaches_the_inbox(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    behave(here, phone_0="no_answer")
    campaign_id = launch(1)
    assert bell.ring("twilio")
    here.wait(lambda: attempts(campaign_id, 2))
    here.press(f"phones/{world.number(0)}/call")
    here.wait(lambda: replies(campaign_id))
    (reply,) = replies(campaign_id)
    assert (reply.kind, reply.meaning) == ("missed_call", "question")
    (inbound,) = [call for call in here.lines("calls") if call["direction"] == "inbound"]
    assert inbound["status"] in ("busy", "no-answer")


def test_a_busy_phone_is_called_again_and_one_that_is_off_on_another_hour(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    behave(here, phone_0="busy", phone_1="no_answer", phone_2="off", phone_3="listens")
    campaign_id = launch(4)
    assert bell.ring("twilio")
    here.wait(lambda: len(attempts(campaign_id, 2)) == 3 and here.counts(campaign_id).get("completed") == 1)
    assert Counter(line["to"] for line in here.lines("log")) == Counter(
        {world.number(index): 1 for index in range(4)}
    )
    assert here.counts(campaign_id) == {"completed": 1, "ready": 3}


def replies(campaign_id: int) -> list[inbox.Reply]:
    try:
        return list(db.session().query(inbox.Reply).where(inbox.Reply.campaign_id == campaign_id))
    finally:
        db.end_reading()


def attempts(campaign_id: int, attempt: int) -> list[Message]:
    try:
        query = db.session().query(Message).where(Message.campaign_id == campaign_id)
        return list(query.where(Message.attempt == attempt))
    finally:
        db.end_reading()


def heard(campaign_id: int) -> dict[str, str]:
    """How much was heard on each number."""
    try:
        query = db.session().query(Phone.e164, listened.CallHeard.heard).select_from(Message)
        query = query.join(listened.CallHeard, listened.CallHeard.message_id == Message.id)
        query = query.join(Phone, Phone.id == Message.phone_id)
        return {row[0]: row[1] for row in query.where(Message.campaign_id == campaign_id)}
    finally:
        db.end_reading()


def test_a_campaign_that_is_stopped_while_it_rings_ends_politely(running: Start) -> None:
    here = running(env={"TWILIO_CALLS_PER_SECOND": "50"})
    phone = world.number(0)
    here.village("behaviour", {"call_phones": {phone: "by_hand"}, "hand_speed": 60})
    campaign_id = launch(1)
    assert bell.ring("twilio")
    here.wait(lambda: here.counts(campaign_id).get("ringing") == 1)
    with db.transaction():
        found = campaigns.find(campaign_id)
        assert found is not None
        launching.stop(found, world.staff("manager", "anh.pao@loaban.example"))
    here.press(f"phones/{phone}/pick-up")
    here.wait(lambda: here.counts(campaign_id).get("completed") == 1)
    (call,) = here.lines("calls")
    assert [said["text"] for said in call["heard"]][-1].startswith("Đây là cuộc gọi tự động")
    assert "đã dừng" in call["heard"][-1]["text"]
