"""Twilio's REST paths, as Twilio's own SDK reads them."""

from __future__ import annotations

import base64
import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

ACCOUNT = "AC" + "0" * 31 + "7"
OFFICE = "+84219000000"
BASE = f"/2010-04-01/Accounts/{ACCOUNT}"


def test_a_created_message_has_all_that_the_sdk_reads(village, number):
    to = number()
    message = village.send(to, "Có việc làm tại Hà Giang", validity_period=600)
    assert (message.to, message.from_, message.body) == (to, OFFICE, "Có việc làm tại Hà Giang")
    assert message.sid.startswith("SM")
    assert len(message.sid) == 34
    assert (message.status, message.direction, message.num_segments) == ("queued", "outbound-api", "1")
    assert (message.num_media, message.error_code, message.error_message) == ("0", None, None)
    assert (message.account_sid, message.api_version, message.price_unit) == (ACCOUNT, "2010-04-01", "USD")
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(seconds=5)
    assert message.date_sent is None
    assert message.uri == f"{BASE}/Messages/{message.sid}.json"
    assert message.subresource_uris == {"media": f"{BASE}/Messages/{message.sid}/Media.json"}
    assert village.log_of(to) == [
        {
            "kind": "sms",
            "at": village.log_of(to)[0]["at"],
            "sid": message.sid,
            "to": to,
            "from": OFFICE,
            "body": "Có việc làm tại Hà Giang",
            "parts": 1,
            "status_callback": None,
            "validity_period": 600,
        }
    ]


def test_a_fetched_message_goes_forward_to_delivered(village, number):
    message = village.send(number())
    village.until(lambda: message.fetch().status == "delivered")
    assert message.fetch().date_sent is not None


def test_a_punctuated_number_is_read_as_twilio_reads_it(village, number):
    to = number()
    assert village.send(f"{to[:3]} {to[3:6]} {to[6:9]}-{to[9:]}").to == to


def test_each_sid_is_another_one(village, number):
    to = number()
    assert len({village.send(to).sid for _ in range(20)}) == 20


REFUSED = [
    # form, HTTP status, code
    ({"to": "12345"}, 400, 21211),
    ({"to": "0912000345"}, 400, 21211),  # not E.164
    ({"to": "+84169123456"}, 400, 21211),  # no such block any more
    ({"to": "+849120003456"}, 400, 21211),  # one digit too many
    ({"to": OFFICE}, 400, 21211),  # to itself
    ({"to": "+842193871234"}, 400, 21614),  # landline
    ({"to": "+12025550123"}, 400, 21408),  # abroad
    ({"to": ""}, 400, 21604),
    ({"from_": ""}, 400, 21603),
    ({"from_": "+84219000001"}, 400, 21606),
    ({"body": ""}, 400, 21602),
    ({"body": "a" * 1601}, 400, 21617),
    ({"status_callback": "nowhere"}, 400, 21609),
    ({"status_callback": "ftp://127.0.0.1/x"}, 400, 21609),
    ({"status_callback": "http://"}, 400, 21609),
    ({"validity_period": 0}, 400, 90007),
    ({"validity_period": 36001}, 400, 90007),
    ({"validity_period": "soon"}, 400, 90007),
]


@pytest.mark.parametrize(("change", "status", "code"), REFUSED)
def test_a_wrong_request_is_refused_in_twilios_words(village, number, change, status, code):
    accepted = village.state()["accepted"]
    with pytest.raises(TwilioRestException) as refused:
        village.client.messages.create(**({"to": number(), "from_": OFFICE, "body": "Xin chao"} | change))
    assert (refused.value.status, refused.value.code) == (status, code)
    assert village.state()["accepted"] == accepted


def test_the_longest_text_and_the_limits_of_validity_are_accepted(village, number):
    assert village.send(number(), "a" * 1600, validity_period=1).num_segments == "11"
    assert village.send(number(), validity_period=36000).sid


def test_an_error_body_has_the_four_fields(village):
    key = "Basic " + base64.b64encode(f"{ACCOUNT}:0123456789abcdef0123456789abcdef".encode()).decode()
    status, text = village.post(f"{BASE}/Messages.json", b"To=1", Authorization=key)
    assert status == 400
    assert json.loads(text) == {
        "code": 21211,
        "message": "The 'To' number 1 is not a valid phone number.",
        "more_info": "https://www.twilio.com/docs/errors/21211",
        "status": 400,
    }


@pytest.mark.parametrize(("behaviour", "code"), [("blocked", 21610), ("not_mobile", 21614)])
def test_a_phone_can_be_one_that_twilio_refuses(village, number, behaviour, code):
    to = number()
    village.behave(phones={to: behaviour})
    with pytest.raises(TwilioRestException) as refused:
        village.send(to)
    assert refused.value.code == code
    village.behave(phones={to: None})
    assert village.send(to).status == "queued"


