"""The checks before sending: each has a case in which it, and it alone, speaks."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from service import settings
from service.campaigns import checks
from service.campaigns.audience import Count
from service.campaigns.campaigns import Campaign
from service.campaigns.checks import Situation
from service.campaigns.employers import Employer
from service.carriers.base import Capabilities
from service.web.sentences import SENTENCES
from tests import world

TODAY = date(2026, 11, 23)
CHECKED = datetime(2026, 11, 1, tzinfo=world.UTC)
ANSWERS = Capabilities(True, False, False, False, False, "network")
GOOD = {
    "post": "công nhân may", "headcount": 20, "wage_from": 8_000_000, "wage_to": None, "place": "Tuyên Quang",
    "reach": "in_province", "country": "", "deadline": date(2026, 12, 30), "text": world.TEXT,
    "window_from": 420, "window_to": 1320,
}  # fmt: skip
ABROAD = {"reach": "abroad", "country": "Nhật Bản", "text": world.TEXT + " Không nộp tiền cho bất kỳ ai."}


def employer(**changes: Any) -> Employer:
    facts = {
        "name": "Công ty May Hoa Đào",
        "licence_number": "",
        "licence_until": None,
        "checked_at": CHECKED,
    }
    return Employer(**{**facts, **changes})


LICENSED = {"licence_number": "12/LĐ", "licence_until": TODAY}


def situation(at: dict[str, Any] | None = None, **changes: Any) -> Situation:
    return replace(
        Situation(Campaign(**{**GOOD, **(at or {})}), employer(), Count(9, 9, 7, {}), ANSWERS, 2, TODAY),
        **changes,
    )


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("check.no_employer", {}, {"employer": None}),
    ("check.employer_unchecked", {}, {"employer": employer(checked_at=None)}),
    ("check.no_licence", ABROAD, {"employer": employer()}),
    ("check.no_licence", ABROAD, {"employer": employer(**{**LICENSED, "licence_until": date(2026, 11, 22)})}),
    ("check.no_licence", ABROAD, {"employer": employer(**{**LICENSED, "licence_until": None})}),
    ("check.no_post", {"post": ""}, {}),
    ("check.no_headcount", {"headcount": None}, {}),
    ("check.no_wage_from", {"wage_from": None}, {}),
    ("check.no_place", {"place": ""}, {}),
    ("check.wage_order", {"wage_to": 7_000_000}, {}),
    ("check.no_country", {**ABROAD, "country": ""}, {"employer": employer(**LICENSED)}),
    ("check.no_deadline", {"deadline": None}, {}),
    ("check.deadline_past", {"deadline": date(2026, 11, 22)}, {}),
    ("check.nobody", {}, {"count": Count(9, 0, 0, {"no_consent": 9})}),
    ("check.no_text", {"text": " \n "}, {}),
    ("check.placeholder", {"text": world.TEXT + "{ten}"}, {}),
    ("check.placeholder", {"text": world.TEXT + "{name.__class__}"}, {}),
    ("check.placeholder", {"text": world.TEXT + "{"}, {}),
    ("check.no_ma", {"text": world.TEXT.replace("{ma}", "")}, {}),
    ("check.no_duong_day_nong", {"text": world.TEXT.replace("{duong_day_nong}", "")}, {}),
    ("check.text_no_employer", {"text": world.TEXT.replace("{doanh_nghiep}", "")}, {}),
    ("check.no_opt_out", {"text": world.TEXT.replace("Không nhận tin: TC", "")}, {}),
    ("check.cannot_answer", {}, {"capabilities": replace(ANSWERS, receives_sms=False)}),
    ("check.no_money_warning", {**ABROAD, "text": world.TEXT}, {"employer": employer(**LICENSED)}),
    ("check.link", {"text": world.TEXT + " https://vidu.vn"}, {}),
    ("check.link", {"text": world.TEXT + " www.vidu.vn"}, {}),
    ("check.braces", {"post": "thợ {x}"}, {}),
    ("check.too_long", {}, {"longest_parts": checks.MOST_PARTS + 1}),
    ("check.window_order", {"window_from": 1320, "window_to": 420}, {}),
]  # fmt: skip


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
        ({"deadline": TODAY, "wage_to": 8_000_000}, {}),
        ({}, {"longest_parts": checks.MOST_PARTS}),
    ],
)
def test_what_is_right_passes(at: dict[str, Any], changes: dict[str, Any]) -> None:
    assert checks.problems(situation(at, **changes)) == []


def test_sending_outside_the_lawful_hours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_SMS_HOURS", "07:00-22:00")
    settings.get.cache_clear()
    for window in ({"window_from": 419}, {"window_to": 1321}):
        assert [one.code for one in checks.problems(situation(window))] == ["check.window_hours"]
    assert checks.problems(situation()) == []


def test_every_check_has_a_case_and_a_sentence() -> None:
    strings = {node.value for node in ast.walk(ast.parse(inspect.getsource(checks))) if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    codes = {word for word in strings if word.startswith("check.") and not word.endswith("_")}
    codes |= {
        f"check.no_{name}" for name in ("post", "headcount", "wage_from", "place", "ma", "duong_day_nong")
    }
    assert codes - {code for code, _at, _changes in CASES} == {"check.window_hours"}
    assert {code for code in codes if code not in SENTENCES} == set()


def test_a_wrong_placeholder_is_named_as_it_stands_in_the_text() -> None:
    [problem] = checks.problems(situation({"text": world.TEXT + "{ten}"}))
    assert problem.values["what"] == "{ten}"


def test_all_problems_come_at_once_in_the_order_of_the_form() -> None:
    made = situation({"post": "", "deadline": None, "text": ""}, employer=None)
    assert [one.field for one in checks.problems(made)] == ["employer_id", "post", "deadline", "text"]
