"""``./loa campaign new``: a draft from a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import campaigns
from service.cli import cli
from service.registry import groups
from service.registry.choosing import Choice
from tests import world
from tests.campaigns.story import employer, me, newest
from tests.web.conftest import employ

EXAMPLE = settings.ROOT / "docs" / "campaign.example.toml"
MORE = """
departs_on = 2099-01-05
lodging = "có chỗ ở"
food = "nuôi ăn"
requirements = "18 đến 40 tuổi"
papers = "căn cước"
tell_rest = true
starts_at = 2099-01-01T07:00:00
waves = "first"
cap_vnd = 500000
notice = "recruit_in_province"
"""


@pytest.fixture(autouse=True)
def office(connected: Engine) -> None:
    with db.transaction():
        world.areas.load_data()
    employ("manager")
    employer()


def make(text: str, folder: Path) -> Result:
    file = folder / "viec.toml"
    file.write_text(text, encoding="utf-8")
    db.end_reading()
    return CliRunner().invoke(cli, ["campaign", "new", str(file)])


def test_the_example_is_a_draft(tmp_path: Path) -> None:
    made = make(EXAMPLE.read_text(encoding="utf-8"), tmp_path)
    assert made.exit_code == 0, made.output
    assert made.output.split() == [str(newest().id), newest().code]
    assert (newest().state, newest().post, newest().who.age_to) == ("draft", "công nhân may", 45)


def test_everything_that_a_letter_says_has_its_line(tmp_path: Path) -> None:
    with db.transaction():
        chosen = world.person("Sùng Mí Páo", world.number(1))
        group = groups.save("Thợ may", "fixed", Choice(persons=(chosen.id,)), me())
    text = EXAMPLE.read_text(encoding="utf-8").replace("[audience]", MORE + '\n[audience]\ngroup = "Thợ may"')
    assert make(text, tmp_path).exit_code == 0
    says = campaigns.content_of(newest())
    assert (says.departs_on, says.lodging, says.papers, says.tell_rest) == (
        date(2099, 1, 5),
        "có chỗ ở",
        "căn cước",
        True,
    )
    assert (says.starts_at, says.waves, says.cap_vnd) == (datetime(2099, 1, 1, tzinfo=UTC), "first", 500_000)
    assert says.audience.group == group.id


WRONG = [
    ('waves = "many"', "waves must be one of"),
    ('reach = "moon"', "cannot be read as a campaign"),
    ('starts_at = "mai"', "an instant is written as"),
    ('departs_on = "mai"', "a day is written as"),
    ('notice = "spam"', "notice must be one of"),
]


@pytest.mark.parametrize(("line", "sentence"), WRONG)
def test_a_mistake_is_one_line(tmp_path: Path, line: str, sentence: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    name = line.split(" ")[0]
    kept = "\n".join(one for one in text.splitlines() if not one.startswith(f"{name} ="))
    made = make(f"{line}\n{kept}", tmp_path)
    assert (made.exit_code, sentence in made.output) == (2, True), made.output
    db.end_reading()
    assert campaigns.listed() == []


def test_an_unknown_group_is_said(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8") + '\ngroup = "Không có"\n'
    made = make(text, tmp_path)
    assert (made.exit_code, "there is no group 'Không có'" in made.output) == (2, True)
