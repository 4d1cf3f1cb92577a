"""A notice: the text of a campaign, per language; its placeholders, and how a person is addressed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from service import settings
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import ABROAD, ELSEWHERE, IN_PROVINCE, PLAIN, Campaign
from service.campaigns.employers import Employer
from service.registry.people import FEMALE, MALE
from service.text import placeholders, sms_text
from service.text.vietnamese import nfc
from service.text.words import date_vi, today_in_vietnam, wage

FOLDER = settings.ROOT / "templates" / "sms"

RECRUITMENT = {IN_PROVINCE: "recruit_in_province", ELSEWHERE: "recruit_elsewhere", ABROAD: "recruit_abroad"}

ADDRESS = "xung_ho_ten"
CAMPAIGN_PLACEHOLDERS = (
    "doanh_nghiep",
    "viec",
    "so_luong",
    "luong",
    "noi_lam",
    "han",
    "ma",
    "van_phong",
    "duong_day_nong",
)
PLACEHOLDERS = (ADDRESS, *CAMPAIGN_PLACEHOLDERS)

ELDER = 60
OLDER = 45


def template(notice: str, language: str = "vi") -> str:
    """The text of ``templates/sms/<notice>.<language>.txt``, in NFC. Raises FileNotFoundError."""
    return nfc(Path(FOLDER / f"{notice}.{language}.txt").read_text(encoding="utf-8")).strip()


def office_text(notice: str) -> str:
    """A notice that speaks for the office alone, without a campaign."""
    known = settings.get()
    return placeholders.fill(
        template(notice), {"van_phong": known.office_name, "duong_day_nong": known.hotline}
    )


def facts(campaign: Campaign, employer: Employer | None) -> dict[str, str]:
    """The placeholders that are the same for every recipient, as words."""
    known = settings.get()
    place = f"{campaign.place}, {campaign.country}" if campaign.country else campaign.place
    return {
        "doanh_nghiep": employer.name if employer else "",
        "viec": campaign.post,
        "so_luong": str(campaign.headcount or ""),
        "luong": wage(campaign.wage_from, campaign.wage_to),
        "noi_lam": place,
        "han": date_vi(campaign.deadline) if campaign.deadline else "",
        "ma": campaign.code,
        "van_phong": known.office_name,
        "duong_day_nong": known.hotline,
    }


def writer(
    campaign: Campaign, employer: Employer | None, year: int | None = None
) -> Callable[[Household], str]:
    """A function that writes this campaign's text for a household, with or without accents as the campaign says."""
    year = year or today_in_vietnam().year
    plain = campaign.encoding == PLAIN
    # Everything but the address is filled and stripped of accents once, not once per recipient.
    common = {**facts(campaign, employer), ADDRESS: "{" + ADDRESS + "}"}
    text = placeholders.fill(nfc(campaign.text), common)
    fill = placeholders.compiled(sms_text.plain(text) if plain else text)

    def write(household: Household) -> str:
        address = address_household(household, year)
        return fill({ADDRESS: sms_text.plain(address) if plain else address})

    return write


def address_household(household: Household, year: int) -> str:
    """How the message speaks to the people behind this phone: one by name, two by both names, more as a family."""
    if len(household.members) > 2:
        return "gia đình " + address(household.members[0], year)
    return ", ".join(address(member, year) for member in household.members)


def address(member: Member, year: int) -> str:
    """``anh Páo``, ``chị Mỷ``, ``bác Sùng``: by age and sex where they are known, with the given (last) name."""
    age = year - member.birth_year if member.birth_year else None
    if age is not None and age >= ELDER:
        form = {FEMALE: "bà", MALE: "ông"}.get(member.gender or "", "ông/bà")
    elif age is not None and age >= OLDER:
        form = {FEMALE: "cô", MALE: "chú"}.get(member.gender or "", "cô/chú")
    else:
        form = {FEMALE: "chị", MALE: "anh"}.get(member.gender or "", "anh/chị")
    words = nfc(member.name).split()
    return f"{form} {words[-1]}" if words else form
