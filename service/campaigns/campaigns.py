"""A campaign: one job offer to one audience. draft → approved → running ⇄ paused → stopped or finished."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.campaigns import employers, versions
from service.campaigns.audience import Audience
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.staff.history import History

DRAFT, APPROVED, RUNNING, PAUSED, STOPPED, FINISHED = (
    "draft",
    "approved",
    "running",
    "paused",
    "stopped",
    "finished",
)
LAUNCHED = (RUNNING, PAUSED, STOPPED, FINISHED)
IN_PROVINCE, ELSEWHERE, ABROAD = "in_province", "elsewhere", "abroad"
REACHES = (IN_PROVINCE, ELSEWHERE, ABROAD)
PLAIN, ACCENTS = "plain", "accents"
CALL_ME, YES = "call_me", "yes"
CODE_LETTERS = "ABCDEGHKLMNPRSTVX"  # no letter that is taken for another or for a digit


class Campaign(db.Base):
    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> created_by", name="approved_by_another"),
        Index("ix_campaign_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(8), unique=True)
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    carrier: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(5), default="sms")  # of what goes out first: sms, or voice
    second: Mapped[str] = mapped_column(String(5), default="")  # the other channel, or none: see mixes.py
    second_after_h: Mapped[int] = mapped_column(default=24)  # hours without an answer until it calls
    missed_call: Mapped[str] = mapped_column(String(7), default=CALL_ME)  # what it means: call_me or yes

    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    post: Mapped[str] = mapped_column(String(120), default="")
    headcount: Mapped[int | None]
    wage_from: Mapped[int | None]  # đồng a month
    wage_to: Mapped[int | None]
    place: Mapped[str] = mapped_column(String(120), default="")
    reach: Mapped[str] = mapped_column(String(12), default=IN_PROVINCE)
    country: Mapped[str] = mapped_column(String(60), default="")
    deadline: Mapped[date | None]
    departs_on: Mapped[date | None]
    lodging: Mapped[str] = mapped_column(String(200), default="")
    food: Mapped[str] = mapped_column(String(200), default="")
    requirements: Mapped[str] = mapped_column(String(500), default="")
    papers: Mapped[str] = mapped_column(String(500), default="")  # what people have to bring

    law_class: Mapped[str] = mapped_column(String(20), default="")  # see lawful.py
    law_reason: Mapped[str] = mapped_column(String(300), default="")
    law_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    law_at: Mapped[datetime | None]

    follows_id: Mapped[int | None] = mapped_column(
        ForeignKey("campaign.id")
    )  # a follow-on of that campaign …
    follows: Mapped[str] = mapped_column(String(20), default="")  # … to whom of it: no_answer, not_placed
    notice: Mapped[str] = mapped_column(String(40), default="")  # the template that the text began with

    audience: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    text: Mapped[str] = mapped_column(String(4000), default="")
    encoding: Mapped[str] = mapped_column(String(10), default=PLAIN)
    window_from: Mapped[int]  # minutes after midnight in Vietnam
    window_to: Mapped[int]
    starts_at: Mapped[datetime | None]  # nothing goes out before
    waves: Mapped[str] = mapped_column(String(10), default="")  # see waves.py
    open_wave: Mapped[int] = mapped_column(default=1)
    cap_vnd: Mapped[int | None] = mapped_column(db.Id)  # what it may cost; none: what it was estimated at
    closed_at: Mapped[datetime | None]  # the headcount was reached
    tell_rest: Mapped[bool] = mapped_column(
        default=False
    )  # when the headcount is reached, tell the others so

    created_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    launched_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    launched_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(String(40), default="")
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the facts as they were at launch
    recipients: Mapped[int] = mapped_column(default=0)
    excluded: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)

    @property
    def who(self) -> Audience:
        """The audience. Offers outside the province are for adults only, whatever the filters say."""
        adults_only = self.reach != IN_PROVINCE
        return Audience.from_json({**self.audience, "adults_only": adults_only, "channel": self.channel})


@dataclass(frozen=True)
class Content:
    """What staff fill in. Times of day in minutes after midnight, wages in đồng a month."""

    employer_id: int | None
    post: str
    headcount: int | None
    wage_from: int | None
    wage_to: int | None
    place: str
    reach: str
    country: str
    deadline: date | None
    audience: Audience
    text: str
    encoding: str
    window_from: int
    window_to: int
    departs_on: date | None = None
    lodging: str = ""
    food: str = ""
    requirements: str = ""
    papers: str = ""
    notice: str = ""
    starts_at: datetime | None = None
    waves: str = ""
    cap_vnd: int | None = None
    tell_rest: bool = False
    channel: str = "sms"
    second: str = ""
    second_after_h: int = 24
    missed_call: str = CALL_ME

    def as_json(self) -> dict[str, Any]:
        """For the versions and the fingerprint: days and instants as text."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        facts["audience"] = self.audience.as_json()
        return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # an instant is a date too


def content_of(campaign: Campaign) -> Content:
    """What the campaign says now, to change a part of it."""
    facts = {name: getattr(campaign, name) for name in Content.__dataclass_fields__}
    facts["audience"] = Audience.from_json({**campaign.audience, "adults_only": False})
    return Content(**facts)


def find(campaign_id: int) -> Campaign | None:
    return db.session().get(Campaign, campaign_id)


