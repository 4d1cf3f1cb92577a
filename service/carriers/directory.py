"""Which carriers there are. A campaign names its carrier by these names."""

from __future__ import annotations

from functools import cache

from service import settings
from service.carriers.base import Carrier
from service.carriers.twilio import TwilioCarrier

DEFAULT = "twilio"


@cache
def get(name: str) -> Carrier:
    """The carrier of this name, one per process. Raises KeyError for a name nobody knows."""
    return _MAKERS[name]()


def names() -> list[str]:
    return list(_MAKERS)


def forget() -> None:
    """Drop open connections: in a forked child they belong to the parent."""
    get.cache_clear()


_MAKERS = {"twilio": lambda: TwilioCarrier(settings.get())}
