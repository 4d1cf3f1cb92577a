"""The checks of job, audience and hours: each has a case in which it, and it alone, speaks. The text has test_lint.py."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service import settings
from service.campaigns import checks
from service.campaigns.audience import Count
from service.web.sentences import SENTENCES
from tests import world
from tests.campaigns.situations import ABROAD, ANSWERS, LICENSED, TODAY, employer, situation

PAST = date(2026, 11, 22)
CALLS = replace(ANSWERS, can_call=True)
THEN_CALL = {"channel": "sms", "second": "voice", "second_after_h": 24}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("check.no_employer", {}, {"employer": None}),
    ("check.employer_unchecked", {}, {"employer": employer(checked_at=None)}),
    ("check.no_licence", ABROAD, {"employer": employer()}),
    ("check.no_licence", ABROAD, {"employer": employer(**{**LICENSED, "licence_until": PAST})}),
    ("check.no_licence", ABROAD, {"employer": employer(**{**LICENSED, "licence_until": None})}),
    ("check.no_post", {"post": ""}, {}),
    ("check.no_headcount", {"headcount": None}, {}),
    ("check.no_wage_from", {"wage_from": None}, {}),
    ("check.no_place", {"place": ""}, {}),
    ("check.wage_order", {"wage_to": 7_000_000}, {}),
    ("check.no_country", {**ABROAD, "country": ""}, {"employer": employer(**LICENSED)}),
    ("check.no_deadline", {"deadline": None}, {}),
    ("check.deadline_past", {"deadline": PAST}, {}),
    ("check.departs_past", {"departs_on": PAST}, {}),
    ("check.nobody", {}, {"count": Count(9, 0, 0, {"no_consent": 9})}),
    ("check.no_text", {"text": " \n "}, {}),
    ("check.no_text", {"channel": "voice", "second": "sms", "text": ""}, {"capabilities": CALLS}),
    ("check.braces", {"post": "thợ {x}"}, {}),
    ("check.braces", {"papers": "căn cước {"}, {}),
    ("check.braces", {}, {"employer": employer(name="Công ty {ma}")}),
    ("check.window_order", {"window_from": 1320, "window_to": 420}, {}),
    ("check.cannot_call", {"channel": "voice"}, {}),
    ("check.no_call_price", {"channel": "voice"}, {"capabilities": CALLS, "call_price_vnd": None}),
    ("check.no_call_price", {**THEN_CALL}, {"capabilities": CALLS, "call_price_vnd": None}),
    (
        "check.call_missing",
        {"channel": "voice", "notice": "place_booked", "papers": "căn cước"},
        {"capabilities": CALLS},
    ),
    ("check.call_unfinished", {"channel": "voice", "notice": "meeting_invitation"}, {"capabilities": CALLS}),
    ("check.second_same", {"channel": "sms", "second": "sms"}, {}),
    ("check.second_same", {"channel": "voice", "second": "voice"}, {"capabilities": CALLS}),
    ("check.second_cannot_call", {**THEN_CALL}, {}),
    (
        "check.call_missing",
        {**THEN_CALL, "notice": "place_booked", "papers": "căn cước"},
        {"capabilities": CALLS},
    ),
    ("check.no_text", {"channel": "voice", "second": "sms", "text": ""}, {"capabilities": CALLS}),
    ("check.second_hours", {**THEN_CALL, "second_after_h": 0}, {"capabilities": CALLS}),
    ("check.second_hours", {**THEN_CALL, "second_after_h": 73}, {"capabilities": CALLS}),
]


@pytest.fixture(autouse=True)
def default_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The checks look at the lawful hours."""
    monkeypatch.setenv("LOA_DATA", str(tmp_path))
    settings.get.cache_clear()
    yield
    settings.get.cache_clear()


@pytest.mark.parametrize(("code", "at", "changes"), CASES)
def test_what_is_wrong_is_said_and_nothing_else(
    code: str, at: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert [problem.code for problem in checks.problems(situation(at, **changes))] == [code]


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        ({}, {}),
        (ABROAD, {"employer": employer(**LICENSED)}),
        ({"deadline": TODAY, "departs_on": TODAY, "wage_to": 8_000_000}, {}),
        ({"channel": "voice"}, {"capabilities": CALLS}),
        ({"channel": "voice", "text": ""}, {"capabilities": CALLS}),  # whoever only calls writes nothing
        ({"second": "sms", "channel": "voice"}, {"capabilities": CALLS}),
        ({"channel": "voice", "second": "sms", "second_after_h": 0}, {"capabilities": CALLS}),
        ({**THEN_CALL, "second_after_h": 1}, {"capabilities": CALLS}),
        ({**THEN_CALL, "second_after_h": 72}, {"capabilities": CALLS}),
    ],
)
def test_what_is_right_passes(at: dict[str, Any], changes: dict[str, Any]) -> None:
    assert checks.problems(situation(at, **changes)) == []
    assert checks.advice(situation(at, **changes)) == []