def held(campaign_id: int) -> Campaign | None:
    """The campaign as it is now, held until the end of the transaction: nobody else edits, approves or sends it."""
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    return db.session().scalar(query.execution_options(populate_existing=True))


def find_by_code(code: str) -> Campaign | None:
    return db.session().scalar(select(Campaign).where(Campaign.code == code.strip().upper()))


def listed(limit: int = 100) -> list[Campaign]:
    """The newest campaigns."""
    return list(db.session().scalars(select(Campaign).order_by(Campaign.id.desc()).limit(limit)))


def of_employer(employer_id: int, limit: int = 100) -> list[Campaign]:
    """The newest campaigns of an employer."""
    query = select(Campaign).where(Campaign.employer_id == employer_id).order_by(Campaign.id.desc())
    return list(db.session().scalars(query.limit(limit)))


def in_state(*states: str) -> list[Campaign]:
    return list(
        db.session().scalars(select(Campaign).where(Campaign.state.in_(states)).order_by(Campaign.id))
    )


def deeds(campaign_id: int) -> list[History]:
    """What was done with a campaign, the newest first, without the many deeds of its recipients."""
    own = or_(History.deed.startswith("campaign."), History.deed == "message.duplicate")
    query = select(History).where(History.campaign_id == campaign_id, own).order_by(History.id.desc())
    return list(db.session().scalars(query.limit(100)))


def create(content: Content, carrier: str, by: Staff) -> Campaign:
    """A new draft with a code of its own."""
    window = settings.get().sms_hours
    campaign = Campaign(
        code=_new_code(),
        carrier=carrier,
        created_by=by.id,
        created_at=db.clock(),
        window_from=window[0],
        window_to=window[1],
    )
    db.session().add(campaign)
    db.session().flush()
    _fill(campaign, content, by)
    history.record("campaign.created", by, campaign=campaign.id, code=campaign.code)
    return campaign


def edit(campaign: Campaign, content: Content, by: Staff) -> None:
    """Change a draft. Any change of an approved campaign voids the approval. Raises Refused once it was sent."""
    now = held(campaign.id)  # the campaign that was given, as it is by now
    if now is None or now.state not in (DRAFT, APPROVED):
        raise Refused("campaign.not_editable", code=campaign.code)
    if hash_of(content, now.law_class) == now.content_hash:
        return
    _fill(now, content, by)
    now.state, now.approved_by, now.approved_at = DRAFT, None, None
    history.record("campaign.edited", by, campaign=now.id)


def _fill(campaign: Campaign, content: Content, by: Staff) -> None:
    for name in Content.__dataclass_fields__:
        value = getattr(content, name)
        setattr(campaign, name, value.as_json() if name == "audience" else value)
    campaign.content_hash = hash_of(content, campaign.law_class or "")
    versions.keep(campaign.id, content.as_json(), campaign.content_hash, by)


def hash_of(content: Content, law_class: str) -> str:
    """The fingerprint of what is approved and sent: names of office and employer and our numbers stand in the text too."""
    known = settings.get()
    employer = employers.find(content.employer_id) if content.employer_id else None
    facts = {
        **content.as_json(), "law_class": law_class, "office_name": known.office_name, "hotline": known.hotline,
        "missed_calls": known.missed_calls.number,
        "employer": [employer.name, employer.licence_number, _plain(employer.licence_until)] if employer else None,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def refresh(campaign: Campaign) -> None:
    """The fingerprint as it is today. When office or employer changed their names since, an approval is void."""
    now = hash_of(content_of(campaign), campaign.law_class)
    if now != campaign.content_hash:
        campaign.content_hash = now
        if campaign.state == APPROVED:
            campaign.state, campaign.approved_by, campaign.approved_at = DRAFT, None, None


def _new_code() -> str:
    while True:
        code = secrets.choice(CODE_LETTERS) + f"{secrets.randbelow(1000):03d}"
        if find_by_code(code) is None:
            return code


def pause(campaign: Campaign, by: Staff | None, reason: str = "") -> None:
    """What is not on the wire waits."""
    _move(campaign, (RUNNING,), PAUSED, by, "campaign.paused", pause_reason=reason)


def resume(campaign: Campaign, by: Staff) -> None:
    _move(campaign, (PAUSED,), RUNNING, by, "campaign.resumed", pause_reason="")


def reopen(campaign: Campaign) -> None:
    """There is something to send again: that the places are taken. Pausing and stopping stand."""
    guarded = update(Campaign).where(Campaign.id == campaign.id, Campaign.state == FINISHED)
    db.change(guarded.values(state=RUNNING, ended_at=None))


def finish(campaign: Campaign) -> None:
    """Everything is sent and settled."""
    _move(campaign, (RUNNING,), FINISHED, None, "campaign.finished", ended_at=db.clock())


def mark_stopped(campaign: Campaign, by: Staff) -> None:
    """See sending.launch.stop, which also cancels what waits."""
    _move(campaign, (RUNNING, PAUSED), STOPPED, by, "campaign.stopped", ended_at=db.clock())


def _move(
    campaign: Campaign, states: tuple[str, ...], to: str, by: Staff | None, deed: str, **values: Any
) -> None:
    query = update(Campaign).where(Campaign.id == campaign.id, Campaign.state.in_(states))
    if db.change(query.values(state=to, **values)) == 0:
        raise Refused("campaign.not_in_state", code=campaign.code)
    history.record(deed, by, campaign=campaign.id)
