"""The versions of a campaign's content: looked at, compared with today's, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import campaigns, employers, versions
from service.campaigns.audience import Audience
from service.campaigns.campaigns import APPROVED, DRAFT, Content
from service.campaigns.door import MOST_ID, bp, held, known
from service.campaigns.versions import Version
from service.registry import areas, groups
from service.staff import accounts
from service.web.access import current_staff, needs
from service.web.languages import gettext as _

DAYS, INSTANTS = ("deadline", "departs_on"), ("starts_at",)


@bp.get("/<int:campaign_id>/versions/<int:version_id>")
@needs("campaign.see")
def version(campaign_id: int, version_id: int) -> ResponseReturnValue:
    campaign, found = known(campaign_id), _version(campaign_id, version_id)
    then = content_of(found)
    return render_template(
        "campaigns/version.html",
        campaign=campaign,
        version=found,
        then=then,
        changed=_differs(then, campaigns.content_of(campaign)),
        employer=employers.find(then.employer_id) if then.employer_id else None,
        where=areas.names({*then.audience.communes, *then.audience.hamlets}),
        group=groups.find(then.audience.group) if then.audience.group else None,
        names={one.id: one.name for one in accounts.listed()},
        may_take=campaign.state in (DRAFT, APPROVED),
    )


@bp.post("/<int:campaign_id>/versions/<int:version_id>/restore")
@needs("campaign.edit")
def restore(campaign_id: int, version_id: int) -> ResponseReturnValue:
    """The campaign says again what it said then. What it says now stays in the list."""
    with db.transaction():
        campaign = held(campaign_id)
        was = campaign.state
        campaigns.edit(campaign, content_of(_version(campaign_id, version_id)), current_staff())
    flash(_("Đã lấy lại bản cũ. Bản vừa thay vẫn còn trong danh sách."), "good")
    if was == APPROVED and campaign.state == DRAFT:
        flash(_("Nội dung thay đổi nên lần duyệt trước không còn hiệu lực."), "warn")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _version(campaign_id: int, version_id: int) -> Version:
    found = versions.find(campaign_id, version_id) if max(campaign_id, version_id) <= MOST_ID else None
    if found is None:
        abort(404)
    return found


def content_of(version: Version) -> Content:
    """What was saved. Fields that came later are as in a new draft; an employer who is gone is nobody."""
    kept = {name: value for name, value in version.content.items() if name in Content.__dataclass_fields__}
    kept |= {name: _day(kept.get(name)) for name in DAYS} | {
        name: _instant(kept.get(name)) for name in INSTANTS
    }
    content = Content(**{**kept, "audience": Audience.from_json(kept["audience"])})
    gone = content.employer_id is not None and employers.find(content.employer_id) is None
    return replace(content, employer_id=None) if gone else content


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _differs(then: Content, now: Content) -> set[str]:
    """The fields in which that version is not as the campaign is now."""
    names: set[str] = set(Content.__dataclass_fields__)
    return {name for name in names if getattr(then, name) != getattr(now, name)}
