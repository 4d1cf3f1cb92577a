"""Launch: one transaction in which the campaign starts to run and every recipient's message row comes into being."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from service import db, settings
from service.campaigns import approvals, audience, calls, campaigns, checks, employers, notices, prices
from service.campaigns.audience import Count, Household
from service.campaigns.campaigns import APPROVED, DRAFT, LAUNCHED, RUNNING, STOPPED, Campaign
from service.carriers import directory
from service.refused import Refused
from service.sending import budget, messages, waves
from service.sending.messages import MESSAGES, SMS, VOICE, Message
from service.staff import history
from service.staff.accounts import Staff
from service.text import sms_text
from service.text.words import today_in_vietnam

SAMPLE_FOR_LENGTH = 2_000
NOTHING = (0, 0)  # parts
_PEOPLE = Message.metadata.tables["message_person"]


@dataclass(frozen=True)
class Outlook:
    """What a launch would do: shown to staff, and compared again when they press the button. Prices in đồng.

    ``parts`` and ``second_parts`` of either channel; ``longest_parts``: of the first, ``longest_text_parts``: of the
    SMS, whichever it is; ``price_vnd``: of both, as if everybody got both.
    ``why_approval``: why a second person has to say yes: many, dear, new_text, new_employer.
    """

    count: Count
    parts: int
    second_parts: int
    second_price_vnd: int
    price_vnd: int
    longest_parts: int
    longest_text_parts: int
    why_approval: tuple[str, ...]
    problems: list[checks.Problem]
    content_hash: str

    @property
    def needs_approval(self) -> bool:
        return bool(self.why_approval)


def outlook(campaign: Campaign) -> Outlook:
    """Count, price and check a campaign as it stands. Parts are estimated from up to 2,000 real texts."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    count = audience.count(campaign.who)
    channels = {
        channel: _parts(campaign, employer, count.recipients, channel) for channel in _channels(campaign)
    }
    (parts, longest), (second_parts, second_longest) = (
        channels[campaign.channel],
        channels.get(campaign.second, NOTHING),
    )
    longest_text = second_longest if campaign.second == SMS else longest  # for the rules of texts
    second_price = second_parts * _price(campaign, campaign.second) if campaign.second else 0
    price = parts * _price(campaign, campaign.channel) + second_price
    situation = checks.Situation(
        campaign, employer, count, directory.get(campaign.carrier).capabilities, longest_text, today_in_vietnam(),
        prices.known(campaign.carrier, VOICE, today_in_vietnam()),
    )  # fmt: skip
    content_hash = campaigns.hash_of(campaigns.content_of(campaign), campaign.law_class)
    return Outlook(
        count=count,
        parts=parts,
        second_parts=second_parts,
        second_price_vnd=second_price,
        price_vnd=price,
        longest_parts=longest,
        longest_text_parts=longest_text,
        why_approval=_why_approval(campaign, content_hash, count.recipients, price),
        problems=[*checks.problems(situation), *_over_cap(campaign, price)],
        content_hash=content_hash,
    )


def _why_approval(campaign: Campaign, content_hash: str, recipients: int, price: int) -> tuple[str, ...]:
    known, decision = settings.get(), approvals.newest(campaign.id) if campaign.id else None
    why = {
        "many": recipients > known.approval_above,
        "dear": price > known.approval_above_vnd,
        "new_text": campaign.text not in _standard_texts()
        and not _launched_before(Campaign.text == campaign.text),
        # A no holds for exactly what was seen, however small it is.
        "turned_down": decision is not None
        and decision.verdict == approvals.NO
        and decision.content_hash == content_hash,
        "new_employer": not _launched_before(Campaign.employer_id == campaign.employer_id),
    }
    return tuple(name for name, holds in why.items() if holds)


@cache
def _standard_texts() -> frozenset[str]:
    """The notices that came with the product: nobody has to read them again."""
    return frozenset(notices.template(notice) for notice in notices.NOTICES)


def _launched_before(which: ColumnElement[bool]) -> bool:
    query = select(Campaign.id).where(Campaign.state.in_(LAUNCHED), which).limit(1)
    return db.session().scalar(query) is not None


def _over_cap(campaign: Campaign, price: int) -> list[checks.Problem]:
    if campaign.cap_vnd is None or price <= campaign.cap_vnd:
        return []
    return [checks.Problem("check.over_cap", "cap_vnd", {"price": price, "cap": campaign.cap_vnd})]


def _channels(campaign: Campaign) -> tuple[str, ...]:
    """What goes out first, and what follows it, if anything does. Each once, whatever a draft says."""
    return tuple(dict.fromkeys(one for one in (campaign.channel, campaign.second) if one))


def _price(campaign: Campaign, channel: str) -> int:
    return prices.of(campaign.carrier, channel, today_in_vietnam())


def _parts(
    campaign: Campaign, employer: employers.Employer | None, recipients: int, channel: str
) -> tuple[int, int]:
    """All parts (scaled up from the sample) and the most parts of one text."""
    try:
        write = _writer(campaign, employer, channel)
        sample = [write(house)[1] for house in audience.sample(campaign.who, SAMPLE_FOR_LENGTH)]
    except ValueError:
        return 0, 0  # a placeholder is wrong; the checks say so
    if not sample:
        return 0, 0
    return round(sum(sample) * recipients / len(sample)), max(sample)


def _writer(
    campaign: Campaign, employer: employers.Employer | None, channel: str
) -> Callable[[Household], tuple[str, int]]:
    """What is written or said to a household, and how many parts or minutes it takes. Raises ValueError."""
    if channel == VOICE:
        return calls.writer(campaign, employer)
    write = notices.writer(campaign, employer)

    def counted(house: Household) -> tuple[str, int]:
        text = write(house)
        return text, sms_text.count(text).parts

    return counted


