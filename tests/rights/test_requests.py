"""Requests about one's own data: until when, which first, and how they end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service import db
from service.refused import Refused
from service.registry.people import Person
from service.rights import requests
from service.rights.requests import CORRECT, DELETE, DONE, REFUSED, SEE, WITHDRAW
from service.staff.accounts import Staff
from service.text.words import today_in_vietnam
from tests import world

DEADLINES = [
    # kind, asked on (2026-11-23 is a Monday), due
    (SEE, date(2026, 11, 23), date(2026, 11, 25)),
    (SEE, date(2026, 11, 26), date(2026, 11, 30)),  # Thursday: Friday, Monday
    (SEE, date(2026, 11, 27), date(2026, 12, 1)),  # Friday: Monday, Tuesday
    (SEE, date(2026, 11, 28), date(2026, 12, 1)),  # Saturday
    (SEE, date(2026, 11, 29), date(2026, 12, 1)),  # Sunday
    (CORRECT, date(2026, 11, 27), date(2026, 12, 7)),
    (WITHDRAW, date(2026, 11, 27), date(2026, 12, 12)),  # calendar days, also when that is a Saturday
    (DELETE, date(2026, 12, 20), date(2027, 1, 9)),
]


@pytest.mark.parametrize(("kind", "asked_on", "due"), DEADLINES)
def test_the_law_counts_from_the_day_it_was_asked(kind: str, asked_on: date, due: date) -> None:
    assert requests.DEADLINES[kind].due(asked_on) == due


@pytest.fixture
def pao(by: Staff) -> Person:
    with db.transaction():
        return world.person("Sùng Mí Páo")


def test_the_nearest_deadline_comes_first_and_late_ones_are_marked(by: Staff, pao: Person) -> None:
    today = today_in_vietnam()
    with db.transaction():
        for kind, days_ago in ((DELETE, 0), (CORRECT, 9), (WITHDRAW, 30)):
            requests.ask(pao, kind, "", today - timedelta(days=days_ago), by)
    found = [(one.request.kind, one.request.urgency(today), one.name) for one in requests.open_requests()]
    assert found == [
        (WITHDRAW, "late", "Sùng Mí Páo"), (CORRECT, "soon", "Sùng Mí Páo"), (DELETE, "open", "Sùng Mí Páo"),
    ]  # fmt: skip
    assert requests.late_count(today) == 1


def test_it_is_closed_once_as_done_or_refused_with_a_reason(by: Staff, pao: Person) -> None:
    with db.transaction():
        request = requests.ask(pao, SEE, "hỏi ở chợ", today_in_vietnam(), by)
    for outcome, words, code in (
        (REFUSED, " - ", "rights.no_reason"),
        ("lost", "x", "rights.unknown_outcome"),
    ):
        with pytest.raises(Refused) as refused, db.transaction():
            requests.close(request, outcome, words, by)
        assert refused.value.code == code
    with db.transaction():
        requests.close(request, REFUSED, "không phải chính chủ", by)
    with pytest.raises(Refused) as refused, db.transaction():
        requests.close(request, DONE, "", by)
    assert refused.value.code == "rights.already_closed"
    db.end_reading()
    (one,) = requests.closed()
    assert (one.request.outcome, one.request.note) == (REFUSED, "hỏi ở chợ\n→ không phải chính chủ")
    assert requests.open_requests() == []


def test_what_cannot_be_is_refused(by: Staff, pao: Person) -> None:
    for kind, day, code in (
        ("sell", today_in_vietnam(), "rights.unknown_kind"),
        (SEE, today_in_vietnam() + timedelta(days=1), "rights.asked_later"),
    ):
        with pytest.raises(Refused) as refused, db.transaction():
            requests.ask(pao, kind, "", day, by)
        assert refused.value.code == code
