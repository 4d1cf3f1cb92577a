"""How it stands with an employer, who comes first in the list, and of whose licence we warn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from service import db
from service.campaigns import campaigns, employers
from service.campaigns.employers import Standing
from service.staff.accounts import Staff
from tests import world

TODAY = date(2026, 11, 24)
HOW = "xem bản gốc giấy đăng ký kinh doanh"


def made(name: str, by: Staff, until: int | None = None, checked: bool = True) -> employers.Employer:
    """An employer; ``until``: days from today until its licence runs out."""
    licence = ("12/LĐ", TODAY + timedelta(days=until)) if until is not None else ("", None)
    employer = employers.save(None, name, "", "", licence, by)
    if checked:
        employers.mark_checked(employer, by, HOW)
    return employer


@pytest.mark.parametrize(
    ("until", "checked", "standing"),
    [
        (None, True, Standing(True, "")),
        (None, False, Standing(False, "")),
        (400, True, Standing(True, "valid", 400)),
        (31, True, Standing(True, "valid", 31)),
        (30, True, Standing(True, "expiring", 30)),
        (0, True, Standing(True, "expiring", 0)),  # it holds on its last day
        (-1, True, Standing(True, "expired", -1)),
        (-1, False, Standing(False, "expired", -1)),
    ],
)
def test_how_it_stands(connected: Engine, until: int | None, checked: bool, standing: Standing) -> None:
    with db.transaction():
        employer = made("Công ty Than", world.staff(), until, checked)
        assert employers.standing(employer, TODAY) == standing


def test_what_needs_somebody_comes_first(connected: Engine) -> None:
    with db.transaction():
        by = world.staff()
        made("An", by)
        made("Bình", by, 300)
        made("Chi", by, 20)
        made("Dung", by, 5)
        made("Giang", by, -3)
        made("Hà", by, checked=False)
        assert [one.name for one, _standing in employers.by_need(TODAY)] == [
            "Hà", "Giang", "Dung", "Chi", "An", "Bình",
        ]  # fmt: skip


def test_we_warn_of_licences_that_run_out_and_forget_those_long_gone(connected: Engine) -> None:
    with db.transaction():
        by = world.staff()
        for name, until in (("An", 31), ("Bình", 30), ("Chi", 0), ("Dung", -30), ("Giang", -31)):
            made(name, by, until)
        made("Hà", by)
        assert [one.name for one in employers.expiring(today=TODAY)] == ["Dung", "Chi", "Bình"]
        assert [one.name for one in employers.expiring(31, TODAY)] == ["Giang", "Dung", "Chi", "Bình", "An"]


def test_a_change_of_licence_voids_the_check_and_names_who_entered_it(connected: Engine) -> None:
    with db.transaction():
        first, second = world.staff(), world.staff("manager", "lan@loaban.example")
        employer = made("Công ty Than", first, 100)
        employers.save(employer, "Công ty Than", "Hà Nội", "", ("12/LĐ", employer.licence_until), second)
        assert (employer.checked_by, employer.entered_by) == (first.id, first.id)
        employers.save(employer, "Công ty Than", "Hà Nội", "", ("13/LĐ", employer.licence_until), second)
        assert (employer.checked_by, employer.checked_at, employer.checked_how) == (None, None, "")
        assert employer.entered_by == second.id


def test_an_employer_has_its_campaigns(connected: Engine) -> None:
    with db.transaction():
        by = world.staff()
        campaign = world.campaign(by)
        other = made("Công ty khác", by)
        assert campaign.employer_id is not None
        assert campaigns.of_employer(campaign.employer_id) == [campaign]
        assert campaigns.of_employer(other.id) == []
