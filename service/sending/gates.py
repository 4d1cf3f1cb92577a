"""A gate: whether a carrier's channel may be used now, and how fast. One row for all workers on all machines."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, select
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.sending.messages import CHANNELS, SMS
from service.staff import history
from service.staff.accounts import Staff

SHARE = 0.8  # of what the carrier allows; what lies in its own queue cannot be stopped
BURST_S = 1.0
BREAKER, PROBE = "breaker", "probe"  # answers that say nothing: closed for a while, then one message tries
PROBE_WITHIN_S = 30.0  # longer than a carrier may take to answer


class Gate(db.Base):
    __tablename__ = "gate"

    carrier: Mapped[str] = mapped_column(String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(String(5), primary_key=True)
    is_open: Mapped[bool] = mapped_column(default=True)
    closed_until: Mapped[datetime | None]  # closed for a while, opens by itself
    reason: Mapped[str] = mapped_column(String(60), default="")
    since: Mapped[datetime | None]
    tokens: Mapped[float] = mapped_column(default=0.0)
    filled_at: Mapped[datetime | None]
    claims: Mapped[int] = mapped_column(db.Id, default=0)  # batches claimed so far (see restored.py)


def of(carrier: str, channel: str = SMS) -> Gate | None:
    return db.session().get(Gate, (carrier, channel))


def lets_through(carrier: str, now: datetime, channel: str = SMS) -> bool:
    """Is it open? One that nothing has gone through yet is."""
    gate = of(carrier, channel)
    return gate is None or (gate.is_open and (gate.closed_until is None or gate.closed_until <= now))


def listed() -> list[Gate]:
    return list(db.session().scalars(select(Gate).order_by(Gate.carrier, Gate.channel)))


def hold(carrier: str, channel: str = SMS) -> Gate:
    """Wait until no other worker is claiming; the others wait until the end of this transaction."""
    return _locked(carrier, channel)


def take(carrier: str, most: int, per_second: float, now: datetime, channel: str = SMS) -> int:
    """How many messages may go out now, at most ``most``. Holds the row until the end of the transaction."""
    gate = _locked(carrier, channel)
    if not gate.is_open or (gate.closed_until is not None and gate.closed_until > now):
        return 0
    if gate.reason in (BREAKER, PROBE):
        gate.reason, gate.closed_until = PROBE, now + timedelta(seconds=PROBE_WITHIN_S)
        gate.tokens, gate.filled_at = 0.0, now
        return min(most, 1)
    rate = per_second * SHARE
    passed = (now - gate.filled_at).total_seconds() if gate.filled_at else BURST_S
    tokens = min(max(1.0, rate * BURST_S), gate.tokens + max(0.0, passed) * rate)
    allowed = min(most, int(tokens))
    gate.tokens, gate.filled_at = tokens - allowed, now
    if gate.closed_until is not None:
        gate.closed_until, gate.reason = None, ""
    return allowed


def give_back(carrier: str, number: int, channel: str = SMS) -> None:
    """Tokens that found nothing to send."""
    if number:
        gate = _locked(carrier, channel)
        gate.tokens += number
        if gate.reason == PROBE:
            gate.reason, gate.closed_until = BREAKER, None


def probed(carrier: str, channel: str = SMS) -> None:
    """The carrier gave a clear answer. If it was the one that we waited for, everything may go on."""
    if is_probing(carrier, channel):
        gate = _locked(carrier, channel)
        gate.closed_until, gate.reason = None, ""


def is_probing(carrier: str, channel: str = SMS) -> bool:
    """Is one message under way to find out whether the carrier is well again?"""
    return db.session().scalar(select(Gate.reason).where(_is(carrier, channel))) == PROBE


def close(carrier: str, reason: str, channel: str = SMS, weightier: bool = False) -> None:
    """Send nothing more by this carrier until a person opens it: our account or sender is at fault.

    ``weightier``: the person must read this reason, even when the gate is closed for another one already.
    """
    gate = _locked(carrier, channel)
    if gate.is_open or (weightier and gate.reason != reason):
        gate.is_open, gate.reason, gate.since = False, reason, db.clock()
        history.record("gate.closed", None, carrier=carrier, channel=channel, reason=reason)


def rest(carrier: str, seconds: float, reason: str, now: datetime, channel: str = SMS) -> None:
    """Send nothing for a while: the carrier is down or asks us to slow down."""
    gate = _locked(carrier, channel)
    until = now + timedelta(seconds=seconds)
    if gate.is_open and (gate.closed_until is None or gate.closed_until < until or gate.reason == PROBE):
        gate.closed_until, gate.reason, gate.tokens = until, reason, 0.0


def rest_all(carrier: str, seconds: float, reason: str, now: datetime) -> None:
    """Send nothing and call nobody for a while: something is wrong on our side."""
    for channel in CHANNELS:
        rest(carrier, seconds, reason, now, channel)


def open_again(carrier: str, by: Staff, channel: str = SMS) -> None:
    gate = _locked(carrier, channel)
    gate.is_open, gate.closed_until, gate.reason, gate.since = True, None, "", None
    history.record("gate.opened", by, carrier=carrier, channel=channel)


def _locked(carrier: str, channel: str) -> Gate:
    query = select(Gate).where(_is(carrier, channel)).with_for_update()
    gate = db.session().scalar(query.execution_options(populate_existing=True))
    if gate is None:
        row = {"carrier": carrier, "channel": channel, "is_open": True, "reason": "", "tokens": 0.0}
        db.insert_new(Gate, row)
        gate = db.session().scalars(query).one()
    return gate


def _is(carrier: str, channel: str) -> ColumnElement[bool]:
    return (Gate.carrier == carrier) & (Gate.channel == channel)
