"""A trial: one real message or call of a campaign to the phone of the member of staff who asks, before anybody else.

It goes through the outbox like every message, so it goes out at most once. It belongs to no campaign: it counts in no
figure and needs no approval. Therefore it never goes to a villager, and each member of staff may send only a few a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from service import db
from service.campaigns import audience, calls, employers, notices, prices, twin
from service.campaigns.audience import Household
from service.campaigns.campaigns import Campaign
from service.carriers import directory
from service.refused import Refused
from service.registry import phones
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.sending import hours, trial_calls
from service.sending.messages import SMS, TRIAL, VOICE, Message
from service.staff import history
from service.staff.accounts import Staff
from service.staff.history import History
from service.text import phone_numbers, placeholders, sms_text
from service.text.words import VIETNAM, today_in_vietnam

DEEDS = ("campaign.tried", "campaign.called_for_trial")
MOST_A_DAY = 5  # for each member of staff
AGAIN_AFTER = timedelta(minutes=1)  # a second press of the button is no second wish


def send(campaign: Campaign, typed: str, by: Staff) -> str:
    """Put one SMS into the outbox, as the first recipient would get it. Returns its text. Raises Refused."""
    text = _text(campaign)
    _queue(campaign, typed, Trial(SMS, text, sms_text.count(text).parts), by)
    return text


def call(campaign: Campaign, typed: str, by: Staff, language: str = "vi") -> str:
    """Put one call into the outbox, as the first recipient would hear it who speaks this language. Returns what is said
    first. Its keys are answered like all others, and nothing follows from them. Raises Refused."""
    if not directory.get(campaign.carrier).capabilities.can_call:
        raise Refused("trial.cannot_call")
    if prices.known(campaign.carrier, VOICE, today_in_vietnam()) is None:
        raise Refused("trial.no_price")
    try:
        employer = employers.find(campaign.employer_id) if campaign.employer_id else None
        text, minutes = calls.writer(campaign, employer)(_household(campaign))
        kept = calls.kept(campaign, employer)
    except ValueError:
        raise Refused("trial.no_call") from None
    message_id = _queue(campaign, typed, Trial(VOICE, text, minutes), by)
    trial_calls.keep(message_id, kept, language)
    return text


class Trial(NamedTuple):
    """``parts`` of an SMS, or minutes of a call."""

    channel: str
    text: str
    parts: int


def _queue(campaign: Campaign, typed: str, trial: Trial, by: Staff) -> int:
    """Returns the id of its message."""
    phone = own_phone(typed)
    now = db.clock()
    _few(by, now)
    newest = db.session().scalar(
        select(Message)
        .where(Message.phone_id == phone.id, Message.kind == TRIAL, Message.channel == trial.channel)
        .order_by(Message.attempt)
        .limit(1)
    )
    if newest is not None and now - newest.changed_at < AGAIN_AFTER:
        raise Refused("trial.just_called" if trial.channel == VOICE else "trial.just_sent")
    price = trial.parts * prices.of(campaign.carrier, trial.channel, now.astimezone(VIETNAM).date())
    # Attempts of trials count downwards: those from 1 upwards are for confirmations of opt-outs.
    attempt = (newest.attempt if newest is not None else 0) - 1
    values = {
        "campaign_id": None, "phone_id": phone.id, "kind": TRIAL, "channel": trial.channel, "attempt": attempt,
        "carrier": campaign.carrier, "state": "ready", "rank": 0, "text": trial.text, "parts": trial.parts,
        "price_vnd": price, "due": now, "changed_at": now, "code": "", "word": "", "looks": 0,
    }  # fmt: skip
    if not db.insert_new(Message, values):
        raise Refused("trial.just_sent")
    history.record(
        "campaign.called_for_trial" if trial.channel == VOICE else "campaign.tried", by,
        campaign=campaign.id, phone=phone.id, price_vnd=price,
    )  # fmt: skip
    same = (Message.phone_id == phone.id, Message.kind == TRIAL, Message.channel == trial.channel)
    return db.session().scalars(select(Message.id).where(*same, Message.attempt == attempt)).one()


def _few(by: Staff, now: datetime) -> None:
    midnight = hours.tomorrow(now) - timedelta(days=1)
    sent = select(func.count()).where(
        History.deed.in_(DEEDS), History.staff_id == by.id, History.at >= midnight
    )
    if (db.session().scalar(sent) or 0) >= MOST_A_DAY:
        raise Refused("trial.enough", most=MOST_A_DAY)


def _text(campaign: Campaign) -> str:
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    if not campaign.text.strip() or placeholders.problems(campaign.text, set(notices.PLACEHOLDERS)):
        raise Refused("trial.no_text")
    return notices.writer(campaign, employer, today_in_vietnam().year)(_household(campaign))


def _household(campaign: Campaign) -> Household:
    return next(iter(audience.sample(campaign.who, 1)), twin.SOMEBODY)


def own_phone(typed: str) -> Phone:
    """The phone of who asks. Never a villager's, and none that does not want our messages."""
    numbers = [one for one in phone_numbers.read(typed).numbers if one.kind == phone_numbers.MOBILE]
    if len(numbers) != 1:
        raise Refused("trial.no_number")
    phone = phones.get_or_add(numbers[0].e164, numbers[0].kind)
    villagers = select(PersonPhone.person_id).join(Person, Person.id == PersonPhone.person_id)
    if (
        db.session().scalar(villagers.where(PersonPhone.phone_id == phone.id, Person.listed).limit(1))
        is not None
    ):
        raise Refused("trial.villager")
    if phone.opted_out_at is not None:
        raise Refused("trial.opted_out")
    return phone