@pytest.mark.parametrize(
    ("hours", "window", "code"),
    [
        ("07:00-22:00", {"window_from": 419}, "check.window_hours"),
        ("07:00-22:00", {"window_to": 1321}, "check.window_hours"),
        ("07:00-22:00", {}, None),
    ],
)
def test_sending_outside_the_offices_hours_is_refused(
    hours: str, window: dict[str, Any], code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_SMS_HOURS", hours)
    settings.get.cache_clear()
    assert [one.code for one in checks.problems(situation(window))] == ([code] if code else [])


@pytest.mark.parametrize(
    ("hours", "code"), [("22:00-23:00", "check.window_closed"), ("06:00-21:00", "check.window_hours")]
)
def test_with_a_real_carrier_the_law_holds_too(
    hours: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Advertising (and what nobody has classed) goes out from 07:00 to 22:00, whatever the office says."""
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_SMS_FROM": "+84912000000", "LOA_SMS_HOURS": hours,
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    made = situation(
        {"window_from": 380, "window_to": 1200, "law_class": "advertising", "text": "[QC] " + world.TEXT}
    )
    assert code in [one.code for one in checks.problems(made)]


def test_the_second_channel_needs_lawful_hours_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """SMS may go out from 18:00 to 20:00; calls of a campaign that nobody classed end at 17:00."""
    for name, value in {
        "TWILIO_ACCOUNT_SID": "AC" + "1" * 32, "TWILIO_SMS_FROM": "+84912000000", "LOA_SMS_HOURS": "18:00-20:00",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.get.cache_clear()
    made = situation({**THEN_CALL, "window_from": 18 * 60, "window_to": 20 * 60}, capabilities=CALLS)
    assert [(one.code, one.field) for one in checks.problems(made)] == [("check.window_closed", "second")]


@pytest.mark.parametrize(
    ("number", "at", "wrong"),
    [
        ("", {"text": world.TEXT + ". {nhay_may}."}, True),
        ("", {"missed_call": "yes", "text": world.TEXT + ". Nháy máy nếu muốn đi."}, True),
        ("", {"missed_call": "yes", "channel": "voice"}, True),
        ("", {"text": world.TEXT + ". Nháy máy số này để cán bộ gọi lại."}, False),  # a telephone on a desk
        ("0219 300 0001", {"text": world.TEXT + ". {nhay_may}."}, False),
        ("0219 300 0001", {"missed_call": "yes", "channel": "voice"}, False),
    ],
)
def test_who_is_to_let_a_number_ring_must_be_told_which(
    number: str, at: dict[str, Any], wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_MISSED_CALL_NUMBER", number)
    settings.get.cache_clear()
    codes = [one.code for one in checks.problems(situation(at, capabilities=CALLS))]
    assert ("check.no_missed_call_number" in codes) is wrong
    assert wrong or codes == []


def test_every_check_has_a_case_and_a_sentence() -> None:
    strings = {node.value for node in ast.walk(ast.parse(inspect.getsource(checks))) if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    codes = {word for word in strings if word.startswith("check.") and not word.endswith("_")}
    codes |= {f"check.no_{name}" for name in ("post", "headcount", "wage_from", "place")}
    assert codes - {code for code, _at, _changes in CASES} == {
        "check.window_hours", "check.window_closed", "check.no_missed_call_number",
    }  # fmt: skip
    assert {code for code in codes if code not in SENTENCES} == set()


def test_all_problems_come_at_once_in_the_order_of_the_form() -> None:
    made = situation({"post": "", "deadline": None, "text": ""}, employer=None)
    assert [one.field for one in checks.problems(made)] == ["employer_id", "post", "deadline", "text"]


def test_advice_does_not_stop_a_launch() -> None:
    made = situation({"text": world.TEXT + ". Gọi 0912 000 345"})
    assert checks.problems(made) == []
    assert [(one.code, one.severity) for one in checks.advice(made)] == [("lint.other_number", checks.ADVISE)]
