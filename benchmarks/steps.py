"""Steps of the measurements, each run in a process of its own: ``python -m benchmarks.steps STEP ARGUMENTS``.

What a step found stands on standard output as one JSON object. Instants are those of time.monotonic(), which all
processes of one machine share.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Row, select, text
from twilio.request_validator import RequestValidator

from benchmarks import lists, people, registry
from benchmarks.memory import forget_peak, memory_mb
from service import bell, db, logs, migrate, settings
from service.campaigns import approvals, campaigns
from service.carriers import directory
from service.carriers.twilio import STATUS_PATH
from service.registry.people import Person
from service.registry.phones import Phone
from service.sending import dispatch, launch, tokens
from service.sending.messages import SMS, CarrierRef, Message
from service.staff import accounts
from service.text import phone_numbers


def prepare(phones: str) -> dict[str, Any]:
    """Migrate the database and fill it with people who have so many phones."""
    migrate.upgrade(settings.get().database_url)
    began = time.monotonic()
    with db.transaction():
        made = people.add(int(phones))
    _settle()
    return {"people": made, "seconds": time.monotonic() - began}


def employ(password: str) -> dict[str, Any]:
    """Somebody who may sign in and do everything with campaigns."""
    with db.transaction():
        me = people.staff()
        accounts.change_password(me, password)
    return {"email": me.email}


def populate(count: str, password: str) -> dict[str, Any]:
    """A registry of so many people, somebody who may see it, and what can be looked for in it."""
    migrate.upgrade(settings.get().database_url)
    with db.transaction():
        registry.fill(int(count))
        me = people.staff()
        accounts.change_password(me, password)
    _settle()
    some = (
        db.session().scalars(select(Person).order_by(Person.updated_at, Person.id).limit(2_000)).all()[::40]
    )
    numbers = db.session().scalars(select(Phone.e164).order_by(Phone.id).limit(2_000)).all()[::40]
    return {
        "email": me.email,
        "names": [person.search_key for person in some],
        "numbers": [phone_numbers.shown(number) for number in numbers],
        "places": [(person.area_id, person.hamlet_id, person.id) for person in some[:6]],
    }


def _settle() -> None:
    """What a PostgreSQL server does by itself within a minute after many rows came in."""
    if db.engine().dialect.name == "postgresql":
        with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def draft() -> dict[str, Any]:
    """A campaign for everybody that nobody has sent yet."""
    with db.transaction():
        return {"campaign": people.campaign().id}


def launch_campaign(channel: str = SMS) -> dict[str, Any]:
    """Launch a new campaign for everybody, once a second person approved it, as the buttons do, and ring the bell."""
    with db.transaction():
        draft = people.campaign(channel).id
    forget_peak()
    before_mb, began = memory_mb("VmRSS"), time.monotonic()
    with db.transaction():
        campaign = campaigns.find(draft)
        assert campaign is not None
        view = launch.outlook(campaign)
    seen = time.monotonic()
    with db.transaction():
        approvals.approve(
            campaign, view.content_hash, view.count.recipients, view.price_vnd, people.staff("second")
        )
    approved, used = time.monotonic(), time.process_time()
    with db.transaction():
        campaign = launch.launch(draft, view.count.recipients, view.content_hash, people.staff())
    ended, used = time.monotonic(), time.process_time() - used
    rung = bool(settings.get().redis_url) and bell.ring("twilio")
    return {
        "campaign": draft,
        "recipients": campaign.recipients,
        "outlook_s": seen - began,
        "seconds": ended - approved,
        "own_cpu_s": used,
        "memory_mb": memory_mb("VmHWM") - before_mb,
        "at": time.monotonic(),
        "rung": rung,
    }


def drain() -> dict[str, Any]:
    """Send everything that is due, as a worker does."""
    return {"accepted": dispatch.drain(directory.get("twilio"), 100, lambda: False)}


def sign(campaign: str, status: str, file: str) -> dict[str, Any]:
    """Write the callbacks that Twilio would make for a campaign, one for each message, as ready requests."""
    known, written = settings.get(), 0
    with Path(file).open("wb") as stream:
        for message_id, sid, e164 in _taken(campaign):
            form = {
                "AccountSid": known.twilio.account_sid, "ApiVersion": "2010-04-01", "From": known.twilio.sms_from,
                "MessageSid": sid, "MessageStatus": status, "SmsSid": sid, "SmsStatus": status, "To": e164,
            }  # fmt: skip
            _write(stream, STATUS_PATH + tokens.token_of(message_id), form)
            written += 1
    return {"written": written}


def sign_calls(campaign: str, file: str) -> dict[str, Any]:
    """Write what Twilio would ask and report in the calls of a campaign, call by call, as ready requests: it is dialled,
    it rings, somebody takes it, asks what to say, is silent twice, presses a key, and the call is over."""
    known, written = settings.get(), 0
    with Path(file).open("wb") as stream:
        for message_id, sid, e164 in _taken(campaign):
            token = tokens.token_of(message_id)
            form = {
                "AccountSid": known.twilio.account_sid, "ApiVersion": "2010-04-01", "CallSid": sid, "To": e164,
                "From": known.twilio.voice_from, "Direction": "outbound-api",
            }  # fmt: skip
            for path, more in CALL:
                _write(stream, f"/hooks/twilio/{path.format(token)}", {**form, **more})
            written += 1
    return {"written": written}


# What belongs to one call, in its order. Those that ask what to say go to voice and key.
CALL: tuple[tuple[str, dict[str, str]], ...] = (
    ("call/{}", {"CallStatus": "initiated", "SequenceNumber": "0"}),
    ("call/{}", {"CallStatus": "ringing", "SequenceNumber": "1"}),
    ("call/{}", {"CallStatus": "in-progress", "SequenceNumber": "2"}),
    ("voice/{}", {"CallStatus": "in-progress"}),
    ("key/{}?rounds=1", {"CallStatus": "in-progress"}),
    ("key/{}?rounds=2", {"CallStatus": "in-progress"}),
    ("key/{}?rounds=3", {"CallStatus": "in-progress", "Digits": "0"}),
    ("call/{}", {"CallStatus": "completed", "SequenceNumber": "3", "CallDuration": "61"}),
)


def _taken(campaign: str) -> Iterable[Row[int, str, str]]:
    """Messages that the carrier took: id, the carrier's name for it, number."""
    query = (
        select(Message.id, CarrierRef.carrier_id, Phone.e164)
        .join(CarrierRef, CarrierRef.message_id == Message.id)
        .join(Phone, Phone.id == Message.phone_id)
        .where(Message.campaign_id == int(campaign))
        .order_by(Message.id)
    )
    return db.session().execute(query)


def _write(stream: BinaryIO, path: str, form: dict[str, str]) -> None:
    """One signed request, after its length in four bytes."""
    known = settings.get()
    signature = RequestValidator(known.twilio.auth_token).compute_signature(known.public_url + path, form)
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(known.public_url).netloc}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {signature}\r\n\r\n"
    )
    request = head.encode() + body
    stream.write(len(request).to_bytes(4, "big") + request)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "employ": employ,
    "populate": populate,
    "draft": draft,
    "launch": launch_campaign,
    "import_list": lists.import_list,
    "import_again": lists.import_again,
    "drain": drain,
    "sign": sign,
    "sign_calls": sign_calls,
}


def main(name: str, *arguments: str) -> None:
    logs.configure(settings.get().log_level)
    db.connect(settings.get().database_url)
    print(json.dumps(STEPS[name](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
