"""What is poisoned, comes late or comes twice: found by reading, kept as stories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from service import db, intake, settings
from service.carriers.base import Incoming, StatusUpdate
from service.followup import outcomes, tasks
from service.replies import events, interests
from service.replies.events import Received
from service.replies.inbox import Reply
from service.replies.interests import OPEN, WITHDRAWN, Interest
from service.sending import messages
from service.sending.claim import claim
from service.sending.messages import Status
from service.staff.accounts import Staff
from tests import world
from tests.replies import talk
from tests.replies.talk import all_of, says, sent_campaign
from tests.sending.test_review import at_once
from workers import upkeep

pytestmark = pytest.mark.usefixtures("connected")
NUMBER = world.number(1)
POISON = "\ud800"  # half of a character: no database stores it


def manager() -> Staff:
    with db.transaction():
        return world.staff()


def one_villager() -> None:
    with db.transaction():
        world.person("Vàng Mí Páo", NUMBER)


def texts() -> list[str]:
    return [reply.text for reply in all_of(Reply) if isinstance(reply, Reply)]


# ------------------------------------------------------------------------------------------------------- poison


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(Incoming("twilio", "SM1", "sms", NUMBER, POISON), id="a reply"),
        pytest.param(StatusUpdate("twilio", "SM1", None, "sent", POISON, ""), id="a report"),
    ],
)
def test_a_poisoned_event_is_kept_tried_once_more_and_then_put_aside(event: events.Event) -> None:
    assert intake.take_in(Received(event, db.clock()))  # the carrier need not say it again
    events.spool(talk.incoming(NUMBER, "1"))
    assert events.spool_size() == 2
    assert upkeep.replay_spool() == 1  # the one behind it is not kept waiting
    assert texts() == ["1"]
    assert upkeep.replay_spool() == 0
    assert [path.suffix for path in folder_of_the_spool()] == [".aside"]
    assert events.spool_size() == 1  # staff see that something lies there


def folder_of_the_spool() -> list[Path]:
    return sorted((settings.get().data / "spool").iterdir())


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kind": "letter", "at": "2026", "event": {}}', "\0\0\0"])
def test_a_file_that_cannot_be_read_does_not_keep_the_others_waiting(text: str) -> None:
    events.spool(talk.incoming(NUMBER, "1"))
    (folder_of_the_spool()[0].with_name("00000000-damaged.json")).write_text(text)
    assert upkeep.replay_spool() == 1
    assert texts() == ["1"]
    assert upkeep.replay_spool() == 0
    assert events.spool_size() == 1


def test_the_spool_waits_while_the_database_is_down() -> None:
    events.spool(talk.incoming(NUMBER, "1"))
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    with pytest.raises(events.AWAY):
        upkeep.replay_spool()
    db.connect(settings.get().database_url)
    assert upkeep.replay_spool() == 1
    assert events.spool_size() == 0


def test_while_the_database_is_down_a_reply_is_written_to_disk() -> None:
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    assert intake.take_in(talk.incoming(NUMBER, "1"))
    db.connect(settings.get().database_url)
    assert upkeep.replay_spool() == 1
    assert texts() == ["1"]


def test_when_the_disk_fails_too_the_carrier_is_asked_to_try_again() -> None:
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    (settings.get().data / "spool").write_text("a file where the folder should be")
    assert not intake.take_in(talk.incoming(NUMBER, "1"))


# --------------------------------------------------------------------------------------------------------- late


def state_of_the_interest() -> str:
    (found,) = all_of(Interest)
    assert isinstance(found, Interest)
    return found.state


def test_a_yes_that_waited_on_disk_does_not_overrule_a_later_no() -> None:
    one_villager()
    sent_campaign()
    earlier = db.clock()
    says(NUMBER, "1", at=earlier - timedelta(hours=1))
    events.spool(talk.incoming(NUMBER, "1", at=earlier))
    says(NUMBER, "khong", at=earlier + timedelta(seconds=3))
    assert state_of_the_interest() == WITHDRAWN
    assert upkeep.replay_spool() == 1
    assert state_of_the_interest() == WITHDRAWN


def test_a_no_that_waited_on_disk_does_not_overrule_a_later_yes() -> None:
    one_villager()
    made = sent_campaign()
    earlier = db.clock()
    events.spool(talk.incoming(NUMBER, "khong", at=earlier))
    says(NUMBER, "1", at=earlier + timedelta(seconds=3))
    upkeep.replay_spool()
    assert state_of_the_interest() == OPEN
    assert interests.count(made.id) == 1


def test_a_reply_after_an_old_message_turned_out_to_have_gone_out_belongs_to_the_newest() -> None:
    one_villager()
    by = manager()
    with db.transaction():
        world.launched(by)
    with db.transaction():  # put back as not sent; then the carrier reports it after all
        (one,) = claim(world.ScriptedCarrier(), "w", 10, db.clock())
        messages.leave([one.id], "ready", "no_connection", db.clock())
        messages.hear_back(one.id, Status("delivered", "delivered"))
    second = sent_campaign(by)
    assert talk.reply(says(NUMBER, "1")).campaign_id == second.id


def test_a_no_that_comes_while_the_outcome_is_written_down_does_not_undo_the_outcome() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    task = talk.task_of(talk.interest(says(NUMBER, "1")))

    def recording(now_the_other: Callable[[], None]) -> None:
        with db.transaction():
            found = tasks.find(task.id, by)
            assert found is not None
            tasks.claim(found, by, db.clock())
            now_the_other()
            outcomes.record(found, "in_work", "", by, db.clock())

    def a_no() -> None:
        says(NUMBER, "khong")

    at_once(recording, a_no)
    assert state_of_the_interest() == WITHDRAWN
    assert talk.task_of(talk.interest(says(NUMBER, "khong"))).state == tasks.DONE
