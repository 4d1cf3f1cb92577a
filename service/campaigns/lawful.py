"""What the law calls a campaign, and what follows: hours, how often, and whether "[QC]" has to stand first.

Decree 91/2020/NĐ-CP excepts news, social policy and personal information from advertising. A state job notice may be
social policy; one that names a company may be advertising. Nobody has decided it, so the office does, campaign by
campaign, with a reason; until then the strict reading holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import update

from service import db, settings
from service.campaigns import campaigns, special_days
from service.campaigns.campaigns import APPROVED, DRAFT, Campaign
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line

SMS, VOICE = "sms", "voice"
PUBLIC_NOTICE, ADVERTISING, UNDECIDED = "public_notice", "advertising", ""
LEAST_REASON = 10  # letters

Window = tuple[int, int]  # minutes after midnight in Vietnam; closed when the first is not before the second


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue of the screens. Returns it as it is."""
    return sentence


@dataclass(frozen=True)
class LawClass:
    """What holds for a class. ``*_per_day``: the most that one number may get in 24 hours."""

    code: str
    name: str
    meaning: str
    sms_hours: Window
    voice_hours: Window
    sms_per_day: int
    calls_per_day: int
    needs_qc: bool
    source: str

    def hours(self, channel: str) -> Window:
        return self.voice_hours if channel == VOICE else self.sms_hours

    def per_day(self, channel: str) -> int:
        return self.calls_per_day if channel == VOICE else self.sms_per_day


_ADVERTISING = LawClass(
    ADVERTISING,
    N_("Quảng cáo"),
    N_("Giới thiệu doanh nghiệp hoặc dịch vụ. Phải có đồng ý trước, [QC] đứng đầu tin, cách từ chối ở cuối."),
    sms_hours=(7 * 60, 22 * 60),
    voice_hours=(8 * 60, 17 * 60),
    sms_per_day=3,
    calls_per_day=1,
    needs_qc=True,
    source=N_("Nghị định 91/2020/NĐ-CP"),
)
CLASSES: dict[str, LawClass] = {
    PUBLIC_NOTICE: LawClass(
        PUBLIC_NOTICE,
        N_("Thông báo của cơ quan"),
        N_("Thực hiện chính sách việc làm: cơ quan báo tin, không thu tiền, không giới thiệu bán hàng."),
        sms_hours=(7 * 60, 22 * 60),
        voice_hours=(7 * 60, 21 * 60),
        sms_per_day=3,
        calls_per_day=2,
        needs_qc=False,
        source=N_("Nghị định 91/2020/NĐ-CP, trừ thông tin về chính sách xã hội; giờ do cơ quan tự đặt"),
    ),
    ADVERTISING: _ADVERTISING,
}
# Hours and frequency of advertising; but nobody has said that it is advertising, so nothing is printed before the text.
STRICT = replace(
    _ADVERTISING,
    code=UNDECIDED,
    name=N_("Chưa xếp loại"),
    meaning=N_("Chưa ai xếp loại theo luật nên giữ giờ và số lần chặt nhất."),
    needs_qc=False,
)


def named(law_class: str) -> LawClass:
    """The class of this code; the strict default for "" and for a code nobody knows."""
    return CLASSES.get(law_class, STRICT)


def of(campaign: Campaign) -> LawClass:
    return named(campaign.law_class)


def windows(law_class: str, channel: str) -> Window:
    """When this class may go out on this channel: the office's hours inside the lawful ones.

    In a rehearsal no villager is woken, so the office's hours alone hold (docs/decisions/0005). The two may not meet:
    then the window is closed.
    """
    known = settings.get()
    if known.rehearsal:
        return known.sms_hours
    earliest, latest = named(law_class).hours(channel)
    return max(earliest, known.sms_hours[0]), min(latest, known.sms_hours[1])


def sending_day(day: date) -> date:
    """The first day, this one or later, on which campaigns may send: no holiday. In a rehearsal every day is one."""
    return day if settings.get().rehearsal else special_days.next_working(day)


def classify(campaign: Campaign, law_class: str, reason: str, by: Staff) -> None:
    """Write down what the campaign is, and why. Another class voids an approval. Raises Refused."""
    words = one_line(reason)[:300]
    if law_class not in CLASSES:
        raise Refused("law.unknown_class")
    if sum(char.isalnum() for char in words) < LEAST_REASON:
        raise Refused("law.no_reason")
    if (campaign.law_class, campaign.law_reason) == (law_class, words):
        return
    values = {"law_class": law_class, "law_reason": words, "law_by": by.id, "law_at": db.clock()}
    if campaign.law_class != law_class:
        values |= {"state": DRAFT, "approved_by": None, "approved_at": None}
    query = update(Campaign).where(Campaign.id == campaign.id, Campaign.state.in_((DRAFT, APPROVED)))
    if db.change(query.values(values)) == 0:
        raise Refused("campaign.not_editable", code=campaign.code)
    db.session().refresh(campaign)  # a draft made in this same session does not notice the UPDATE by itself
    campaigns.refresh(campaign)  # the class is part of what is approved
    history.record("campaign.classified", by, campaign=campaign.id, law_class=law_class, reason=words)