def test_a_wrong_token_is_refused_everywhere(village, number):
    stranger = village.client_for("wrong")
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=number(), from_=OFFICE, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages("SM" + "0" * 32).fetch()
    assert refused.value.status == 401
    with urllib.request.urlopen(village.url + "/state", timeout=5) as answer:
        assert answer.status == 200


def test_what_does_not_exist_is_20404(village):
    with pytest.raises(TwilioRestException) as refused:
        village.client.messages("SM" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)
    with pytest.raises(TwilioRestException) as refused:
        village.client.api.v2010.accounts("AC" + "9" * 32).messages.create(
            to="+84912000999", from_=OFFICE, body="x"
        )
    assert refused.value.code == 20404
    with pytest.raises(TwilioRestException) as refused:
        village.client.calls("CA" + "0" * 32).fetch()
    assert refused.value.code == 20404


def test_the_account_can_be_read(village):
    account = village.client.api.v2010.accounts(ACCOUNT).fetch()
    assert (account.sid, account.status) == (ACCOUNT, "active")


def test_a_list_is_filtered_by_number_and_newest_first(village, number):
    to, other = number(), number()
    sids = [village.send(to, f"tin {n}").sid for n in range(3)]
    village.send(other)
    assert [message.sid for message in village.client.messages.list(to=to)] == sids[::-1]
    assert [message.sid for message in village.client.messages.list(to=to, from_=OFFICE)] == sids[::-1]
    assert village.client.messages.list(to=to, from_="+84219999999") == []
    assert village.client.messages.list(to="+84912999999") == []


def test_pages_reach_every_message_once_even_while_new_ones_come(village, number):
    to = number()
    sids = [village.send(to).sid for _ in range(7)]
    page = village.client.messages.page(to=to, page_size=3)
    seen = [message.sid for message in page]
    while page.next_page_url:
        village.send(to, "newer than the list")
        page = page.next_page()
        seen += [message.sid for message in page]
    assert seen == sids[::-1]


def test_the_sdk_walks_all_pages_by_itself(village, number):
    to = number()
    sids = [village.send(to).sid for _ in range(5)]
    assert [message.sid for message in village.client.messages.stream(to=to, page_size=2)] == sids[::-1]
    assert len(village.client.messages.list(to=to, limit=3)) == 3


def test_the_whole_list_has_both_directions(village, number):
    phone = number()
    village.behave(phones={phone: "answers_1"})
    sent = village.send(phone)
    village.until(lambda: village.client.messages.list(from_=phone))
    listed = village.client.messages.list(limit=20)
    assert sent.sid in {message.sid for message in listed}
    (answer,) = village.client.messages.list(to=OFFICE, from_=phone)
    assert (answer.direction, answer.status, answer.body) == ("inbound", "received", "1")


def test_a_date_filter_misses_what_has_not_left_the_queue(village, number):
    to, yesterday = number(), datetime.now(UTC) - timedelta(days=1)
    village.behave(deliver_seconds=60)
    first = village.send(to)
    assert len(village.client.messages.list(to=to)) == 1
    assert village.client.messages.list(to=to, date_sent_after=yesterday) == []
    village.behave(deliver_seconds=0.01)
    second = village.send(to)
    village.until(lambda: second.fetch().date_sent)
    assert [m.sid for m in village.client.messages.list(to=to, date_sent_after=yesterday)] == [second.sid]
    assert village.client.messages.list(to=to, date_sent_before=yesterday) == []
    assert [m.sid for m in village.client.messages.list(to=to, date_sent=datetime.now(UTC).date())] == [
        second.sid
    ]
    first.update(status="canceled")


def test_a_queued_message_can_be_taken_back_and_never_arrives(village, number):
    to = number()
    village.behave(deliver_seconds=1.0)
    message = village.send(to)
    assert message.update(status="canceled").status == "canceled"
    with pytest.raises(TwilioRestException) as refused:
        message.update(status="canceled")
    assert refused.value.code == 30409
    village.until(lambda: village.state()["on_the_way"] == 0)
    assert message.fetch().status == "canceled"


def test_the_text_of_a_finished_message_can_be_wiped_but_not_from_the_log(village, number):
    to = number()
    village.behave(deliver_seconds=0.3)
    message = village.send(to, "bi mat")
    with pytest.raises(TwilioRestException) as refused:
        message.update(body="")
    assert refused.value.code == 20009
    village.until(lambda: message.fetch().status == "delivered")
    assert message.update(body="").body == ""
    assert village.log_of(to)[0]["body"] == "bi mat"
    with pytest.raises(TwilioRestException) as refused:
        message.update(body="another text")
    assert refused.value.code == 30400
