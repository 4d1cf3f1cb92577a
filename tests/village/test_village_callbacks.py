"""Status callbacks: signed, in order, repeated as Twilio repeats them, and spoilt on request."""

from __future__ import annotations

import re
import time

import pytest
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 31 + "7"
TOKEN = "0123456789abcdef0123456789abcdef"
OFFICE = "+84219000000"


def statuses(posts):
    return [post.fields["MessageStatus"] for post in posts]


def test_callbacks_come_in_order_and_twilios_validator_believes_them(village, receiver, number, hook):
    to, (url, path) = number(), hook()
    message = village.send(to, status_callback=url + "?x=1&y=a%20b#rc=5&rp=all&ct=3000&rt=5000")
    posts = receiver.wait(f"{path}?x=1&y=a%20b", 3)
    assert statuses(posts) == ["queued", "sent", "delivered"]
    validator = RequestValidator(TOKEN)
    for post in posts:
        assert validator.validate(url + "?x=1&y=a%20b", post.fields, post.signature)
        assert not validator.validate(url, post.fields, post.signature)
        assert not RequestValidator("another").validate(url + "?x=1&y=a%20b", post.fields, post.signature)
        assert post.fields["MessageSid"] == post.fields["SmsSid"] == message.sid
        assert post.fields["SmsStatus"] == post.fields["MessageStatus"]
        assert (post.fields["AccountSid"], post.fields["From"], post.fields["To"]) == (ACCOUNT, OFFICE, to)
        assert post.fields["ApiVersion"] == "2010-04-01"
        assert "ErrorCode" not in post.fields
    assert re.fullmatch(r"\d{10}", posts[2].fields["RawDlrDoneDate"])


@pytest.mark.parametrize(
    ("behaviour", "status", "code"),
    [
        ("unreachable", "undelivered", 30003),
        ("dead", "undelivered", 30005),
        ("dead_landline", "undelivered", 30006),
        ("filtered", "undelivered", 30007),
        ("network_failed", "failed", 30008),
    ],
)
def test_a_message_that_does_not_arrive_says_why(village, receiver, number, hook, behaviour, status, code):
    to, (url, path) = number(), hook()
    village.behave(phones={to: behaviour})
    message = village.send(to, status_callback=url)
    last = receiver.wait(path, 3)[-1]
    assert (last.fields["MessageStatus"], last.fields["ErrorCode"]) == (status, str(code))
    fetched = message.fetch()
    assert (fetched.status, fetched.error_code) == (status, code)
    assert fetched.error_message


def test_a_message_that_waits_longer_than_its_validity_fails(village, receiver, number, hook):
    url, path = hook()
    village.behave(deliver_seconds=60)
    village.send(number(), validity_period=1, status_callback=url)
    last = receiver.wait(path, 2)[-1]
    assert (last.fields["MessageStatus"], last.fields["ErrorCode"]) == ("failed", "30036")


def test_a_server_error_is_repeated_only_when_the_address_asks_for_it(village, receiver, number, hook):
    plain_url, plain_path = hook()
    asking_url, asking_path = hook()
    receiver.answers = {plain_path: [500, 500, 500], asking_path: [500, 503, 204]}
    village.send(number(), status_callback=plain_url)
    village.send(number(), status_callback=asking_url + "#rc=5&rp=all")
    asked = receiver.wait(asking_path, 5)
    assert statuses(asked) == ["queued", "queued", "queued", "sent", "delivered"]
    tokens = [post.headers["I-Twilio-Idempotency-Token"] for post in asked]
    assert len(set(tokens)) == 3
    assert len(set(tokens[:3])) == 1
    assert statuses(receiver.wait(plain_path, 3)) == ["queued", "sent", "delivered"]


def test_repeating_ends_with_the_count_that_the_address_allows(village, receiver, number, hook):
    url, path = hook()
    receiver.answers = {path: [500, 500, 500, 204]}
    failed = village.state()["callbacks"]["failed"]
    village.send(number(), status_callback=url + "#rc=2&rp=5xx")
    assert statuses(receiver.wait(path, 5)) == ["queued"] * 3 + ["sent", "delivered"]
    village.until(lambda: village.state()["callbacks"]["failed"] == failed + 1)


def test_a_slow_receiver_is_given_up_after_the_time_the_address_allows(village, receiver, number, hook):
    url, path = hook()
    receiver.answers = {path: [2.0]}
    village.send(number(), status_callback=url + "#rp=rt&rc=1&rt=200")
    posts = receiver.wait(path, 4)
    assert statuses(posts)[:2] == ["queued", "queued"]
    assert 0.15 < posts[1].at - posts[0].at < 1.5


def test_a_closed_port_is_tried_twice_by_default(new_village, new_receiver):
    receiver = new_receiver()
    port = int(receiver.url.rsplit(":", 1)[1])
    receiver.close()
    with new_village(receiver.url + "/sms") as village:
        village.behave(deliver_seconds=0.02)
        village.send("+84912000001", status_callback=f"{receiver.url}/status")
        village.until(lambda: village.state()["callbacks"]["failed"] == 3)
        village.send("+84912000002", status_callback=f"{receiver.url}/status#rc=5&rp=all")
        later = new_receiver(port)
        assert statuses(later.wait("/status", 3)) == ["queued", "sent", "delivered"]
        later.close()


def test_dropped_callbacks_never_come_and_the_message_still_arrives(village, receiver, number, hook):
    url, path = hook()
    village.faults(callback_drop=1)
    message = village.send(number(), status_callback=url)
    village.until(lambda: message.fetch().status == "delivered")
    village.until(lambda: village.state()["idle"])
    assert receiver.at(path) == []


def test_doubled_callbacks_come_twice_with_the_same_content(village, receiver, number, hook):
    url, path = hook()
    village.faults(callback_double=1)
    village.send(number(), status_callback=url)
    posts = receiver.wait(path, 6)
    assert statuses(posts) == ["queued", "queued", "sent", "sent", "delivered", "delivered"]
    assert posts[0].fields == posts[1].fields


def test_shuffled_callbacks_are_complete_and_in_another_order(village, receiver, number, hook):
    village.faults(callback_shuffle=1)
    for _ in range(5):
        url, path = hook()
        village.send(number(), status_callback=url)
        order = statuses(receiver.wait(path, 3))
        assert sorted(order) == ["delivered", "queued", "sent"]
        assert order != ["queued", "sent", "delivered"]


def test_a_share_spoils_about_that_share(village, receiver, number, hook):
    url, path = hook()
    village.faults(callback_drop=0.5)
    for _ in range(40):
        village.send(number(), status_callback=url)
    village.until(lambda: village.state()["idle"])
    assert 35 <= len(receiver.at(path)) <= 85  # of 120


def test_a_callback_can_overtake_the_answer(village, receiver, number, hook):
    url, path = hook()
    village.faults(latency_ms=400)
    village.send(number(), status_callback=url)
    answered = time.monotonic()
    assert receiver.at(path)[-1].fields["MessageStatus"] == "delivered"
    assert receiver.at(path)[0].at < answered
