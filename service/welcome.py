"""The first start: places, a first account, and in a rehearsal a made-up registry to play with."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from service import db, settings
from service.campaigns import employers
from service.registry import areas, imports
from service.registry.people import Person
from service.sending import installation
from service.staff import accounts
from service.staff.accounts import Staff

SAMPLE = settings.ROOT / "samples" / "registry.xlsx"
SAMPLE_EMPLOYER = "Công ty May Hoa Đào (ví dụ)"
HOW_CHECKED = "doanh nghiệp ví dụ để diễn tập, không có thật"
MANAGER = ("canbo@loaban.example", "Cán bộ diễn tập", "manager")
APPROVER = ("lanhdao@loaban.example", "Lãnh đạo diễn tập", "approver")
ADMIN = ("quantri@loaban.example", "Quản trị", "admin")

SECOND_START = [
    "Log in with your account. Forgotten: ./loa staff add EMAIL --role ROLE gives a new one-time password."
]
CLICK = [
    "What to click: choose your own password, then Chiến dịch → Tạo chiến dịch. The sample villagers are made up.",
    "Some answer by themselves; open the address of their phones to see the SMS arrive, and to answer for one of them.",
]
CLICK_EMPTY = ["What to click: choose your own password, then Người dân → Nhập danh sách."]
CLICK_ADMIN = [
    "What to click: choose your own password, then Cán bộ → add a manager, who imports people and sends."
]


@dataclass(frozen=True)
class Welcome:
    """What to tell whoever started Loa Bản. The password is known only when it was made just now."""

    email: str | None
    password: str | None = field(repr=False)
    lines: list[str]


def prepare(empty: bool) -> Welcome:
    """Make ready what a first start needs; does nothing on later ones. Commits."""
    rehearsal = settings.get().rehearsal
    with db.transaction():
        areas.load_data()
        installation.is_ours()  # the first start founds it
        if accounts.anyone():
            return Welcome(None, None, SECOND_START)
        email, name, role = MANAGER if rehearsal else ADMIN
        staff, password = accounts.add(email, name, role, [], None)
    if not rehearsal:
        return Welcome(email, password, CLICK_ADMIN)
    if empty:
        return Welcome(email, password, CLICK_EMPTY)
    _sample(staff)
    with db.transaction():
        approver, his_password = accounts.add(*APPROVER, [], None)
    above = settings.get().approval_above
    second = (
        f"A new text, a new employer or more than {above} phones: approved by a second person,"
        f" {approver.email}, {his_password}"
    )
    return Welcome(email, password, [*CLICK, second])


def _sample(staff: Staff) -> None:
    with db.transaction():
        if db.session().scalar(select(Person.id).limit(1)) is not None:
            return
        batch = imports.check(SAMPLE.name, SAMPLE.read_bytes(), None, staff)
        imports.store(batch.id, True, None, staff)
        employer = employers.save(
            None, SAMPLE_EMPLOYER, "Khu công nghiệp Long Bình An", "", ("", None), staff
        )
        employers.mark_checked(employer, staff, HOW_CHECKED)
