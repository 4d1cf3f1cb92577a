"""Villagers who answer: when, what, how often, and that no answer vanishes."""

from __future__ import annotations

import json
import time

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator

from village.behaviour import KINDS, SHARES, Habits

ACCOUNT = "AC" + "0" * 31 + "7"
TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"
SMS_PATH = "/hooks/twilio/sms"


def incoming(receiver, phone):
    return [post for post in receiver.at(SMS_PATH) if post.fields["From"] == phone]


def answers_of(village, phone):
    return [answer for answer in village.lines("/answers") if answer["from"] == phone]


def test_an_answer_comes_by_a_signed_webhook_with_twilios_fields(village, receiver, number):
    phone = number()
    village.behave(phones={phone: "answers_co_accented"})
    sent = village.send(phone)
    (post,) = village.until(lambda: incoming(receiver, phone))
    assert RequestValidator(TOKEN).validate(receiver.url + SMS_PATH, post.fields, post.signature)
    expected = {
        "From": phone,
        "To": OFFICE,
        "Body": "Có",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "AccountSid": ACCOUNT,
        "FromCountry": "VN",
        "ToCountry": "VN",
        "ApiVersion": "2010-04-01",
    }
    assert expected.items() <= post.fields.items()
    assert post.fields["MessageSid"] == post.fields["SmsMessageSid"] == post.fields["SmsSid"] != sent.sid
    (answer,) = village.until(lambda: [a for a in answers_of(village, phone) if a["hook"] == "received"])
    assert answer == {
        "kind": "sms",
        "at": answer["at"],
        "sid": post.fields["MessageSid"],
        "from": phone,
        "to": OFFICE,
        "body": "Có",
        "answers": sent.sid,
        "typed": False,
        "hook": "received",
        "tries": 1,
    }


@pytest.mark.parametrize(
    ("behaviour", "texts"),
    [
        ("answers_1", {"1"}),
        ("answers_co", {"co"}),
        ("answers_no", {"khong di"}),
        ("answers_stop", {"TC"}),
        ("answers_unclear", set(KINDS["answers_unclear"].answers)),
        ({"answers": "mai toi len xa"}, {"mai toi len xa"}),
    ],
)
def test_each_kind_says_its_words_once(village, receiver, number, behaviour, texts):
    phone = number()
    village.behave(phones={phone: behaviour})
    village.send(phone)
    village.until(lambda: incoming(receiver, phone))
    village.until(lambda: village.state()["idle"])
    (post,) = incoming(receiver, phone)
    assert post.fields["Body"] in texts


@pytest.mark.parametrize("behaviour", ["silent", "unreachable", "dead"])
def test_who_is_silent_or_gone_does_not_answer(village, receiver, number, behaviour):
    phone = number()
    village.behave(phones={phone: behaviour})
    village.send(phone)
    village.until(lambda: village.state()["idle"])
    assert incoming(receiver, phone) == []


def test_every_message_is_answered_but_each_only_once(village, number):
    phone = number()
    village.behave(phones={phone: "answers_1"})
    sids = {village.send(phone).sid for _ in range(3)}
    village.until(lambda: village.state()["idle"])
    answered = [answer["answers"] for answer in answers_of(village, phone)]
    assert sorted(answered) == sorted(sids)


def test_who_has_just_answered_does_not_answer_the_confirmation(village, number):
    phone = number()
    village.behave(phones={phone: "answers_stop"}, quiet_seconds=60)
    village.send(phone)
    village.until(lambda: answers_of(village, phone))
    village.send(phone, "Da ngung gui tin.")
    village.until(lambda: village.state()["idle"])
    assert len(answers_of(village, phone)) == 1


def test_after_one_of_twilios_stop_words_a_phone_is_refused_until_it_returns(village, receiver, number):
    phone = number()
    village.behave(phones={phone: {"answers": "stop"}})
    village.send(phone)
    village.until(lambda: incoming(receiver, phone))
    with pytest.raises(TwilioRestException) as refused:
        village.send(phone)
    assert refused.value.code == 21610
    village.post(f"/phones/{phone}/answer", b"text=START")
    assert village.send(phone).status == "queued"


def test_our_twiml_answer_is_sent_to_the_phone(village, receiver, number):
    phone = number()
    receiver.bodies = {SMS_PATH: "<Response><Message>Da ngung gui tin.</Message></Response>"}
    village.post(f"/phones/{phone}/answer", b"text=TC")
    village.until(lambda: village.log_of(phone))
    receiver.bodies = {}
    (reply,) = village.client.messages.list(to=phone)
    assert (reply.body, reply.direction, reply.from_) == ("Da ngung gui tin.", "outbound-reply", OFFICE)


