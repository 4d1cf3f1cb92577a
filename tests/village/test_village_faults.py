"""Bad days of the network: what the client sees, and what was accepted all the same."""

from __future__ import annotations

import json

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

OFFICE = "+84219000000"

ANSWERED = [
    # fault, HTTP status, code, accepted
    ("429", 429, 20429, 0),
    ("401", 401, 20003, 0),
    ("500_refused", 500, 20500, 0),
    ("500_accepted", 500, 20500, 1),
]


@pytest.mark.parametrize(("fault", "status", "code", "accepted"), ANSWERED)
def test_a_fault_with_an_answer(village, number, fault, status, code, accepted):
    to = number()
    village.faults(**{fault: 1})
    with pytest.raises(TwilioRestException) as refused:
        village.send(to)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert len(village.log_of(to)) == accepted
    assert len(village.client.messages.list(to=to)) == accepted


def test_a_reset_ends_the_connection_and_nothing_is_accepted(village, number):
    to = number()
    village.faults(reset=1)
    with pytest.raises(requests.exceptions.ConnectionError) as cut:
        village.send(to)
    assert "reset" in str(cut.value).lower()
    assert village.log_of(to) == []


def test_accepted_then_no_answer(village, number):
    to = number()
    village.faults(accept_then_hang=1)
    with pytest.raises(requests.exceptions.ReadTimeout):
        village.client_for("0123456789abcdef0123456789abcdef", timeout=0.3).messages.create(
            to=to, from_=OFFICE, body="x"
        )
    assert len(village.log_of(to)) == 1


def test_accepted_only_after_the_client_has_gone(village, number):
    to = number()
    village.faults(accept_late=1, accept_late_s=0.8)
    with pytest.raises(requests.exceptions.ReadTimeout):
        village.client_for("0123456789abcdef0123456789abcdef", timeout=0.2).messages.create(
            to=to, from_=OFFICE, body="x"
        )
    assert village.log_of(to) == []
    village.until(lambda: len(village.log_of(to)) == 1)


def test_an_accepted_message_with_an_unreadable_answer(village, number):
    to = number()
    village.faults(bad_json=1)
    with pytest.raises(json.JSONDecodeError):
        village.send(to)
    assert len(village.log_of(to)) == 1


def test_a_page_from_another_machine_instead_of_an_answer(village, number):
    to = number()
    village.faults(html=1)
    with pytest.raises(json.JSONDecodeError):
        village.send(to)
    assert village.log_of(to) == []


def test_a_wrong_request_is_refused_even_on_a_bad_day(village):
    village.faults(accept_late=1)
    with pytest.raises(TwilioRestException) as refused:
        village.send("12345")
    assert refused.value.code == 21211


def test_the_list_lags_behind_but_a_fetch_does_not(village, number):
    to = number()
    village.faults(list_lag_s=0.6)
    message = village.send(to)
    assert village.client.messages.list(to=to) == []
    assert message.fetch().sid == message.sid
    village.until(lambda: village.client.messages.list(to=to))


def test_a_list_can_fail(village, number):
    village.faults(list_500=1)
    with pytest.raises(TwilioException, match="HTTP 500"):
        village.client.messages.list(to=number())
    village.faults(list_500=0.5)
    assert village.send(number()).status == "queued"


def test_shares_are_played_in_proportion_and_counted(village, number):
    before = village.state()["faults_played"]
    village.faults(**{"429": 0.3, "500_accepted": 0.3})
    outcomes = []
    for _ in range(100):
        try:
            village.send(number())
            outcomes.append(201)
        except TwilioRestException as refused:
            outcomes.append(refused.status)
    assert all(outcomes.count(status) >= 15 for status in (201, 429, 500))
    after = village.state()["faults_played"]
    assert after["429"] - before.get("429", 0) == outcomes.count(429)
    assert after["500_accepted"] - before.get("500_accepted", 0) == outcomes.count(500)


def test_the_same_seed_plays_the_same_faults(new_village, tmp_path):
    path = tmp_path / "faults.json"
    path.write_text('{"429": 0.5}')

    def outcomes(seed):
        with new_village("http://127.0.0.1:9/", "--seed", seed, "--faults", str(path)) as village:
            seen = []
            for _ in range(25):
                try:
                    seen.append(village.send("+84912000001").status)
                except TwilioRestException as refused:
                    seen.append(refused.status)
            return seen

    first = outcomes("3")
    assert first == outcomes("3")
    assert first != outcomes("4")


WRONG = [
    (b"[]", "JSON object"),
    (b"nonsense", "not JSON"),
    (b'{"420": 1}', "no fault '420'"),
    (b'{"429": 1.5}', "between 0 and 1"),
    (b'{"429": "1"}', "must be a number"),
    (b'{"429": true}', "must be a number"),
    (b'{"429": 0.6, "reset": 0.6}', "more than 1"),
    (b'{"latency_ms": -1}', "between 0 and"),
    (b'{"429": NaN}', "between 0 and 1"),
]


@pytest.mark.parametrize(("body", "words"), WRONG)
def test_a_wrong_table_is_refused_and_changes_nothing(village, body, words):
    village.faults(latency_ms=1)
    status, text = village.post("/faults", body)
    assert status == 400
    assert words in json.loads(text)["problem"]
    assert json.loads(village.get("/faults"))["latency_ms"] == 1


def test_what_is_not_named_is_off_again(village):
    village.faults(reset=1, latency_ms=5)
    village.faults(callback_drop=0.5)
    table = json.loads(village.get("/faults"))
    assert {name: value for name, value in table.items() if value} == {
        "callback_drop": 0.5,
        "accept_late_s": 3.0,
    }
