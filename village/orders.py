"""Reading a create request: every check that Twilio makes before it takes a message, in its order."""

from __future__ import annotations

from collections.abc import Mapping

from village import numbers
from village.errors import TwilioError
from village.network import Network, Order
from village.settings import is_address

LONGEST_BODY = 1600
LONGEST_VALIDITY = 36_000  # seconds


def read(form: Mapping[str, str], network: Network) -> Order:
    """The order in this form, or TwilioError."""
    to = _to(form, network)
    sender = form.get("From", "").strip()
    if not sender:
        raise TwilioError(21603)
    if sender != network.settings.sms_from:
        raise TwilioError(21606, sender=sender)
    body = form.get("Body", "")
    if not body:
        raise TwilioError(21602)
    if len(body) > LONGEST_BODY:
        raise TwilioError(21617)
    callback = form.get("StatusCallback", "")
    if callback and not is_address(callback):
        raise TwilioError(21609, url=callback)
    validity = _validity(form.get("ValidityPeriod"))
    _ask_phone(to, network)
    return Order(to, sender, body, callback, validity)


def _to(form: Mapping[str, str], network: Network) -> str:
    raw = form.get("To", "").strip()
    if not raw:
        raise TwilioError(21604)
    try:
        number = numbers.read(raw)
    except ValueError:
        raise TwilioError(21211, to=raw) from None
    if number == network.settings.sms_from:
        raise TwilioError(21211, to=raw)
    if numbers.is_landline(number):
        raise TwilioError(21614, to=raw)
    if not numbers.is_mobile(number):
        raise TwilioError(21408, to=raw)
    return number


def _validity(raw: str | None) -> int | None:
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 5 and 1 <= int(raw) <= LONGEST_VALIDITY):
        raise TwilioError(90007, value=raw)
    return int(raw)


def _ask_phone(to: str, network: Network) -> None:
    """Refusals that hang on the phone itself: opted out by keyword, or behaving as a refused number."""
    phone, refused = network.phones.get(to), network.habits.of(to).refused
    if refused is not None:
        raise TwilioError(refused, to=to)
    if phone is not None and phone.opted_out:
        raise TwilioError(21610)
