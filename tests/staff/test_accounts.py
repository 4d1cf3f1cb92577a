"""Accounts: who gets in, who is locked out for a while, and which passwords are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service import db
from service.refused import Refused
from service.registry import areas
from service.staff import accounts, history
from service.staff.accounts import Staff

GOOD = "con trau di truoc cai cay"

pytestmark = pytest.mark.usefixtures("connected")


def hire(email: str = "Pao@Vidu.VN ", role: str = "manager") -> tuple[Staff, str]:
    with db.transaction():
        return accounts.add(email, "Sùng Mí Páo", role, [], None)


def attempt(email: str, password: str) -> Staff | None:
    right = accounts.knows_password(email, password)
    with db.transaction():
        return accounts.admit(email, right)


def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    """The hash that it is compared with has the same cost."""
    assert not accounts._hasher.check_needs_rehash(accounts._NO_ONE)


def change(staff: Staff, password: str) -> None:
    with db.transaction():
        found = accounts.find(staff.id)
        assert found is not None
        accounts.change_password(found, password)


def deeds() -> list[str]:
    found = [row.deed for row in history.page()]
    db.end_reading()
    return found


def test_the_one_time_password_opens_the_account_and_must_be_changed() -> None:
    staff, once = hire()
    assert staff.email == "pao@vidu.vn"
    assert staff.must_change_password
    assert attempt(" PAO@vidu.vn", once) is not None
    assert attempt("pao@vidu.vn", once + " ") is None


def test_neither_the_password_nor_a_trace_of_it_is_kept() -> None:
    staff, once = hire()
    assert staff.password_hash.startswith("$argon2id$")
    rows = history.page()
    assert once not in str([row.details for row in rows]) + staff.password_hash


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngan", "staff.short_password"),
        ("mười một k.", "staff.short_password"),  # 11 characters, though more bytes
        ("Matkhau@1234", "staff.common_password"),  # in the list, whatever its capitals
        ("aaaaaaaaaaaaaaaa", "staff.common_password"),
        ("abababababababab", "staff.common_password"),
    ],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    staff, once = hire()
    with pytest.raises(Refused) as refused:
        change(staff, password)
    assert refused.value.code == code
    assert attempt(staff.email, once) is not None


def test_a_changed_password_ends_other_sessions() -> None:
    staff, once = hire()
    epoch = staff.session_epoch
    change(staff, GOOD)
    assert attempt(staff.email, once) is None
    now = attempt(staff.email, GOOD)
    assert now is not None
    assert not now.must_change_password
    assert now.session_epoch > epoch


def test_five_wrong_passwords_lock_for_longer_each_time_and_the_right_one_opens_again() -> None:
    staff, once = hire()
    start = datetime.now(UTC)
    for _ in range(accounts.TRIES_BEFORE_LOCK):
        assert attempt(staff.email, "khong phai cai nay") is None
    with pytest.raises(Refused, match=r"staff\.locked"):
        attempt(staff.email, once)
    found = accounts.find(staff.id)
    assert found is not None
    assert found.locked_until is not None
    assert timedelta(seconds=25) < found.locked_until - start < timedelta(seconds=60)
    first = found.locked_until
    db.end_reading()
    with db.transaction() as session:  # the time is over
        row = session.get(Staff, staff.id)
        assert row is not None
        row.locked_until = start
    assert attempt(staff.email, "lai sai nua roi") is None
    found = accounts.find(staff.id)
    assert found is not None
    assert found.locked_until is not None
    assert found.locked_until > first
    with db.transaction() as session:
        row = session.get(Staff, staff.id)
        assert row is not None
        row.locked_until = start
    opened = attempt(staff.email, once)
    assert opened is not None
    assert (opened.failed_logins, opened.locked_until) == (0, None)
    assert deeds().count("staff.locked") == 2


def test_the_longest_lock_is_a_quarter_of_an_hour() -> None:
    staff, _once = hire()
    with db.transaction() as session:
        row = session.get(Staff, staff.id)
        assert row is not None
        row.failed_logins = 60
    attempt(staff.email, "khong phai cai nay")
    found = accounts.find(staff.id)
    assert found is not None
    assert found.locked_until is not None
    assert found.locked_until - datetime.now(UTC) <= accounts.LONGEST_LOCK


def test_an_unknown_address_and_an_ended_account_are_answered_alike() -> None:
    boss, _ = hire("boss@vidu.vn", "admin")
    staff, once = hire()
    with db.transaction():
        found = accounts.find(staff.id)
        assert found is not None
        accounts.deactivate(found, boss)
    assert attempt(staff.email, once) is None
    assert attempt("nobody@vidu.vn", once) is None


def test_nobody_ends_his_own_account() -> None:
    boss, _ = hire("boss@vidu.vn", "admin")
    with pytest.raises(Refused, match=r"staff\.not_yourself"), db.transaction():
        accounts.deactivate(boss, boss)


def test_adding_again_gives_a_new_password_and_role_and_ends_sessions() -> None:
    staff, once = hire()
    again, anew = hire(role="caller")
    assert (again.id, again.role) == (staff.id, "caller")
    assert again.session_epoch > staff.session_epoch
    assert attempt(staff.email, once) is None
    assert attempt(staff.email, anew) is not None


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [("khong co a cong", "manager", "staff.bad_email"), ("a@vidu.vn", "king", "staff.unknown_role")],
)
def test_nonsense_is_refused(email: str, role: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        hire(email, role)
    assert refused.value.code == code
    assert not accounts.anyone()


def test_an_officer_keeps_only_the_communes_given_last() -> None:
    with db.transaction():
        areas.load_data()
        first, second, third = (area.id for area in areas.communes()[:3])
        staff, _ = accounts.add("xa@vidu.vn", "Lý Văn Dính", "officer", [first, second, second], None)
        assert sorted(accounts.areas_of(staff)) == sorted([first, second])
        accounts.add("xa@vidu.vn", "", "officer", [third], None)
        assert accounts.areas_of(staff) == [third]


def test_history_is_paged_from_the_newest_to_the_oldest() -> None:
    staff, _ = hire()
    with db.transaction():
        for number in range(7):
            history.record("consent.given", staff, person=number % 2, channel="list", number=number)
    seen, before = [], None
    while rows := history.page(before, 3):
        seen += [row.details.get("number") for row in rows]
        before = rows[-1].id
    assert seen == [6, 5, 4, 3, 2, 1, 0, None]  # the oldest is the account itself
    assert [row.details["number"] for row in history.of_person(1)] == [5, 3, 1]


def test_moments_in_the_history_are_instants() -> None:
    with time_machine.travel(datetime(2026, 11, 23, 7, 5, tzinfo=UTC), tick=False):
        staff, _ = hire()
    row = history.page()[0]
    assert row.at.tzinfo is not None
    assert staff.created_at.tzinfo is not None
