"""Writing a campaign: a draft is begun, each card is saved alone and at once, a draft is copied or thrown away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service import db
from service.campaigns import audience, audience_pages, campaigns, drafts, lawful, lint, notices, twin
from service.campaigns.audience_forms import audience_form
from service.campaigns.campaigns import APPROVED, DRAFT, Campaign
from service.campaigns.card_forms import (
    TextForm,
    fresh,
    job_form,
    law_form,
    sending_form,
    text_form,
)
from service.campaigns.door import bp, held, known
from service.campaigns.forms import new_form
from service.campaigns.studio_pages import (
    AUDIENCE,
    CARDS,
    JOB,
    SENDING,
    TEXT,
    TODO,
    VOICE,
    employer_of,
    memory,
    situation,
    text_view,
    unsaved,
    view,
)
from service.campaigns.way_forms import voice_form, way_form
from service.carriers import directory
from service.refused import Refused
from service.text.words import VIETNAM
from service.web.access import current_staff, needs
from service.web.addresses import is_htmx
from service.web.languages import gettext as _
from service.web.sentences import sentence

WAY = "way"

FORMS: dict[str, Callable[..., Any]] = {
    JOB: job_form,
    AUDIENCE: audience_form,
    TEXT: text_form,
    VOICE: voice_form,
    SENDING: sending_form,
    WAY: way_form,
    "law": law_form,
}


@bp.get("/new")
@needs("campaign.edit")
def new() -> ResponseReturnValue:
    return render_template("campaigns/new.html", form=new_form(), earlier=campaigns.listed(20))


@bp.post("/new")
@needs("campaign.edit")
def create() -> ResponseReturnValue:
    form = new_form()
    if not form.validate():
        return render_template("campaigns/new.html", form=form, earlier=campaigns.listed(20)), 422
    with db.transaction():
        content = fresh(form.reach.data, form.employer_id.data, form.post.data)
        campaign = campaigns.create(content, directory.DEFAULT, current_staff())
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.post("/<int:campaign_id>/copy")
@needs("campaign.edit")
def copy(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        before = known(campaign_id)
        campaign = drafts.copy(before, current_staff())
    flash(_("Đây là bản sao của %(code)s. Hãy xem lại từng thẻ.", code=before.code), "info")
    return redirect(url_for(".show", campaign_id=campaign.id), 303)


@bp.post("/<int:campaign_id>/discard")
@needs("campaign.edit")
def discard(campaign_id: int) -> ResponseReturnValue:
    with db.transaction():
        campaign = known(campaign_id)
        drafts.discard(campaign, current_staff())
    flash(_("Đã bỏ bản nháp %(code)s.", code=campaign.code), "good")
    return redirect(url_for(".index"), 303)


# ------------------------------------------------------------------------------------------------- the page itself


def page(
    campaign: Campaign,
    sent: dict[str, Any] | None = None,
    opened: str = "",
    trial: tuple[str, str] = ("", ""),
) -> str:
    """All six cards. ``sent``: the form of the card that could not be saved whole, as it was typed; ``trial``: the number
    that was typed for a trial, and why it was not sent there."""
    forms = {code: make(campaign) for code, make in FORMS.items()} | (sent or {})
    shown = view(campaign)
    text = forms[TEXT]
    return render_template(
        "campaigns/studio.html",
        **shown,
        **audience_pages.previewed(campaign)
        | text_view(campaign, text.text.data or "", campaign.encoding, twin.addresses(campaign.who)),
        counted=shown["view"].count,
        people=audience.people_by_place(),
        job=forms[JOB],
        audience=forms[AUDIENCE],
        text=text,
        sending=forms[SENDING],
        way_of=forms[WAY],
        voice_of=forms[VOICE],
        law_of=forms["law"],
        trial=trial,
        opened=opened or request.args.get("card", "") or _first_open(shown),
    )


def _first_open(shown: dict[str, Any]) -> str:
    """The card that is to be filled in next."""
    return next((card.code for card in shown["cards"] if card.state == TODO), CARDS[-1])


# --------------------------------------------------------------------------------------------------- saving a card


@bp.post("/<int:campaign_id>/job")
@needs("campaign.edit")
def save_job(campaign_id: int) -> ResponseReturnValue:
    return _save(campaign_id, JOB)


@bp.post("/<int:campaign_id>/audience")
@needs("campaign.edit")
def save_audience(campaign_id: int) -> ResponseReturnValue:
    return _save(campaign_id, AUDIENCE)


@bp.post("/<int:campaign_id>/text")
@needs("campaign.edit")
def save_text(campaign_id: int) -> ResponseReturnValue:
    return _save(campaign_id, TEXT)


@bp.post("/<int:campaign_id>/voice")
@needs("campaign.edit")
def save_voice(campaign_id: int) -> ResponseReturnValue:
    return _save(campaign_id, VOICE)


@bp.post("/<int:campaign_id>/way")
@needs("campaign.edit")
def save_way(campaign_id: int) -> ResponseReturnValue:
    """How the campaign speaks. Cards, hours and price follow, so the page is drawn anew."""
    return _save(campaign_id, AUDIENCE, WAY)


@bp.post("/<int:campaign_id>/sending")
@needs("campaign.edit")
def save_sending(campaign_id: int) -> ResponseReturnValue:
    return _save(campaign_id, SENDING)


@bp.post("/<int:campaign_id>/law")
@needs("campaign.edit")
def save_law(campaign_id: int) -> ResponseReturnValue:
    """What the campaign is under the law, with the reason and who said so."""
    with db.transaction():
        campaign = held(campaign_id)
        form, was = law_form(campaign, sent=True), campaign.state
        problem = _classified(campaign, form)
    if problem is not None:
        form.law_reason.errors = [sentence(problem)]
    return _answer(campaign, SENDING, "law", form, was)


def _classified(campaign: Campaign, form: Any) -> Refused | None:
    """Why it was not written down, if so."""
    try:
        lawful.classify(campaign, form.law_class.data or "", form.law_reason.data or "", current_staff())
    except Refused as refused:
        return refused
    return None


def _save(campaign_id: int, card: str, name: str = "") -> ResponseReturnValue:
    """Save what can be read of one card, or of the form of this name in it. What cannot stays as it was typed, with what
    to type instead."""
    with db.transaction():
        campaign = held(campaign_id)
        form, was, text = FORMS[name or card](campaign, sent=True), campaign.state, campaign.text
        if card == TEXT:
            _press(form, campaign)
        form.validate()
        campaigns.edit(campaign, form.content(campaign), current_staff())
    return _answer(campaign, card, name or card, form, was, rewritten=card != TEXT and campaign.text != text)


def _press(form: TextForm, campaign: Campaign) -> None:
    """The buttons inside the third card: take a notice, mend a fault."""
    if request.form.get("do") == "notice":
        form.take_notice()
    wanted = request.form.get("fix", "")
    if wanted:
        draft = unsaved(campaign, text=form.text.data or "", encoding=form.encoding.data or campaign.encoding)
        for one in lint.findings(situation(draft, employer_of(campaign), 0)):
            if one.code == wanted and one.fix is not None:
                form.take_text(one.fix.text)
                return


def _answer(
    campaign: Campaign, card: str, name: str, form: Any, was: str, rewritten: bool = False
) -> ResponseReturnValue:
    voided = was == APPROVED and campaign.state == DRAFT
    if is_htmx():
        # Only the browser knows what is being typed, so it asks anew what the new facts make of it.
        done = "card-saved, facts-changed" if name in (JOB, AUDIENCE) else "card-saved"
        return _parts(campaign, name, form, voided, rewritten), {"HX-Trigger": done}
    if voided:
        flash(_("Đã lưu. Nội dung thay đổi nên lần duyệt trước không còn hiệu lực."), "warn")
    if form.errors:
        return page(campaign, {name: form}, card), 422
    return redirect(url_for(".show", campaign_id=campaign.id, card=card, _anchor=f"card-{card}"), 303)


def _parts(campaign: Campaign, card: str, form: Any, voided: bool, rewritten: bool) -> str:
    """What has changed on the page: ticks, checklist, price, the sentences at the fields. What is typed stays."""
    pressed = bool(request.form.get("do") or request.form.get("fix"))
    shown = view(campaign)
    drawn: dict[str, Any] = {"facts": None}
    if card in (JOB, AUDIENCE):
        drawn = {"facts": notices.facts(campaign, employer_of(campaign))}
    if pressed or rewritten:
        text = form.text.data if card == TEXT else campaign.text
        drawn = text_view(campaign, text or "", campaign.encoding, memory().addresses(campaign.who))
    anew = FORMS[card](campaign)
    return render_template(
        "campaigns/_saved.html",
        **shown,
        **drawn,
        card=card,
        form=form,
        was=getattr(anew, "was", None),
        text=(form if card == TEXT else text_form(campaign)) if pressed or rewritten else None,
        voided=voided,
        saved_at=f"{db.clock().astimezone(VIETNAM):%H:%M:%S}",
    )
