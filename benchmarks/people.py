"""Many invented people with phones, put into the tables in bulk, and a campaign for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign, Content
from service.campaigns.lawful import SMS
from service.registry import areas
from service.registry.people import GENDERS, Person
from service.registry.phones import PersonPhone, Phone
from service.staff import accounts
from service.staff.accounts import Staff
from service.text.vietnamese import search_key, sort_key

CHUNK = 5_000
FAMILY = ("Sùng", "Vàng", "Giàng", "Thò", "Lầu", "Ly", "Nông", "Phàn", "Lò", "Chá")
MIDDLE = {"male": "Mí", "female": "Thị"}
GIVEN = {"male": ("Páo", "Chứ", "Dính", "Sính", "Lử"), "female": ("Mỷ", "Dợ", "Pà", "Xúa", "Say")}
SHARED_EVERY = 10  # each tenth phone belongs to two people
PREFIXES = "98753"  # 100,000 numbers 0ddd 000 ddd each

TEXT = (
    "{van_phong}: {doanh_nghiep} tuyển {so_luong} {viec}, lương {luong}, làm tại {noi_lam}, hạn {han}. "
    "Chào {xung_ho_ten}, muốn đi trả lời 1. Không nhận tin: TC. Hỏi: {duong_day_nong}, mã {ma}"
)


def number(index: int) -> str:
    """An invented mobile number of the form 0ddd 000 ddd."""
    prefix, rest = divmod(index, 100_000)
    return f"+84{PREFIXES[prefix]}{rest // 1000:02d}000{rest % 1000:03d}"


def add(phones: int) -> int:
    """So many phones and the people behind them, all of whom agree to job notices. Returns how many people."""
    areas.load_data()
    communes = [commune.id for commune in areas.communes()]
    people, now = 0, db.clock()
    for start in range(0, phones, CHUNK):
        numbers = [number(index) for index in range(start, min(start + CHUNK, phones))]
        lines = [{"e164": e164, "kind": "mobile", "created_at": now} for e164 in numbers]
        phone_ids = dict(zip(numbers, _insert(Phone, lines), strict=True))
        owned = [
            e164 for place, e164 in enumerate(numbers) for _ in range(2 if place % SHARED_EVERY == 0 else 1)
        ]
        person_ids = _insert(Person, [_person(people + place, communes, now) for place in range(len(owned))])
        links = [
            {"person_id": person_id, "phone_id": phone_ids[e164], "position": 1, "raw": e164}
            for person_id, e164 in zip(person_ids, owned, strict=True)
        ]
        db.session().execute(insert(PersonPhone), links)
        people += len(owned)
    return people


def _insert(table: type[Phone] | type[Person], rows: list[dict[str, Any]]) -> list[int]:
    """Their ids, in the order of the rows."""
    new = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(db.session().scalars(new, rows))


def _person(index: int, communes: list[int], now: Any) -> dict[str, Any]:
    gender = GENDERS[index % 2]
    given = GIVEN[gender][index // 20 % 5]
    name = f"{FAMILY[index // 2 % 10]} {MIDDLE[gender]} {given}"
    return {
        "name": name, "birth_year": 1960 + index % 46, "gender": gender, "language": "hmn",
        "area_id": communes[index % len(communes)], "consents": True, "search_key": search_key(name),
        "sort_key": sort_key(name), "created_at": now, "updated_at": now,
    }  # fmt: skip


def staff(who: str = "first") -> Staff:
    """The manager who does everything here, or the second one, who approves it."""
    email = f"{who}@bench.loaban.example"
    return accounts.find_by_email(email) or accounts.add(email, "", "manager", [], None)[0]


def campaign(channel: str = SMS) -> Campaign:
    """A new draft for everybody, ready to be launched, that writes or calls."""
    by = staff()
    employer = next(iter(employers.listed()), None) or employers.save(
        None, "Công ty May Hoa Đào", "", "", ("", None), by
    )
    employers.mark_checked(employer, by, "invented for this measurement")
    return campaigns.create(replace(_content(employer.id), channel=channel), "twilio", by)


def _content(employer_id: int) -> Content:
    return Content(
        employer_id=employer_id,
        post="công nhân may",
        headcount=20,
        wage_from=8_000_000,
        wage_to=11_000_000,
        place="Tuyên Quang",
        reach="in_province",
        country="",
        deadline=date.today() + timedelta(days=20),
        audience=Audience(),
        text=TEXT,
        encoding="plain",
        window_from=0,
        window_to=24 * 60,
    )
