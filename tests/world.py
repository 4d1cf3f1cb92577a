"""A small world to test in: staff, a hamlet, people with phones, an employer, a campaign."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from service import db
from service.campaigns import approvals, campaigns, employers
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Campaign, Content
from service.carriers.base import (
    Accepted,
    Capabilities,
    Carrier,
    CarrierError,
    Cause,
    Found,
    HookCall,
    Incoming,
    OutgoingSms,
    StatusUpdate,
)
from service.carriers.calls import OutgoingCall
from service.registry import areas, consent, phones
from service.registry.areas import COMMUNE, Area
from service.registry.people import Person
from service.registry.phones import PersonPhone
from service.sending import launch, wire
from service.sending.claim import Claimed
from service.staff import accounts
from service.staff.accounts import Staff

# A Tuesday, 10:00 in Vietnam.
TUESDAY_10 = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

TEXT = (
    "{van_phong}: {doanh_nghiep} tuyển {so_luong} {viec}, lương {luong}, làm tại {noi_lam}, hạn {han}. "
    "Chào {xung_ho_ten}, muốn đi trả lời 1. Không nhận tin: TC. Hỏi: {duong_day_nong}, mã {ma}"
)


def number(index: int) -> str:
    """An invented mobile number of the form 0ddd 000 ddd."""
    return f"+849{index // 1000 % 90 + 10:02d}000{index % 1000:03d}"


def staff(role: str = "manager", email: str | None = None) -> Staff:
    """Somebody of the office who never signs in, so that no password has to be hashed."""
    email = email or f"{role}@loaban.example"
    made = accounts.find_by_email(email)
    if made is None:
        made = Staff(
            email=email, name=email.split("@")[0], password_hash="", session_epoch=1, created_at=db.clock()
        )
        db.session().add(made)
    made.role, made.active, made.must_change_password = role, True, False
    db.session().flush()
    return made


def person(name: str, *numbers: str, agrees: bool = True, **facts: object) -> Person:
    """A villager of Sơn Vĩ with these numbers."""
    commune = _commune()
    if commune is None:
        areas.load_data()
        commune = _commune()
    assert commune is not None
    now = db.clock()
    made = Person(
        birth_year=1995, gender="male", language="hmn", area_id=commune.id, created_at=now, updated_at=now
    )
    made.rename(name)
    for key, value in facts.items():
        setattr(made, key, value)
    db.session().add(made)
    db.session().flush()
    for position, e164 in enumerate(numbers, 1):
        kind = "landline" if e164.startswith("+842") else "mobile"
        phone = phones.get_or_add(e164, kind)
        db.session().add(PersonPhone(person_id=made.id, phone_id=phone.id, position=position, raw=e164))
    if agrees:
        consent.record(made, True, "paper", "đồng ý nhận tin việc làm", None)
    db.session().flush()
    return made


def _commune() -> Area | None:
    query = select(Area).where(Area.kind == COMMUNE, Area.name == "Sơn Vĩ", Area.valid_to.is_(None))
    return db.session().scalar(query)


def content(employer_id: int | None, **changes: object) -> Content:
    facts: dict[str, object] = {
        "employer_id": employer_id, "post": "công nhân may", "headcount": 20, "wage_from": 8_000_000,
        "wage_to": 11_000_000, "place": "Tuyên Quang", "reach": "in_province", "country": "",
        "deadline": date.today() + timedelta(days=20), "audience": Audience(), "text": TEXT, "encoding": "plain",
        "window_from": 0, "window_to": 24 * 60,
    }  # fmt: skip
    return Content(**{**facts, **changes})  # type: ignore[arg-type]


def campaign(by: Staff, **changes: object) -> Campaign:
    employer = employers.find(1) or employers.save(None, "Công ty May Hoa Đào", "", "", ("", None), by)
    employers.mark_checked(employer, by, "giấy đăng ký kinh doanh, bản gốc")
    return campaigns.create(content(employer.id, **changes), "twilio", by)


def launched(by: Staff, **changes: object) -> Campaign:
    made = campaign(by, **changes)
    view = launch.outlook(made)
    assert view.problems == []
    approved(made)
    return launch.launch(made.id, view.count.recipients, view.content_hash, by)


def approved(made: Campaign) -> None:
    """A second person looked at it and said yes."""
    view = launch.outlook(made)
    second = accounts.find_by_email("duyet@loaban.example") or staff("approver", "duyet@loaban.example")
    approvals.approve(made, view.content_hash, view.count.recipients, view.price_vnd, second)


def village_of(size: int) -> list[Person]:
    """So many people with a phone each."""
    return [person(f"Sùng Mí {index}", number(index)) for index in range(size)]


@dataclass
class ScriptedCarrier:
    """A carrier that answers as it is told: what a real one might say, without the network between."""

    answers: dict[str, Accepted | CarrierError] = field(default_factory=dict)
    lists: list[list[Found] | CarrierError] = field(default_factory=list)
    sent: list[OutgoingSms] = field(default_factory=list)
    name: str = "twilio"
    per_second: float = 10_000.0
    calls_per_second: float = 10_000.0
    called: list[OutgoingCall] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(True, False, False, False, False, "network")

    @asynccontextmanager
    async def line(self) -> AsyncIterator[ScriptedCarrier]:
        yield self

    async def send_sms(self, sms: OutgoingSms) -> Accepted:
        self.sent.append(sms)
        answer = self.answers.get(sms.to, Accepted(f"SM{len(self.sent):032d}"))
        if isinstance(answer, CarrierError):
            raise answer
        return answer

    async def place_call(self, call: OutgoingCall) -> Accepted:
        self.called.append(call)
        answer = self.answers.get(call.to, Accepted(f"CA{len(self.called):032d}"))
        if isinstance(answer, CarrierError):
            raise answer
        return answer

    def find_calls(self, to: str, since: datetime) -> list[Found]:
        return self.find(to, since)

    def clock(self) -> datetime | None:
        return None

    def find(self, to: str, since: datetime) -> list[Found]:
        answer = self.lists.pop(0)
        if isinstance(answer, CarrierError):
            raise answer
        return answer

    def cause_of(self, code: str) -> Cause:
        return Cause.OTHER

    def read_hook(self, call: HookCall) -> StatusUpdate | Incoming:
        raise AssertionError("nobody calls this one")


def hand_over(
    carrier: Carrier, batch: Sequence[Claimed], claimed_at: float | None = None
) -> list[wire.Result]:
    """Hand these to the carrier, as a worker's wire does. ``claimed_at`` as in wire.send (default: now)."""
    at = time.monotonic() if claimed_at is None else claimed_at

    async def all_of_them() -> list[wire.Result]:
        async with carrier.line() as line:
            answers = await asyncio.gather(*(wire.send(line, one, at) for one in batch))
            return [wire.Result(one, answer) for one, answer in zip(batch, answers, strict=True)]

    return asyncio.run(all_of_them())
