"""The buttons of a sent campaign: enough people, tell the rest, go on to those who did not answer."""

from __future__ import annotations

import pytest

from service import db
from service.campaigns import campaigns
from service.campaigns.campaigns import Campaign
from service.followup import outcomes, tasks
from tests import world
from tests.campaigns.test_campaign_pages import me
from tests.replies import talk
from tests.replies.talk import says
from tests.web.conftest import Visitor, words


@pytest.fixture
def sent(manager: Visitor) -> Campaign:
    """Four people: two say yes, one of them agreed to go."""
    with db.transaction():
        world.village_of(4)
        made = world.launched(me(), headcount=9)
    talk.send_all()
    yes = [talk.interest(says(world.number(index), "1")) for index in (0, 1)]
    with db.transaction():
        task = tasks.of_interest(yes[0].id)
        assert task is not None
        outcomes.record(task, "agreed", "", me(), db.clock())
    db.end_reading()
    return made


def test_closed_by_hand_the_rest_is_told_by_a_button_that_names_them(
    manager: Visitor, sent: Campaign
) -> None:
    page = words(manager.get(f"/campaigns/{sent.id}/live"))
    assert "1 trên 9 chỗ đã có người" in page
    manager.post(f"/campaigns/{sent.id}/close")
    page = words(manager.get(f"/campaigns/{sent.id}/live"))
    assert "Báo 1 người: đã đủ" in page
    manager.post(f"/campaigns/{sent.id}/tell-rest")
    assert talk.send_all() == 1
    page = words(manager.get(f"/campaigns/{sent.id}/live"))
    assert "Báo 1 người" not in page
    manager.post(f"/campaigns/{sent.id}/tell-rest")
    assert talk.send_all() == 0


@pytest.mark.parametrize(
    ("which", "button"),
    [
        ("no_answer", "Soạn tin cho 2 người chưa trả lời"),
        ("not_placed", "Soạn tin cho 2 người muốn đi, chưa có việc"),
    ],
)
def test_a_follow_on_takes_two_clicks(manager: Visitor, sent: Campaign, which: str, button: str) -> None:
    assert button in words(manager.get(f"/campaigns/{sent.id}/live"))
    answer = manager.post(f"/campaigns/{sent.id}/follow-on", which=which)
    assert answer.status_code == 303
    db.end_reading()
    [draft] = campaigns.in_state("draft")
    assert (draft.follows_id, draft.follows) == (sent.id, which)
    assert answer.headers["Location"].endswith(f"/campaigns/{draft.id}")
    db.end_reading()


def test_the_rest_of_an_open_campaign_is_not_told(manager: Visitor, sent: Campaign) -> None:
    manager.post(f"/campaigns/{sent.id}/tell-rest")
    assert talk.send_all() == 0
