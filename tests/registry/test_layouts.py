"""One list in a hundred shapes: whoever wrote it down, the same people come out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.registry import offices
from tests.registry.offices import E164, ENCODINGS, FONTS, FOUND, HEADINGS, Office
from tests.registry.reading import Read, code_of, mobiles, read

pytestmark = pytest.mark.usefixtures("places")
ORDER = ("index", "name", "birth", "gender", "phone", "hamlet", "commune", "consent")
LATIN_ONLY = frozenset("✓″〃")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading asks the database for names of places alone."""
    return sqlite_url


def seen(found: Read) -> list[Any]:
    return [
        entry
        and (
            entry.name, entry.birth_year, entry.gender, mobiles(entry), entry.hamlet, code_of(entry.commune), entry.consent,
        )
        for entry in found.entries.values()
    ]  # fmt: skip


def meant(office: Office) -> list[Any]:
    return [
        (one.name, one.year, one.gender, [E164[n] for n in one.phones], one.hamlet, one.code, one.consent)
        for one in offices.people_of(office)
    ]


any_office = st.builds(
    Office,
    order=st.permutations(ORDER[1:]).flatmap(
        lambda order: st.sampled_from((("index", *order), tuple(order), ("index", *order, "notes"), ("index", "ethnic", *order, "card")))
    ),
    heading=st.integers(0, 8), phone=st.integers(0, 8), between=st.integers(0, 6), birth=st.integers(0, 9),
    gender=st.sampled_from(("words", "women", "both", "two_rows", "years")), gender_words=st.integers(0, 3),
    commune=st.sampled_from(("each", "once", "section", "title", "code")), ditto=st.integers(0, 9), consent=st.integers(0, 4),
    titles=st.integers(0, 5), ending=st.integers(0, 5), numbering=st.booleans(), again=st.booleans(), blanks=st.booleans(),
    capitals=st.booleans(), hamlet_word=st.sampled_from(("", "Thôn ", "thôn ", "T. ")),
)  # fmt: skip
settings_here = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def is_plain(office: Office) -> bool:
    """Nothing that an old font has no letter for."""
    return not LATIN_ONLY & set("".join(cell for row in offices.rows(office) for cell in row))


@settings_here
@given(office=any_office, encoding=st.sampled_from(sorted(ENCODINGS)), delimiter=st.sampled_from(",;\t"))
def test_text_in_any_layout_and_encoding_gives_the_same_people(
    office: Office, encoding: str, delimiter: str
) -> None:
    if not encoding.startswith("utf") and not is_plain(office):
        office.consent, office.ditto = 0, 1
    found = read(offices.as_text(offices.rows(office), encoding, delimiter))
    assert seen(found) == meant(office)
    assert [problem for problem in found.problems if problem.severity == "error"] == []
    assert found.sheet.encoding == FOUND[encoding]


@settings_here
@given(office=any_office, font=st.sampled_from(sorted(FONTS)), numbers=st.booleans())
def test_a_workbook_in_any_layout_and_font_gives_the_same_people(
    office: Office, font: str, numbers: bool
) -> None:
    found = read(offices.as_workbook(offices.rows(office), font, numbers), "list.xlsx")
    assert seen(found) == meant(office)
    assert [problem for problem in found.problems if problem.severity == "error"] == []
    assert (found.sheet.encoding, found.sheet.name) == (font, "Danh sách")


@pytest.mark.parametrize("name", ["name", "birth", "gender", "phone", "hamlet", "commune", "consent"])
def test_every_way_to_head_a_column_is_understood(name: str) -> None:
    for place in range(len(HEADINGS[name])):
        office = Office(heading=place)
        assert seen(read(offices.as_text(offices.rows(office), "utf-8", ","))) == meant(office), HEADINGS[
            name
        ][place]