def test_answers_wait_for_a_web_process_that_is_away(new_village, new_receiver):
    receiver = new_receiver()
    port = int(receiver.url.rsplit(":", 1)[1])
    receiver.close()
    with new_village(receiver.url + SMS_PATH) as village:
        village.behave(shares={"answers_1": 1}, deliver_seconds=0.02, answer_seconds=0.02)
        village.send("+84912000001")
        village.until(lambda: [a for a in village.lines("/answers") if a["tries"] >= 2])
        assert village.state()["hooks"] == {"waiting": 1, "received": 0, "failed": 0}
        later = new_receiver(port)
        later.answers = {SMS_PATH: [503]}
        posts = later.wait(SMS_PATH, 2)
        assert posts[0].fields["MessageSid"] == posts[1].fields["MessageSid"]
        village.until(lambda: village.state()["hooks"]["received"] == 1)
        later.close()


def test_an_answer_that_is_refused_is_told_as_failed(village, receiver, number):
    phone = number()
    receiver.answers = {SMS_PATH: [403]}
    village.post(f"/phones/{phone}/answer", b"text=1")
    village.until(lambda: [a for a in answers_of(village, phone) if a["hook"] == "failed"])


def test_a_name_as_sender_cannot_be_answered(new_village, receiver):
    with new_village(receiver.url + "/name", VILLAGE_SMS_FROM="MeoVacViec") as village:
        village.behave(shares={"answers_1": 1}, deliver_seconds=0.02, answer_seconds=0.02)
        village.client.messages.create(to="+84912000001", from_="MeoVacViec", body="Xin chao")
        village.until(lambda: village.state()["delivered"] == 1)
        village.until(lambda: village.state()["idle"])
        status, _ = village.post("/phones/+84912000001/answer", b"text=1")
        assert status == 200  # back on the page, which says why not
        assert village.lines("/answers") == []
        assert "không trả lời được" in village.get("/")


def test_a_villager_is_the_same_on_every_run_and_another_with_another_seed():
    phones = [f"+84912{n:06d}" for n in range(400)]
    first, again, other = Habits(1), Habits(1), Habits(2)
    assert [first.name_of(phone) for phone in phones] == [again.name_of(phone) for phone in phones]
    assert [first.name_of(phone) for phone in phones] != [other.name_of(phone) for phone in phones]


def test_the_shares_hold_over_many_phones():
    habits, many = Habits(1), 20_000
    names = [habits.name_of(f"+84912{n:06d}") for n in range(many)]
    for name, share in SHARES.items():
        assert abs(names.count(name) / many - share) < 0.012
    habits.change({"shares": {"answers_1": 0.25}})
    names = [habits.name_of(f"+84912{n:06d}") for n in range(many)]
    assert set(names) == {"answers_1", "silent"}
    assert abs(names.count("answers_1") / many - 0.25) < 0.012


WRONG = [
    ({"phones": {"0912000345": "silent"}}, "not a telephone number"),
    ({"phones": {"+84912000345": "angry"}}, "not a behaviour"),
    ({"phones": {"+84912000345": {"answers": 1}}}, "not a behaviour"),
    ({"phones": {"+84912000345": {"answers": "\ud800"}}}, "surrogates"),
    ({"shares": {"angry": 1}}, "not a behaviour"),
    ({"shares": {"silent": 0.7, "dead": 0.7}}, "at most 1"),
    ({"shares": []}, "JSON object"),
    ({"answer_seconds": -1}, "answer_seconds"),
    ({"nonsense": 1}, "unknown"),
    ([], "JSON object"),
]


@pytest.mark.parametrize(("wish", "words"), WRONG)
def test_a_wrong_wish_is_refused_as_a_whole(village, wish, words):
    before = village.get("/behaviour")
    if isinstance(wish, dict):
        wish = {"deliver_seconds": 5, **wish}
    status, text = village.post("/behaviour", json.dumps(wish).encode())
    assert status == 400
    assert words in json.loads(text)["problem"]
    assert village.get("/behaviour") == before


def test_a_page_from_another_site_cannot_play_with_the_village(village, number):
    phone = number()
    for path, body in (("/behaviour", b"{}"), ("/faults", b"{}"), (f"/phones/{phone}/answer", b"text=1")):
        status, _ = village.post(path, body, Origin="http://evil.example")
        assert status == 403
    assert answers_of(village, phone) == []


def test_log_and_answers_can_be_read_from_a_line_on(village, number):
    village.send(number())
    village.send(number())
    everything = village.lines("/log")
    assert village.lines(f"/log?after={len(everything) - 1}") == everything[-1:]
    assert [line["at"] for line in everything] == sorted(line["at"] for line in everything)
    assert village.post("/log?after=x", b"")[0] == 405
    started = time.monotonic()
    village.get("/answers?after=999999")
    assert time.monotonic() - started < 1
