"""A registry as large as it may get, with names, numbers, hamlets, tags and consents as varied as in life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from benchmarks.people import staff
from service import db
from service.registry import areas
from service.registry.areas import Area
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.people import GENDERS, LANGUAGES, Person
from service.registry.phones import PersonPhone, Phone
from service.registry.tags import SKILLS, WISHES, PersonTag
from service.text.vietnamese import search_key, sort_key

CHUNK = 5_000
FAMILY = ("Sùng", "Vàng", "Giàng", "Thò", "Lầu", "Ly", "Nông", "Phàn", "Lò", "Chá", "Hoàng", "Nguyễn", "Ma", "Cư", "Già",
          "Mua", "Hầu", "Sính", "Lý", "Tẩn")  # fmt: skip
MIDDLE = {"male": ("Mí", "A", "Văn", "Chúng", "Dũng", "Sìa"), "female": ("Thị", "Thị", "Thị", "Thùy", "Mai")}
GIVEN = ("Páo", "Chứ", "Dính", "Sính", "Lử", "Mỷ", "Dợ", "Pà", "Xúa", "Say", "Chở", "Lía", "Và", "Nô", "Già", "Tủa", "Súng",
         "Cáy", "Hờ", "Pó", "Vừ", "Sá", "Dế", "Mỹ", "Hòa", "Oanh", "Thắng", "Đặng", "Ánh", "Yến", "Khúa", "Cở", "Lình",
         "Sì", "Máy", "Chia", "Ly", "Dở", "Nhè", "Giáo")  # fmt: skip
HAMLETS = 25  # of each commune
PREFIXES = ("912", "913", "868", "979", "986", "345", "396", "822", "703", "583")


def fill(people: int, seed: int = 1) -> int:
    """So many people; a tenth without a phone, a tenth on somebody else's. Returns how many."""
    areas.load_data()
    staff()
    random, now = Random(seed), db.clock()
    places = [(commune, _hamlets(commune)) for commune in areas.communes()[:18]]
    for start in range(0, people, CHUNK):
        size = min(CHUNK, people - start)
        rows = [_person(random, places, now) for _ in range(size)]
        ids = list(
            db.session().scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows)
        )
        _give_phones(random, ids, start, now)
        _insert(PersonTag, _tags(random, ids))
        _insert(Consent, [_asked(person, row["consents"], now) for person, row in zip(ids, rows, strict=True)
                          if row["consents"] or random.random() < 0.2])  # fmt: skip
    return people


def _hamlets(commune: Area) -> list[Area]:
    return [areas.hamlet(commune, f"{random_name} {n}") for n, random_name in enumerate(GIVEN[:HAMLETS])]


def _person(random: Random, places: list[tuple[Area, list[Area]]], now: datetime) -> dict[str, Any]:
    gender = random.choice(GENDERS)
    name = f"{random.choice(FAMILY)} {random.choice(MIDDLE[gender])} {random.choice(GIVEN)}"
    commune, hamlets = random.choice(places)
    yes = now - timedelta(days=random.randrange(400)) if random.random() < 0.05 else None
    return {
        "name": name, "birth_year": random.randrange(1950, 2010), "gender": gender,
        "language": random.choice(("hmn", "hmn", "hmn", *LANGUAGES)), "area_id": commune.id,
        "hamlet_id": random.choice(hamlets).id, "consents": random.random() < 0.6, "said_yes_at": yes,
        "placed_at": now if yes and random.random() < 0.5 else None, "search_key": search_key(name),
        "sort_key": sort_key(name), "created_at": now, "updated_at": now,
    }  # fmt: skip


def _give_phones(random: Random, ids: list[int], start: int, now: datetime) -> None:
    lines = [
        {
            "e164": f"+84{PREFIXES[n // 10_000 % 10]}{n % 10_000 // 100:02d}0{n // 100_000}{n % 100:02d}",
            "kind": "mobile", "created_at": now, "contacted_at": now - timedelta(days=random.randrange(300)),
            "opted_out_at": now if random.random() < 0.01 else None,
        }
        for n in range(start, start + len(ids) * 8 // 10)
    ]  # fmt: skip
    phones = list(
        db.session().scalars(insert(Phone).returning(Phone.id, sort_by_parameter_order=True), lines)
    )
    with_phone = [person for person in ids if random.random() < 0.9]
    links = [
        {"person_id": person, "phone_id": phones[place % len(phones)], "position": 1, "raw": "",
         "verified_at": now - timedelta(days=random.randrange(500))}
        for place, person in enumerate(with_phone)
    ]  # fmt: skip
    _insert(PersonPhone, links)


def _tags(random: Random, ids: list[int]) -> Iterator[dict[str, Any]]:
    for person in ids:
        if random.random() < 0.3:
            yield {"person_id": person, "kind": "skill", "code": random.choice(SKILLS)}
        if random.random() < 0.3:
            yield {"person_id": person, "kind": "wish", "code": random.choice(WISHES)}


def _asked(person: int, given: bool, now: datetime) -> dict[str, Any]:
    return {"person_id": person, "purpose": JOB_NOTICES, "given": given, "channel": "list", "words": "danh sách",
            "at": now}  # fmt: skip


def _insert(table: type[db.Base], rows: Any) -> None:
    listed = list(rows)
    if listed:
        db.session().execute(insert(table), listed)
