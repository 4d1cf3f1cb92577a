"""A notice: the text of a campaign, per language; its placeholders, and how a person is addressed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from service import settings
from service.campaigns import missed_calls
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import ABROAD, ELSEWHERE, IN_PROVINCE, PLAIN, Campaign
from service.campaigns.employers import Employer
from service.registry.people import FEMALE, MALE
from service.text import placeholders, sms_text
from service.text.vietnamese import nfc
from service.text.words import date_vi, today_in_vietnam, wage

FOLDER = settings.ROOT / "templates" / "sms"

ADDRESS = "xung_ho_ten"
OFFICE_PLACEHOLDERS = ("van_phong", "duong_day_nong")
# placeholder → the field of the campaign that fills it; none: the machine knows
FIELDS = {
    "doanh_nghiep": "employer_id",
    "viec": "post",
    "so_luong": "headcount",
    "luong": "wage_from",
    "noi_lam": "place",
    "o": "lodging",
    "an": "food",
    "yeu_cau": "requirements",
    "giay_to": "papers",
    "han": "deadline",
    "ngay_di": "departs_on",
    "ma": "",
    "van_phong": "",
    "duong_day_nong": "",
    missed_calls.NAME: "",
}
CAMPAIGN_PLACEHOLDERS = tuple(FIELDS)
PLACEHOLDERS = (ADDRESS, *CAMPAIGN_PLACEHOLDERS)

RECRUITS, WRITES, ANSWERS = "recruits", "writes", "answers"

# from this age on: how a woman, a man, and somebody of whom we know neither is addressed
FORMS: tuple[tuple[int, dict[str, str]], ...] = (
    (60, {FEMALE: "bà", MALE: "ông", "": "ông/bà"}),
    (45, {FEMALE: "cô", MALE: "chú", "": "cô/chú"}),
    (0, {FEMALE: "chị", MALE: "anh", "": "anh/chị"}),
)
TWO, FAMILY = ", ", "gia đình "
LONGEST_NAME = 20  # letters; what is longer is no given name
_GIVEN_NAME = re.compile(rf"(?!(?:[A-XZ]\Z|.{{{LONGEST_NAME + 1}}}))[^\W\d_](?:['’-]?[^\W\d_])*")
_ASIDE = re.compile(r"\([^)]*\)?|\[[^\]]*\]?")


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue of the screens. Returns it as it is."""
    return sentence


@dataclass(frozen=True)
class Notice:
    """``kind``: recruits (offers work, so all about the work belongs in it), writes (to an audience), answers (one
    person who wrote to us). ``used``: when. ``allowed``: the placeholders that somebody fills there."""

    kind: str
    name: str
    used: str
    allowed: tuple[str, ...] = PLACEHOLDERS


NOTICES: dict[str, Notice] = {
    "recruit_in_province": Notice(
        RECRUITS, N_("Tuyển người, trong tỉnh"), N_("Báo một việc làm ở trong tỉnh.")
    ),
    "recruit_elsewhere": Notice(RECRUITS, N_("Tuyển người, ngoài tỉnh"), N_("Báo một việc làm ở tỉnh khác.")),
    "recruit_abroad": Notice(
        RECRUITS, N_("Tuyển người, nước ngoài"), N_("Báo một việc làm ở nước ngoài, kèm lời dặn về tiền.")
    ),
    "reminder": Notice(RECRUITS, N_("Nhắc lại"), N_("Nhắc người chưa trả lời, trước khi hết hạn đăng ký.")),
    "meeting_invitation": Notice(
        WRITES, N_("Mời họp"), N_("Mời đến buổi họp về việc làm. Điền giờ, ngày và nơi họp vào chỗ ____.")
    ),
    "place_booked": Notice(
        WRITES, N_("Đã giữ chỗ"), N_("Báo ngày đi và giấy tờ cần mang cho người đã đồng ý đi.")
    ),
    "headcount_full": Notice(
        WRITES, N_("Đã đủ người"), N_("Báo cho những người còn lại khi việc đã tuyển đủ.")
    ),
    "thanks": Notice(ANSWERS, N_("Cảm ơn"), N_("Trả lời người vừa bày tỏ nguyện vọng.")),
    "optout_confirmation": Notice(
        ANSWERS,
        N_("Xác nhận từ chối"),
        N_("Trả lời ngay người không muốn nhận tin nữa."),
        OFFICE_PLACEHOLDERS,
    ),
}
RECRUITMENT = {IN_PROVINCE: "recruit_in_province", ELSEWHERE: "recruit_elsewhere", ABROAD: "recruit_abroad"}