def cost(campaign: Campaign, recipients: int) -> tuple[int, int]:
    """Parts of all messages together and of the longest one, estimated. Zeros when nobody would get one."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    return _parts(campaign, employer, recipients, campaign.channel)


def written_to(campaign: Campaign, channel: str, household: Household) -> str | None:
    """What this household is sent or told on this channel. None when the text has a wrong placeholder."""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    try:
        return _writer(campaign, employer, channel)(household)[0]
    except ValueError:
        return None


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
    campaign = campaigns.held(campaign_id)
    if campaign is None:
        raise Refused("campaign.unknown")
    if campaign.state in LAUNCHED:
        raise Refused("campaign.already_sent", code=campaign.code, at=campaign.launched_at)
    campaigns.refresh(campaign)
    view = outlook(campaign)
    if campaign.content_hash != seen_hash:
        raise Refused("campaign.changed_meanwhile", code=campaign.code)
    if view.problems:
        raise Refused("campaign.not_ready", count=len(view.problems))
    if view.needs_approval:
        _require_approval(campaign, view)
    if view.count.recipients != seen_recipients:
        raise Refused("campaign.audience_changed", seen=seen_recipients, now=view.count.recipients)
    _start(campaign, seen_hash, by)
    recipients, price = _fill_outbox(campaign)
    if recipients != seen_recipients:
        raise Refused("campaign.audience_changed", seen=seen_recipients, now=recipients)
    campaign.recipients, campaign.excluded = recipients, view.count.excluded
    budget.open_for(campaign.id, price if campaign.cap_vnd is None else campaign.cap_vnd, price)
    history.record("campaign.launched", by, campaign=campaign.id, recipients=recipients, price_vnd=price)
    return campaign


def _require_approval(campaign: Campaign, view: Outlook) -> None:
    """A yes that still holds, for at least as many recipients and as much money as it is now."""
    yes = approvals.standing(campaign, db.clock())
    if yes is None:
        expired = campaign.state == APPROVED
        raise Refused(
            "campaign.approval_expired" if expired else "campaign.needs_approval", code=campaign.code
        )
    if view.count.recipients > yes.recipients or view.price_vnd > yes.price_vnd:
        raise Refused(
            "campaign.more_than_approved", approved=yes.recipients, now=view.count.recipients,
            price_approved=yes.price_vnd, price_now=view.price_vnd,
        )  # fmt: skip


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
    voice = {"voice": calls.kept(campaign, employer)} if VOICE in _channels(campaign) else {}
    campaign.frozen = {"text": campaign.text, **notices.facts(campaign, employer), **voice}


def _fill_outbox(campaign: Campaign) -> tuple[int, int]:
    """A row per recipient and channel, with the text as it will be sent. Returns how many recipients, and the price of
    all (đồng)."""
    session = db.session()
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    now = db.clock()
    writers = [
        (channel, _writer(campaign, employer, channel), _price(campaign, channel))
        for channel in _channels(campaign)
    ]
    wave_of, first_due = waves.numberer(campaign.waves), max(now, campaign.starts_at or now)
    recipients = total = 0
    for chunk in audience.households(campaign.who):
        waved = [wave_of(place, house) for place, house in enumerate(chunk, start=recipients)]
        for channel, write, price in writers:
            kind = messages.NOTICE if channel == campaign.channel else messages.SECOND
            rows: list[dict[str, Any]] = []
            for house, wave in zip(chunk, waved, strict=True):
                text, parts = write(house)
                rows.append(
                    {
                        "campaign_id": campaign.id, "phone_id": house.phone_id, "channel": channel, "kind": kind,
                        "carrier": campaign.carrier, "text": text, "parts": parts, "price_vnd": parts * price, "changed_at": now,
                        "wave": wave, "due": first_due if wave == 1 and kind == messages.NOTICE else waves.LATER,
                    }
                )  # fmt: skip
                total += parts * price
            db.insert_many(MESSAGES, rows)
        recipients += len(chunk)
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


def cancel_waiting(campaign_id: int) -> int:
    """The headcount is reached: notices that did not go out yet do not go out any more. Returns how many."""
    return _cancel((Message.campaign_id == campaign_id) & Message.kind.in_(messages.NOTICES))


def cancel_late() -> int:
    """What came back from the wire unsent, or was to be tried again, in the moment in which its campaign was stopped or
    its headcount reached, is cancelled too. Returns how many were."""
    stopped = select(Campaign.id).where(Campaign.state == STOPPED)
    closed = select(Campaign.id).where(Campaign.closed_at.is_not(None))
    return _cancel(Message.campaign_id.in_(stopped)) + _cancel(
        Message.campaign_id.in_(closed) & Message.kind.in_(messages.NOTICES)
    )


def _cancel(which: ColumnElement[bool]) -> int:
    query = (
        update(Message)
        .where(which, Message.state == "ready")
        .values(state="cancelled", rank=messages.RANKS["cancelled"], changed_at=db.clock())
    )
    return db.change_many(query)


def finish_done() -> int:
    """Running campaigns with nothing left to send, to settle or to hear of are finished. Returns how many.

    What the carrier has not reported on yet (72 hours at most, see expiry) may still have to be tried again.
    """
    done = 0
    for campaign in campaigns.in_state(RUNNING):
        left = (
            select(Message.id)
            .where(Message.campaign_id == campaign.id, Message.state.in_(messages.NOT_OVER))
            .limit(1)
        )
        if db.session().execute(left).first() is None:
            campaigns.finish(campaign)
            done += 1
    return done
