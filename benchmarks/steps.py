"""Steps of the measurements, each run in a process of its own: ``python -m benchmarks.steps STEP ARGUMENTS``.

What a step found stands on standard output as one JSON object. Instants are those of time.monotonic(), which all
processes of one machine share.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select
from twilio.request_validator import RequestValidator

from benchmarks import people
from service import bell, db, logs, migrate, settings
from service.campaigns import campaigns
from service.carriers import directory
from service.carriers.twilio import STATUS_PATH
from service.registry.phones import Phone
from service.sending import dispatch, launch, tokens
from service.sending.messages import CarrierRef, Message


def prepare(phones: str) -> dict[str, Any]:
    """Migrate the database and fill it with people who have so many phones."""
    migrate.upgrade(settings.get().database_url)
    began = time.monotonic()
    with db.transaction():
        made = people.add(int(phones))
    return {"people": made, "seconds": time.monotonic() - began}


def launch_campaign() -> dict[str, Any]:
    """Launch a new campaign for everybody, as the button does, and ring the bell."""
    with db.transaction():
        draft = people.campaign().id
    _forget_peak()
    before_mb, began = _memory_mb("VmRSS"), time.monotonic()
    with db.transaction():
        campaign = campaigns.find(draft)
        assert campaign is not None
        view = launch.outlook(campaign)
    seen, used = time.monotonic(), time.process_time()
    with db.transaction():
        campaign = launch.launch(draft, view.count.recipients, view.content_hash, people.staff())
    ended, used = time.monotonic(), time.process_time() - used
    rung = bool(settings.get().redis_url) and bell.ring("twilio")
    return {
        "campaign": draft,
        "recipients": campaign.recipients,
        "outlook_s": seen - began,
        "seconds": ended - seen,
        "own_cpu_s": used,
        "memory_mb": _memory_mb("VmHWM") - before_mb,
        "at": time.monotonic(),
        "rung": rung,
    }


def drain() -> dict[str, Any]:
    """Send everything that is due, as a worker does."""
    return {"accepted": dispatch.drain(directory.get("twilio"), 100, lambda: False)}


def sign(campaign: str, status: str, file: str) -> dict[str, Any]:
    """Write the callbacks that Twilio would make for a campaign, one for each message, as ready requests."""
    known = settings.get()
    validator, parts = RequestValidator(known.twilio.auth_token), urlsplit(known.public_url)
    query = (
        select(Message.id, CarrierRef.carrier_id, Phone.e164)
        .join(CarrierRef, CarrierRef.message_id == Message.id)
        .join(Phone, Phone.id == Message.phone_id)
        .where(Message.campaign_id == int(campaign))
        .order_by(Message.id)
    )
    written = 0
    with Path(file).open("wb") as stream:
        for message_id, sid, e164 in db.session().execute(query):
            path = STATUS_PATH + tokens.token_of(message_id)
            form = {
                "AccountSid": known.twilio.account_sid, "ApiVersion": "2010-04-01", "From": known.twilio.sms_from,
                "MessageSid": sid, "MessageStatus": status, "SmsSid": sid, "SmsStatus": status, "To": e164,
            }  # fmt: skip
            body = urlencode(form).encode()
            head = (
                f"POST {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\n"
                f"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
                f"X-Twilio-Signature: {validator.compute_signature(known.public_url + path, form)}\r\n\r\n"
            )
            request = head.encode() + body
            stream.write(len(request).to_bytes(4, "big") + request)
            written += 1
    return {"written": written}


def _memory_mb(name: str) -> float:
    """Resident memory of this process: now (VmRSS), or the most since the peak was forgotten (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel does not tell {name}")


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "prepare": prepare,
    "launch": launch_campaign,
    "drain": drain,
    "sign": sign,
}


def main(name: str, *arguments: str) -> None:
    logs.configure(settings.get().log_level)
    db.connect(settings.get().database_url)
    print(json.dumps(STEPS[name](*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
