"""A missed call ("nháy máy"): what it means to a campaign, and how the campaign says so.

Whoever lets our number ring pays nothing and writes nothing, but cannot say what is meant either. So the campaign says it
beforehand, in one sentence that is made from the setting and from nothing else: {nhay_may}.
"""

from __future__ import annotations

from collections.abc import Collection

from service import settings
from service.campaigns.campaigns import CALL_ME, YES, Campaign
from service.text import phrases

NAME = "nhay_may"
PLACEHOLDER = "{" + NAME + "}"
SENTENCES = {
    YES: "Nháy máy {number} nếu muốn đi",
    CALL_ME: "Nháy máy {number} để cán bộ gọi lại",
}

# In the words of somebody who writes a text without the placeholder.
INVITES = ("nháy máy", "nhá máy", "đá máy", "gọi nhỡ", "nháy vào số", "nháy số")
SAYS: dict[str, tuple[str, ...]] = {
    YES: ("muốn đi", "muốn làm", "đồng ý", "đăng ký", "tham gia", "nhận việc", "ai đi"),
    CALL_ME: ("gọi lại", "cán bộ gọi", "cần hỏi", "hỏi thêm", "tư vấn"),
}


def invitation(campaign: Campaign) -> str:
    """The sentence that says what a missed call does, without a full stop; empty while there is no number for it."""
    number = settings.get().missed_calls.number
    return SENTENCES[campaign.missed_call or CALL_ME].format(number=number) if number else ""


def meanings(sentence: str) -> Collection[str]:
    """What these words, in which a missed call is invited, say that it means; both or nothing is possible."""
    return [meaning for meaning, words in SAYS.items() if phrases.find(sentence, words)]


def spoken(campaign: Campaign, notice: str) -> str:
    """The words of a call's notice. Where a missed call is a yes they say so: to somebody who put the receiver down too
    early, or found our number among the calls of the day."""
    if campaign.missed_call != YES or PLACEHOLDER in notice:
        return notice
    return f"{notice.rstrip()} {PLACEHOLDER}."