def kind(notice: str) -> str:
    """What sort of notice a text is. A text that began from none offers work."""
    return NOTICES[notice].kind if notice in NOTICES else RECRUITS


def template(notice: str, language: str = "vi") -> str:
    """The text of ``templates/sms/<notice>.<language>.txt``, in NFC. Raises FileNotFoundError."""
    return nfc(Path(FOLDER / f"{notice}.{language}.txt").read_text(encoding="utf-8")).strip()


def languages(notice: str) -> list[str]:
    """The languages in which this notice is written, Vietnamese first."""
    found = [path.name.split(".")[1] for path in FOLDER.glob(f"{notice}.*.txt")]
    return sorted(found, key=lambda language: (language != "vi", language))


def office_text(notice: str) -> str:
    """A notice that speaks for the office alone, without a campaign."""
    known = settings.get()
    return placeholders.fill(
        template(notice), {"van_phong": known.office_name, "duong_day_nong": known.hotline}
    )


def facts(campaign: Campaign, employer: Employer | None) -> dict[str, str]:
    """The placeholders that are the same for every recipient, as words; empty where nothing was filled in."""
    known = settings.get()
    return {
        "doanh_nghiep": employer.name if employer else "",
        "viec": campaign.post or "",
        "so_luong": str(campaign.headcount or ""),
        "luong": wage(campaign.wage_from, campaign.wage_to),
        "noi_lam": ", ".join(part for part in (campaign.place, campaign.country) if part),
        "o": campaign.lodging or "",
        "an": campaign.food or "",
        "yeu_cau": campaign.requirements or "",
        "giay_to": campaign.papers or "",
        "han": date_vi(campaign.deadline) if campaign.deadline else "",
        "ngay_di": date_vi(campaign.departs_on) if campaign.departs_on else "",
        "ma": campaign.code or "",
        "van_phong": known.office_name,
        "duong_day_nong": known.hotline,
        missed_calls.NAME: missed_calls.invitation(campaign),
    }


def writer(
    campaign: Campaign, employer: Employer | None, year: int | None = None, text: str = ""
) -> Callable[[Household], str]:
    """A function that writes this campaign's text (or another about it) for a household, as the campaign says with
    or without accents. Raises MissingValues, a ValueError."""
    this_year = year or today_in_vietnam().year
    write = composed(text or campaign.text, facts(campaign, employer), campaign.encoding == PLAIN)
    return lambda household: write(address_household(household, this_year))


def composed(text: str, values: Mapping[str, str], plain: bool) -> Callable[[str], str]:
    """A function that writes the text to whoever is addressed so (``anh Páo``), cleaned, in NFC. Raises MissingValues."""
    # Everything but the address is filled and stripped of accents once, not once per recipient.
    pieces = [
        _sent(placeholders.fill(piece, values), plain) for piece in nfc(text).split("{" + ADDRESS + "}")
    ]
    if len(pieces) == 1:
        return lambda address: pieces[0]
    return lambda address: _sent_address(address, plain).join(pieces)


def _sent(text: str, plain: bool) -> str:
    text = sms_text.clean(text).text
    return sms_text.plain(text) if plain else text


_sent_address = lru_cache(maxsize=10_000)(_sent)  # a village has few given names, and each comes often


def address_household(household: Household, year: int) -> str:
    """How the message speaks to the people behind this phone: one by name, two by both names, more as a family."""
    if len(household.members) > 2:
        return FAMILY + address(household.members[0], year)
    return TWO.join(address(member, year) for member in household.members)


def address(member: Member, year: int) -> str:
    """``anh Páo``, ``chị Mỷ``, ``ông Sùng``: by age and sex where they are known, with the given (last) name.

    What follows the name in lists (a letter, a number, words in brackets) is no name.
    """
    age = max(0, year - member.birth_year) if member.birth_year else 0
    forms = next(forms for least, forms in FORMS if age >= least)
    form, name = forms.get(member.gender or "", forms[""]), _given_name(member.name)
    return f"{form} {name}" if name else form


@lru_cache(maxsize=10_000)
def _given_name(name: str) -> str:
    words = [word for word in _ASIDE.sub(" ", nfc(name)).split() if _GIVEN_NAME.fullmatch(word)]
    if not words:
        return ""
    return words[-1].capitalize() if words[-1].isupper() else words[-1]
