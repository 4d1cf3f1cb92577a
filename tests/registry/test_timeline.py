"""One time line for everything that happened with a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db
from service.campaigns import campaigns
from service.campaigns.audience import Audience
from service.campaigns.campaigns import Content
from service.carriers.base import Incoming
from service.followup import outcomes, tasks
from service.registry import consent, phones
from service.registry.people import Person
from service.replies import inbox
from service.replies.events import Received
from service.reports import timeline
from service.sending.messages import Message, MessagePerson
from service.staff.accounts import Staff
from tests.registry.conftest import PAO, as_csv, check, everybody, store
from tests.web.conftest import employ

pytestmark = pytest.mark.usefixtures("places")
JOB = Content(
    employer_id=None, post="thợ may", headcount=20, wage_from=None, wage_to=None, place="Hà Giang", reach="in_province",
    country="", deadline=None, audience=Audience(), text="Tuyển thợ may", encoding="plain", window_from=420, window_to=1200,
)  # fmt: skip


@pytest.fixture
def pao() -> Person:
    """Somebody who got an SMS, said yes, was called and found work."""
    by = employ("manager")
    store(check(as_csv(PAO)))
    (person,) = everybody()
    with db.transaction():
        campaign = campaigns.create(JOB, "twilio", by)
        db.session().flush()
        link = phones.of_person(person.id)[0]
        now = db.clock()
        message = Message(
            campaign_id=campaign.id, phone_id=link.phone_id, carrier="twilio", state="delivered", rank=50, text="Tuyển thợ may",
            parts=1, price_vnd=800, due=now, dispatched_at=now + timedelta(minutes=1), changed_at=now,
        )  # fmt: skip
        db.session().add(message)
        db.session().flush()
        db.session().add(MessagePerson(message_id=message.id, person_id=person.id))
    _answer_and_work(by)
    return everybody()[0]


def _answer_and_work(by: Staff) -> None:
    with db.transaction():
        at = db.clock() + timedelta(minutes=5)
        outcome = inbox.accept(Received(Incoming("twilio", "SM1", "sms", "+84912000345", "1"), at))
        tasks.open_for(outcome.interest)
    with db.transaction():
        assert outcome.interest is not None
        task = tasks.of_interest(outcome.interest.id)
        assert task is not None
        outcomes.record(task, "agreed", "", by, db.clock() + timedelta(hours=1))


def test_it_tells_everything_newest_first(pao: Person) -> None:
    entries = timeline.of_person(pao)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    kinds = [entry.deed.deed if entry.deed else entry.kind for entry in entries]
    assert sorted(kinds) == sorted(
        [
            "person.registered",
            "consent.given",
            "message.notice",
            "reply",
            "interest",
            "followup",
            "followup.agreed",
        ]
    )
    told = {entry.kind: entry for entry in entries}
    assert told["message.notice"].text == "Tuyển thợ may"
    assert told["reply"].values["meaning"] == "interested"
    assert told["message.notice"].campaign_id == told["interest"].campaign_id
    assert timeline.codes(entries).keys() == {told["interest"].campaign_id}


def test_work_stands_in_it_and_the_owed_call_goes(pao: Person) -> None:
    by = employ("caller")
    with db.transaction():
        (owed,) = [entry for entry in timeline.of_person(pao) if entry.kind == "followup"]
        task = db.session().query(tasks.FollowUp).one()
        assert owed.values["due"] == task.due
        outcomes.record(task, "in_work", "", by, db.clock())
    kinds = {entry.kind for entry in timeline.of_person(pao)}
    assert "placement" in kinds
    assert "followup" not in kinds


def test_what_came_from_a_shared_phone_is_marked(pao: Person) -> None:
    store(check(as_csv(["Vàng Thị Mỷ", *PAO[1:]])))
    assert "reply.shared" in {entry.kind for entry in timeline.of_person(pao)}
    my = everybody()[1]
    told = {entry.kind for entry in timeline.of_person(my)}
    assert "reply.shared" in told
    assert "message.notice" not in told  # it was written to Páo


def test_consent_withdrawn_by_hand_is_there_with_its_words(pao: Person) -> None:
    by = employ("manager")
    with db.transaction():
        found = db.session().get(Person, pao.id)
        assert found is not None
        consent.record(found, False, "call", "Đừng gửi nữa", by)
    newest = next(entry for entry in timeline.of_person(pao) if entry.kind.startswith("consent"))
    assert (newest.kind, newest.text, newest.staff_id) == ("consent.withdrawn", "Đừng gửi nữa", by.id)
