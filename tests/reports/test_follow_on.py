"""From a campaign to those of it who did not answer, or said yes and have no work yet."""

from __future__ import annotations

import pytest

from service import db
from service.campaigns import audience
from service.campaigns.campaigns import Campaign
from service.followup import outcomes, tasks
from service.refused import Refused
from service.registry.people import Person
from service.reports import follow_on
from service.staff.accounts import Staff
from tests import world
from tests.replies import talk
from tests.replies.talk import says

pytestmark = pytest.mark.usefixtures("connected")


@pytest.fixture
def sent(connected: object) -> tuple[Campaign, list[Person], Staff]:
    """Five people: the first two say yes, the second is in work, the third says no, the others nothing."""
    with db.transaction():
        village, by = world.village_of(5), world.staff()
        made = world.launched(by)
    talk.send_all()
    yes = [talk.interest(says(world.number(index), "1")) for index in (0, 1)]
    says(world.number(2), "không đi")
    with db.transaction():
        task = tasks.of_interest(yes[1].id)
        assert task is not None
        outcomes.record(task, "in_work", "", by, db.clock())
    return made, village, by


def begin(campaign: Campaign, which: str, by: Staff) -> Campaign:
    with db.transaction():
        return follow_on.begin(campaign, which, "Chưa trả lời", by)


@pytest.mark.parametrize(("which", "places"), [(follow_on.NO_ANSWER, [3, 4]), (follow_on.NOT_PLACED, [0])])
def test_a_follow_on_is_a_draft_for_exactly_these_people(
    sent: tuple[Campaign, list[Person], Staff], which: str, places: list[int]
) -> None:
    made, village, by = sent
    assert follow_on.count(made.id, which) == len(places)
    db.end_reading()
    draft = begin(made, which, by)
    assert (draft.state, draft.follows_id, draft.follows) == ("draft", made.id, which)
    assert (draft.text, draft.employer_id) == (made.text, made.employer_id)
    assert draft.code != made.code
    reached = [member.person_id for house in audience.sample(draft.who, 10) for member in house.members]
    db.end_reading()
    assert reached == [village[place].id for place in places]


def test_a_second_follow_on_gets_a_group_of_its_own(sent: tuple[Campaign, list[Person], Staff]) -> None:
    made, _village, by = sent
    first, second = (begin(made, follow_on.NO_ANSWER, by) for _ in range(2))
    assert first.audience["group"] != second.audience["group"]


def test_nobody_to_follow_makes_no_draft(sent: tuple[Campaign, list[Person], Staff]) -> None:
    made, _village, by = sent
    for index in (3, 4):
        says(world.number(index), "không đi")
    with pytest.raises(Refused, match=r"campaign\.nobody_to_follow"):
        begin(made, follow_on.NO_ANSWER, by)
