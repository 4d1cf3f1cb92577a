"""Reading a request for a call: every check that Twilio makes before it takes one, and what may be changed later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from village import numbers
from village.calls import Call, Wish
from village.errors import TwilioError
from village.line import Script
from village.network import Network
from village.settings import is_address

LONGEST_TWIML = 4000
LONGEST_RING = 600  # seconds
DETECTIONS = ("", "Enable", "DetectMessageEnd")
METHODS = ("POST", "GET")
EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
Form = Mapping[str, str]


def read(form: Form, events: Sequence[str], network: Network, address: str) -> Wish:
    """The call that this form asks for, or TwilioError. ``events`` are its StatusCallbackEvents."""
    callback = form.get("StatusCallback", "")
    if callback and not is_address(callback):
        raise TwilioError(21609, url=callback)
    unknown = sorted(set(events) - EVENTS)
    if unknown:
        raise TwilioError(21626, events=", ".join(unknown))
    return Wish(
        to=_to(form, network),
        sender=_sender(form, network),
        script=_script(form),
        fallback=_fallback(form),
        status_callback=callback,
        callback_method=_one_of(form, "StatusCallbackMethod", METHODS),
        events=frozenset(events or ("completed",)),
        timeout=_timeout(form),
        machine_detection=_one_of(form, "MachineDetection", DETECTIONS),
        address=address,
    )


def _to(form: Form, network: Network) -> str:
    raw = form.get("To", "").strip()
    if not raw:
        raise TwilioError(21201)
    try:
        number = numbers.read(raw)
    except ValueError:
        raise TwilioError(21217 if numbers.is_shaped(raw) else 21211, to=raw) from None
    if number == network.settings.voice_from:
        raise TwilioError(21211, to=raw)
    if not (numbers.is_mobile(number) or numbers.is_landline(number)):
        raise TwilioError(21215, to=raw)
    return number


def _sender(form: Form, network: Network) -> str:
    sender = form.get("From", "").strip()
    if not sender:
        raise TwilioError(21213)
    if sender != network.settings.voice_from:
        raise TwilioError(21210, sender=sender)
    return sender


def _script(form: Form) -> Script:
    """Url or Twiml; with both, as with Twilio, the Twiml is not looked at."""
    url, twiml = form.get("Url", ""), form.get("Twiml", "")
    if url:
        return _address(form, "Url", "Method")
    if not twiml:
        raise TwilioError(21205, name="Url", url="it is required")
    if len(twiml) > LONGEST_TWIML:
        raise TwilioError(21200, name="Twiml", value=f"of {len(twiml)} characters")
    return Script(twiml=twiml)


def _fallback(form: Form) -> Script:
    return _address(form, "FallbackUrl", "FallbackMethod") if form.get("FallbackUrl") else Script()


def _address(form: Form, name: str, method: str) -> Script:
    url = form[name]
    if not is_address(url):
        raise TwilioError(21205, name=name, url=url)
    return Script(url, _one_of(form, method, METHODS))


def _one_of(form: Form, name: str, known: tuple[str, ...]) -> str:
    value = form.get(name, known[0])
    if value not in known:
        raise TwilioError(21200, name=name, value=value)
    return value


def _timeout(form: Form) -> int:
    raw = form.get("Timeout", "60")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 3 and 1 <= int(raw) <= LONGEST_RING):
        raise TwilioError(21200, name="Timeout", value=raw)
    return int(raw)


@dataclass(frozen=True)
class Update:
    """What an update asks for: another status, another script, or (None, None) nothing."""

    status: str | None
    script: Script | None


def read_update(form: Form, call: Call) -> Update:
    """A change of this call, or TwilioError: one that is over cannot be changed, one that rings not be redirected."""
    status, redirects = form.get("Status"), "Url" in form or "Twiml" in form
    if status not in (None, "canceled", "completed"):
        raise TwilioError(21200, name="Status", value=status)
    script = _script(form) if redirects else None
    if call.is_final or (redirects and call.status != "in-progress"):
        raise TwilioError(21220)
    return Update(status, script)
