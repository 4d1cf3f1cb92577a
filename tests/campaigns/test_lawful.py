"""What the law calls a campaign, when it may go out, and who said so."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import approvals, campaigns, lawful
from service.campaigns.lawful import ADVERTISING, PUBLIC_NOTICE, SMS, UNDECIDED, VOICE
from service.refused import Refused
from service.staff.history import History
from tests import world

REASON = "công văn 12/SNV: thông báo chính sách việc làm"


def live(monkeypatch: pytest.MonkeyPatch, hours: str | None) -> None:
    """A real carrier; ``hours``: the office's own, if it set any."""
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
    monkeypatch.setenv("TWILIO_SMS_FROM", "LAODONG MV")
    if hours:
        monkeypatch.setenv("LOA_SMS_HOURS", hours)
    settings.get.cache_clear()


WINDOWS = [
    # class, channel, the office's hours, from and to in hours
    (ADVERTISING, SMS, None, (7, 22)),
    (ADVERTISING, VOICE, None, (8, 17)),
    (UNDECIDED, SMS, None, (7, 22)),
    (UNDECIDED, VOICE, None, (8, 17)),
    ("of_the_future", VOICE, None, (8, 17)),  # a class that this program does not know yet
    (PUBLIC_NOTICE, SMS, None, (7, 22)),
    (PUBLIC_NOTICE, VOICE, None, (7, 21)),
    (PUBLIC_NOTICE, SMS, "00:00-24:00", (7, 22)),  # the law is not widened by a setting
    (PUBLIC_NOTICE, SMS, "09:00-20:00", (9, 20)),
    (PUBLIC_NOTICE, VOICE, "09:00-20:00", (9, 20)),
    (ADVERTISING, VOICE, "09:00-20:00", (9, 17)),
    (ADVERTISING, SMS, "20:00-24:00", (20, 22)),
]


@pytest.mark.parametrize(("law_class", "channel", "hours", "window"), WINDOWS)
def test_when_a_class_may_go_out(
    connected: Engine,
    monkeypatch: pytest.MonkeyPatch,
    law_class: str,
    channel: str,
    hours: str | None,
    window: tuple[int, int],
) -> None:
    live(monkeypatch, hours)
    assert lawful.windows(law_class, channel) == (window[0] * 60, window[1] * 60)


def test_hours_that_do_not_meet_are_a_closed_window(
    connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    live(monkeypatch, "18:00-22:00")
    start, end = lawful.windows(ADVERTISING, VOICE)
    assert start >= end


@pytest.mark.parametrize("law_class", [PUBLIC_NOTICE, ADVERTISING, UNDECIDED])
@pytest.mark.parametrize("channel", [SMS, VOICE])
def test_a_rehearsal_has_no_night(connected: Engine, law_class: str, channel: str) -> None:
    assert lawful.windows(law_class, channel) == (0, 24 * 60)


@pytest.mark.parametrize(
    ("law_class", "sms", "calls", "qc"),
    [(ADVERTISING, 3, 1, True), (UNDECIDED, 3, 1, False), (PUBLIC_NOTICE, 3, 2, False)],
)
def test_how_often_and_with_which_mark(law_class: str, sms: int, calls: int, qc: bool) -> None:
    found = lawful.named(law_class)
    assert (found.per_day(SMS), found.per_day(VOICE), found.needs_qc) == (sms, calls, qc)


def test_the_choice_is_kept_with_reason_and_person_and_every_one_stands_in_the_history(
    connected: Engine,
) -> None:
    with db.transaction() as session:
        by, boss = world.staff(), world.staff("approver")
        campaign = world.campaign(by)
        assert lawful.of(campaign) is lawful.STRICT
        lawful.classify(campaign, ADVERTISING, "có tên doanh nghiệp trong tin", by)
        lawful.classify(campaign, PUBLIC_NOTICE, f"  {REASON}\n", boss)
        assert lawful.of(campaign).code == PUBLIC_NOTICE
        assert (campaign.law_reason, campaign.law_by) == (REASON, boss.id)
        assert campaign.law_at is not None
        session.flush()
        said = [
            row.details for row in campaigns.deeds(campaign.id) if row.deed == "campaign.classified"
        ]  # the newest first
        assert [(one["law_class"], one["reason"]) for one in said] == [
            (PUBLIC_NOTICE, REASON), (ADVERTISING, "có tên doanh nghiệp trong tin"),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("law_class", "reason", "code"),
    [
        ("", REASON, "law.unknown_class"),
        ("news", REASON, "law.unknown_class"),
        (PUBLIC_NOTICE, "", "law.no_reason"),
        (PUBLIC_NOTICE, " ok ... !!! ", "law.no_reason"),
    ],
)
def test_without_class_or_reason_nothing_is_kept(
    connected: Engine, law_class: str, reason: str, code: str
) -> None:
    with db.transaction():
        by = world.staff()
        campaign = world.campaign(by)
        with pytest.raises(Refused) as refused:
            lawful.classify(campaign, law_class, reason, by)
        assert refused.value.code == code
        assert campaign.law_class == UNDECIDED


def test_another_class_voids_the_approval_and_another_reason_does_not(connected: Engine) -> None:
    with db.transaction():
        by, boss = world.staff(), world.staff("approver")
        campaign = world.campaign(by)
        lawful.classify(campaign, ADVERTISING, REASON, by)
        approvals.approve(campaign, campaign.content_hash, 1, 800, boss)
        lawful.classify(campaign, ADVERTISING, REASON + ", đã hỏi pháp chế", by)
        assert approvals.standing(campaign, db.clock()) is not None
        lawful.classify(campaign, PUBLIC_NOTICE, REASON, by)
        assert approvals.standing(campaign, db.clock()) is None
        assert (campaign.state, campaign.approved_by) == (campaigns.DRAFT, None)


def test_what_was_sent_is_not_classified_anew(connected: Engine) -> None:
    with db.transaction() as session:
        by = world.staff()
        campaign = world.campaign(by)
        campaign.state = campaigns.RUNNING
        session.flush()
        with pytest.raises(Refused) as refused:
            lawful.classify(campaign, PUBLIC_NOTICE, REASON, by)
        assert refused.value.code == "campaign.not_editable"
        assert session.query(History).filter_by(deed="campaign.classified").count() == 0
