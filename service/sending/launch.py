"""Launch: one transaction in which the campaign starts to run and every recipient's message row comes into being."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from service import db, settings
from service.campaigns import audience, campaigns, checks, employers, notices
from service.campaigns.audience import Count, Household
from service.campaigns.campaigns import APPROVED, DRAFT, LAUNCHED, RUNNING, STOPPED, Campaign
from service.carriers import directory
from service.refused import Refused
from service.sending import budget, messages
from service.sending.messages import MESSAGES, SMS, Message
from service.staff import history
from service.staff.accounts import Staff
from service.text import sms_text
from service.text.words import today_in_vietnam

SAMPLE_FOR_LENGTH = 2_000
_PEOPLE = Message.metadata.tables["message_person"]


@dataclass(frozen=True)
class Outlook:
    """What a launch would do: shown to staff, and compared again when they press the button. Prices in đồng."""

    count: Count
    parts: int
    price_vnd: int
    longest_parts: int
    needs_approval: bool
    problems: list[checks.Problem]
    content_hash: str


def outlook(campaign: Campaign) -> Outlook:
    """Count, price and check a campaign as it stands. Parts are estimated from up to 2,000 real texts."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    count = audience.count(campaign.who)
    parts, longest = _parts(campaign, employer, count.recipients)
    price = parts * settings.get().sms_price_vnd
    situation = checks.Situation(
        campaign, employer, count, directory.get(campaign.carrier).capabilities, longest, today_in_vietnam()
    )
    return Outlook(
        count=count,
        parts=parts,
        price_vnd=price,
        longest_parts=longest,
        needs_approval=count.recipients > settings.get().approval_above,
        problems=checks.problems(situation),
        content_hash=campaign.content_hash,
    )


def _parts(campaign: Campaign, employer: employers.Employer | None, recipients: int) -> tuple[int, int]:
    """All parts (scaled up from the sample) and the most parts of one text."""
    try:
        write = notices.writer(campaign, employer)
        sample = [
            sms_text.count(write(house)).parts for house in audience.sample(campaign.who, SAMPLE_FOR_LENGTH)
        ]
    except ValueError:
        return 0, 0  # a placeholder is wrong; the checks say so
    if not sample:
        return 0, 0
    return round(sum(sample) * recipients / len(sample)), max(sample)


def cost(campaign: Campaign, recipients: int) -> tuple[int, int]:
    """Parts of all messages together and of the longest one, estimated. Zeros when nobody would get one."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    return _parts(campaign, employer, recipients)


def preview(campaign: Campaign, households: list[Household]) -> list[tuple[Household, str, sms_text.Count]]:
    """These recipients' real messages. Empty when the text has a wrong placeholder."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    try:
        write = notices.writer(campaign, employer)
    except ValueError:
        return []
    texts = [(house, write(house)) for house in households]
    return [(house, text, sms_text.count(text)) for house, text in texts]


def launch(campaign_id: int, seen_recipients: int, seen_hash: str, by: Staff) -> Campaign:
    """Start a campaign exactly as it was seen. A double click, a second tab or a back button finds it sent.

    Raises Refused: already sent, changed since it was seen, audience changed, not approved, or not right to send.
    """
    campaign = campaigns.find(campaign_id)
    if campaign is None:
        raise Refused("campaign.unknown")
    if campaign.state in LAUNCHED:
        raise Refused("campaign.already_sent", code=campaign.code, at=campaign.launched_at)
    view = outlook(campaign)
    if campaign.content_hash != seen_hash:
        raise Refused("campaign.changed_meanwhile", code=campaign.code)
    if view.problems:
        raise Refused("campaign.not_ready", count=len(view.problems))
    if view.needs_approval and campaign.state != APPROVED:
        raise Refused("campaign.needs_approval", most=settings.get().approval_above)
    if view.count.recipients != seen_recipients:
        raise Refused("campaign.audience_changed", seen=seen_recipients, now=view.count.recipients)
    _start(campaign, seen_hash, by)
    recipients, price = _fill_outbox(campaign)
    if recipients != seen_recipients:
        raise Refused("campaign.audience_changed", seen=seen_recipients, now=recipients)
    campaign.recipients, campaign.excluded = recipients, view.count.excluded
    budget.open_for(campaign.id, price)
    history.record("campaign.launched", by, campaign=campaign.id, recipients=recipients, price_vnd=price)
    return campaign


def _start(campaign: Campaign, seen_hash: str, by: Staff) -> None:
    now = db.clock()
    query = (
        update(Campaign)
        .where(
            Campaign.id == campaign.id,
            Campaign.state.in_((DRAFT, APPROVED)),
            Campaign.content_hash == seen_hash,
        )
        .values(state=RUNNING, launched_by=by.id, launched_at=now)
    )
    if db.change(query) != 1:
        raise Refused("campaign.already_sent", code=campaign.code, at=now)
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    campaign.frozen = {"text": campaign.text, **notices.facts(campaign, employer)}


def _fill_outbox(campaign: Campaign) -> tuple[int, int]:
    """One row per recipient, with the text as it will be sent. Returns how many, and the price of all (đồng)."""
    session = db.session()
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    write, now, price = notices.writer(campaign, employer), db.clock(), settings.get().sms_price_vnd
    recipients = total = 0
    for chunk in audience.households(campaign.who):
        rows: list[dict[str, Any]] = []
        for house in chunk:
            text = write(house)
            parts = sms_text.count(text).parts
            rows.append(
                {
                    "campaign_id": campaign.id, "phone_id": house.phone_id, "channel": SMS, "carrier": campaign.carrier,
                    "text": text, "parts": parts, "price_vnd": parts * price, "due": now, "changed_at": now,
                }
            )  # fmt: skip
            total += parts * price
        db.insert_many(MESSAGES, rows)
        recipients += len(rows)
    people = audience.behind(
        campaign.who,
        select(MESSAGES.c.phone_id, MESSAGES.c.id).where(MESSAGES.c.campaign_id == campaign.id).subquery(),
    )
    session.execute(insert(_PEOPLE).from_select(["message_id", "person_id"], people))
    return recipients, total


def stop(campaign: Campaign, by: Staff) -> int:
    """End a campaign for good: what is not on the wire is cancelled. Returns how many were."""
    campaigns.mark_stopped(campaign, by)
    return _cancel(Message.campaign_id == campaign.id)


def cancel_stopped() -> int:
    """What came back from the wire unsent after its campaign was stopped is cancelled too. Returns how many were."""
    stopped = select(Campaign.id).where(Campaign.state == STOPPED)
    return _cancel(Message.campaign_id.in_(stopped))


def _cancel(which: ColumnElement[bool]) -> int:
    query = (
        update(Message)
        .where(which, Message.state == "ready")
        .values(state="cancelled", rank=messages.RANKS["cancelled"], changed_at=db.clock())
    )
    return db.change_many(query)


def finish_done() -> int:
    """Running campaigns with nothing left to send or to settle are finished. Returns how many."""
    done = 0
    for campaign in campaigns.in_state(RUNNING):
        left = (
            select(Message.id)
            .where(Message.campaign_id == campaign.id, Message.state.in_(messages.WAITING))
            .limit(1)
        )
        if db.session().execute(left).first() is None:
            campaigns.finish(campaign)
            done += 1
    return done
