"""The contract of a carrier, against a real network: what each answer proves, what a list shows, whose hooks count."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from twilio.request_validator import RequestValidator

from service import settings
from service.carriers.base import (
    Accepted,
    CarrierError,
    Cause,
    HookCall,
    HookRefused,
    Incoming,
    OutgoingSms,
    Proof,
    StatusUpdate,
)
from service.carriers.calls import OutgoingCall
from service.carriers.twilio import STATUS_PATH, TwilioCarrier
from tests import processes
from workers import ports

GOOD, LANDLINE = "+84912000345", "+842193000123"
PUBLIC = "http://127.0.0.1:9"  # nobody listens there: callbacks are not the matter here


@pytest.fixture(scope="module")
def network() -> Iterator[str]:
    """A village in its own process."""
    port = ports.free(0)
    env = {
        **os.environ,
        "VILLAGE_ACCOUNT_SID": settings.REHEARSAL_SID,
        "VILLAGE_AUTH_TOKEN": "t" * 32,
        "VILLAGE_SMS_FROM": settings.REHEARSAL_SENDER,
        "VILLAGE_SMS_URL": PUBLIC + "/hooks/twilio/sms",
        "VILLAGE_VOICE_FROM": settings.REHEARSAL_SENDER,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "village", "--port", str(port)], env=env, cwd=processes.ROOT
    )
    url = f"http://127.0.0.1:{port}"
    try:
        assert processes.wait_until(lambda: ports.answers(url))
        yield url
    finally:
        process.terminate()
        process.wait(5)


def tell(network: str, what: str, wish: dict[str, object]) -> None:
    request = urllib.request.Request(f"{network}/{what}", json.dumps(wish).encode(), method="POST")
    urllib.request.urlopen(request, timeout=5).close()


def phone_answers(network: str, number: str, text: str) -> None:
    """What somebody types on the screen of a phone of the village."""
    url, form = f"{network}/phones/{quote(number)}/answer", urlencode({"text": text}).encode()
    urllib.request.urlopen(urllib.request.Request(url, form, method="POST"), timeout=5).close()


def accepted(network: str) -> list[dict[str, str]]:
    with urllib.request.urlopen(f"{network}/log", timeout=5) as answer:
        return [json.loads(line) for line in answer]


@pytest.fixture
def known(network: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> settings.Twilio:
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    rehearsal = settings.load().twilio
    tell(network, "faults", {})
    return replace(rehearsal, api_url=network, auth_token="t" * 32)


def carrier(known: settings.Twilio, read_s: float = 3.0, **changes: str) -> TwilioCarrier:
    return TwilioCarrier(
        replace(settings.load(), public_url=PUBLIC, twilio=replace(known, **changes)), read_s
    )


def send(over: TwilioCarrier, one: OutgoingSms) -> Accepted:
    """One message over a line of its own."""

    async def sent() -> Accepted:
        async with over.line() as line:
            return await line.send_sms(one)

    return asyncio.run(sent())


def sms(to: str = GOOD, text: str = "Chào anh Páo") -> OutgoingSms:
    return OutgoingSms(to, text, "token", 600)


def test_an_accepted_message_has_the_carriers_id_and_is_in_its_list(
    network: str, known: settings.Twilio
) -> None:
    twilio, before = carrier(known), datetime.now(UTC) - timedelta(seconds=2)
    sent = send(twilio, sms())
    last = accepted(network)[-1]
    assert (last["sid"], last["to"], last["body"]) == (sent.carrier_id, GOOD, "Chào anh Páo")
    assert last["status_callback"].startswith(PUBLIC + STATUS_PATH + "token#rc=5")
    (found,) = [one for one in twilio.find(GOOD, before) if one.carrier_id == sent.carrier_id]
    assert found.body == "Chào anh Páo"
    assert found.state in ("accepted", "sent", "delivered")


def place(over: TwilioCarrier, one: OutgoingCall) -> Accepted:
    """One call over a line of its own."""

    async def placed() -> Accepted:
        async with over.line() as line:
            return await line.place_call(one)

    return asyncio.run(placed())


def test_a_call_is_in_the_carriers_list_of_calls_and_not_of_messages(
    network: str, known: settings.Twilio
) -> None:
    twilio, before = carrier(known), datetime.now(UTC) - timedelta(seconds=2)
    placed = place(twilio, OutgoingCall("+84912000346", "token", 20))
    (found,) = twilio.find_calls("+84912000346", before)
    assert (found.carrier_id, found.body) == (placed.carrier_id, "")
    assert twilio.find("+84912000346", before) == []
    assert twilio.find_calls("+84912000346", datetime.now(UTC) + timedelta(minutes=1)) == []


def test_a_call_is_taken_back_before_somebody_answers(network: str, known: settings.Twilio) -> None:
    tell(network, "behaviour", {"call_phones": {"+84912000347": "by_hand"}})
    twilio = carrier(known)
    placed = place(twilio, OutgoingCall("+84912000347", "token", 600))
    assert twilio.status_of_call(placed.carrier_id).state in ("accepted", "ringing")
    assert twilio.cancel_call(placed.carrier_id).carrier_id == placed.carrier_id
    assert processes.wait_until(lambda: twilio.status_of_call(placed.carrier_id).word == "canceled")
    assert twilio.status_of_call(placed.carrier_id).state == "failed"


@pytest.mark.parametrize("ask", ["status_of_call", "cancel_call"])
def test_a_call_that_the_carrier_does_not_know(known: settings.Twilio, ask: str) -> None:
    with pytest.raises(CarrierError) as refused:
        getattr(carrier(known), ask)("CA" + "0" * 32)
    assert refused.value.code == "20404"


@pytest.mark.parametrize(
    ("fault", "proof", "was_accepted"),
    [
        pytest.param("429", Proof.NOT_PROCESSED, 0, id="too many requests"),
        pytest.param("500_refused", Proof.NOTHING, 0, id="500, nothing done"),
        pytest.param("500_accepted", Proof.NOTHING, 1, id="500, but done"),
        pytest.param("accept_then_hang", Proof.NOTHING, 1, id="accepted, then silence"),
        pytest.param("reset", Proof.NOTHING, 0, id="connection reset"),
        pytest.param("bad_json", Proof.NOTHING, 1, id="201 that cannot be read"),
    ],
)
def test_what_a_bad_day_proves(
    network: str, known: settings.Twilio, fault: str, proof: Proof, was_accepted: int
) -> None:
    before = len(accepted(network))
    tell(network, "faults", {fault: 1.0})
    with pytest.raises(CarrierError) as refused:
        send(carrier(known, read_s=0.5), sms())
    assert refused.value.proof is proof
    assert len(accepted(network)) - before == was_accepted  # and never twice: no layer tries again


@pytest.mark.parametrize(
    ("to", "text", "code", "proof"),
    [
        (LANDLINE, "x", "21614", Proof.REFUSED),
        ("+84123", "x", "21211", Proof.REFUSED),
        (GOOD, "x" * 1700, "21617", Proof.REFUSED),
    ],
)
def test_numbers_and_texts_that_are_refused(
    known: settings.Twilio, to: str, text: str, code: str, proof: Proof
) -> None:
    with pytest.raises(CarrierError) as refused:
        send(carrier(known), sms(to, text))
    assert (refused.value.code, refused.value.proof) == (code, proof)


def test_a_number_that_told_the_carrier_to_stop(network: str, known: settings.Twilio) -> None:
    tell(network, "behaviour", {"phones": {"+84912000399": "blocked"}})
    with pytest.raises(CarrierError) as refused:
        send(carrier(known), sms("+84912000399"))
    assert (refused.value.code, refused.value.proof) == ("21610", Proof.OPTED_OUT)


@pytest.mark.parametrize(
    "wrong", [{"auth_token": "x" * 32}, {"auth_token": ""}, {"sms_from": "+15550001111"}]
)
def test_what_is_wrong_on_our_side_closes_the_gate(known: settings.Twilio, wrong: dict[str, str]) -> None:
    with pytest.raises(CarrierError) as refused:
        send(carrier(known, **wrong), sms())
    assert refused.value.proof is Proof.OUR_SIDE


def test_nobody_there_means_not_sent(known: settings.Twilio) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: refused
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(CarrierError) as refused:
            send(carrier(known, api_url=nobody), sms())
    assert refused.value.proof is Proof.NOT_SENT


def test_one_message_is_asked_for_by_its_name(known: settings.Twilio) -> None:
    twilio = carrier(known)
    sent = send(twilio, sms())
    found = twilio.status_of(sent.carrier_id)
    assert (found.carrier_id, found.body) == (sent.carrier_id, "Chào anh Páo")
    assert found.state in ("accepted", "sent", "delivered")
    with pytest.raises(CarrierError) as unknown:
        twilio.status_of("SM" + "0" * 32)
    assert unknown.value.proof is Proof.REFUSED_UNKNOWN


def test_what_villagers_sent_is_in_the_carriers_list_since_an_instant(
    network: str, known: settings.Twilio
) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    phone_answers(network, GOOD, "Có")
    [arrived] = [one for one in carrier(known).received(before) if one.incoming.number == GOOD]
    assert (arrived.incoming.kind, arrived.incoming.text) == ("sms", "Có")
    assert before <= arrived.at <= datetime.now(UTC) + timedelta(seconds=2)
    assert carrier(known).received(datetime.now(UTC) + timedelta(minutes=1)) == []
    tell(network, "faults", {"list_500": 1.0})
    with pytest.raises(CarrierError):
        carrier(known).received(before)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("30003", Cause.UNREACHABLE),
        ("30005", Cause.DEAD),
        ("30007", Cause.FILTERED),
        ("30008", Cause.UNSURE),
        ("39999", Cause.OTHER),
    ],
)
def test_why_a_message_failed_is_said_in_our_words(known: settings.Twilio, code: str, cause: Cause) -> None:
    assert carrier(known).cause_of(code) is cause


def test_a_list_that_fails_is_an_error_and_not_an_empty_list(network: str, known: settings.Twilio) -> None:
    tell(network, "faults", {"list_500": 1.0})
    with pytest.raises(CarrierError):
        carrier(known).find(GOOD, datetime.now(UTC) - timedelta(days=1))


def hook(token: str, path: str, form: dict[str, str]) -> HookCall:
    signature = RequestValidator(token).compute_signature(PUBLIC + path, form)
    return HookCall(path, {"X-Twilio-Signature": signature}, form)


STATUS = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("undelivered", "failed"),
        ("failed", "failed"),
        ("teleported", None),
    ],
)
def test_the_carriers_words_become_ours(known: settings.Twilio, word: str, state: str | None) -> None:
    call = hook(known.auth_token, STATUS_PATH + "abc.def", {**STATUS, "MessageStatus": word})
    update = carrier(known).read_hook(call)
    assert update == StatusUpdate("twilio", "SM1", "abc.def", state, word, "30003")


def test_an_incoming_sms(known: settings.Twilio) -> None:
    form = {"MessageSid": "SM2", "From": GOOD, "To": known.sms_from, "Body": "Có"}
    read = carrier(known).read_hook(hook(known.auth_token, "/hooks/twilio/sms", form))
    assert read == Incoming("twilio", "SM2", "sms", GOOD, "Có")


def test_the_previous_key_counts_while_the_key_is_changed(known: settings.Twilio) -> None:
    call = hook("p" * 32, STATUS_PATH + "t", STATUS)
    assert carrier(known, previous_token="p" * 32).read_hook(call)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(hook("x" * 32, STATUS_PATH + "t", STATUS), id="another key"),
        pytest.param(HookCall(STATUS_PATH + "t", {}, STATUS), id="no signature"),
        pytest.param(
            replace(hook("t" * 32, STATUS_PATH + "t", STATUS), form={**STATUS, "MessageStatus": "delivered"}),
            id="changed on the way",
        ),
        pytest.param(
            replace(hook("t" * 32, STATUS_PATH + "t", STATUS), path=STATUS_PATH + "u"), id="another message"
        ),
    ],
)
def test_hooks_without_the_carriers_signature_are_refused(known: settings.Twilio, call: HookCall) -> None:
    with pytest.raises(HookRefused):
        carrier(known).read_hook(call)


def test_without_a_key_every_hook_is_refused(known: settings.Twilio) -> None:
    for token in ("", "none"):
        with pytest.raises(HookRefused):
            carrier(known, auth_token="").read_hook(hook(token, STATUS_PATH + "t", STATUS))


@pytest.mark.parametrize(
    ("sender", "can_be_answered"), [("+84219000000", True), ("+15550001111", False), ("LOABAN", False)]
)
def test_capabilities_follow_from_the_sender(
    known: settings.Twilio, sender: str, can_be_answered: bool
) -> None:
    capabilities = carrier(known, sms_from=sender).capabilities
    assert capabilities.receives_sms is can_be_answered
    assert capabilities.needs_template is (sender == "LOABAN")
