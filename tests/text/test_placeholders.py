"""Filling notices. What staff type is data: nothing in it is run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.text import placeholders
from service.text.placeholders import MissingValues, Problem

FILLED = [
    pytest.param("Chào {ten}!", "Chào Páo!", id="one"),
    pytest.param("{ten} {xa} {ten}", "Páo Sủng Trà Páo", id="one twice"),
    pytest.param("100 % cho {ten}, 5%s", "100 % cho Páo, 5%s", id="percent signs are text"),
    pytest.param(
        "{ten.__class__} {0} {} {{ten}}", "{ten.__class__} {0} {} {Páo}", id="nothing of str.format"
    ),
    pytest.param("không có gì", "không có gì", id="none"),
    pytest.param("{họ tên}", "{họ tên}", id="braces around words stay"),
]


@pytest.mark.parametrize(("template", "text"), FILLED)
def test_filling(template: str, text: str) -> None:
    assert placeholders.fill(template, {"ten": "Páo", "xa": "Sủng Trà"}) == text


def test_values_are_not_looked_into() -> None:
    assert placeholders.fill("{ten} {xa}", {"ten": "{xa} %s %(xa)s", "xa": "X"}) == "{xa} %s %(xa)s X"


@pytest.mark.parametrize(("template", "missing"), [("{a} {b} {c}", ("a", "c")), ("{a}", ("a",))])
def test_missing_values_are_named(template: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(MissingValues) as caught:
        placeholders.fill(template, {"b": "x"})
    assert caught.value.names == missing


def test_names() -> None:
    assert placeholders.names("{ten} {ma_2} {Ten} {2} {a b}") == {"ten", "ma_2"}


PROBLEMS = [
    pytest.param("{ten}", [], id="good"),
    pytest.param("{tne}", [("unknown_placeholder", "{tne}", 0)], id="a slip"),
    pytest.param("a {ten.__class__}", [("unknown_placeholder", "{ten.__class__}", 2)], id="attribute access"),
    pytest.param("{}", [("unknown_placeholder", "{}", 0)], id="empty"),
    pytest.param("{ten", [("unbalanced_brace", "{", 0)], id="never closed"),
    pytest.param("ten}", [("unbalanced_brace", "}", 3)], id="never opened"),
    pytest.param("{{ten}}", [("unbalanced_brace", "{", 0), ("unbalanced_brace", "}", 6)], id="doubled"),
]


@pytest.mark.parametrize(("template", "found"), PROBLEMS)
def test_problems_are_found_before_sending(template: str, found: list[tuple[str, str, int]]) -> None:
    assert placeholders.problems(template, {"ten"}) == [Problem(*one) for one in found]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%s(ten)_ a.", max_size=40), st.text(alphabet="{}%ten", max_size=10))
def test_the_result_is_the_template_with_its_placeholders_replaced(template: str, value: str) -> None:
    values = dict.fromkeys(placeholders.names(template), value)
    parts = placeholders._PLACEHOLDER.split(template)
    assert placeholders.fill(template, values) == "".join(
        value if place % 2 else part for place, part in enumerate(parts)
    )
