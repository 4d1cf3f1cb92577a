"""Whatever happens in whatever order: never a call and an SMS on the wire for one phone, nothing twice, nobody lost."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from service import db
from service.campaigns.campaigns import Campaign
from service.carriers.base import Accepted, CarrierError, Proof
from service.registry import phones
from service.sending import listened, messages, mixes, sums
from service.sending.claim import Claimed
from service.sending.dispatch import Result, note
from service.sending.messages import NOT_OVER, NOTICE, SECOND, SMS, VOICE, WAITING
from tests import world
from tests.sending import mixed
from tests.sending.mixed import HOUR, MINUTE, NOW, OFF, look, press, report, take, whole, write

pytestmark = pytest.mark.usefixtures("connected")

SIZE, STEPS, SECOND_AFTER_H = 5, 120, 2
ON_THE_WIRE = ("sending", "unknown")
WORDS = {
    SMS: (("sent", ""), ("delivered", ""), ("failed", OFF), ("failed", "30008")),
    VOICE: (("ringing", ""), ("answered", ""), ("completed", ""), ("busy", ""), ("no_answer", ""), ("failed", "30003")),
}  # fmt: skip
ANSWERS = ("1", "khong", "hoi them", "TC")


class Office:
    """Two campaigns, one each way round, for the same phones; and a judge who sees all that is handed over."""

    def __init__(self, seed: int) -> None:
        self.dice, self.at = random.Random(seed), NOW
        with db.transaction():
            world.village_of(SIZE)
            by, facts = world.staff(), {"deadline": mixed.LONG, "second_after_h": SECOND_AFTER_H}
            self.campaigns = [
                world.launched(by, channel=SMS, second=VOICE, **facts),
                world.launched(by, channel=VOICE, second=SMS, **facts),
            ]
        self.ids = {one.id for one in self.campaigns}
        self.wire: list[Claimed] = []
        self.accepted: Counter[int] = Counter()
        self.answered: set[tuple[int, int]] = set()  # campaign, phone
        self.pressed: set[int] = set()  # phones that pressed a key other than 9 in a call
        self.heard: set[int] = set()  # phones that listened to a whole call

    def step(self) -> None:
        deeds = (
            self.claim,
            self.claim,
            self.hear_from_carrier,
            self.report,
            self.report,
            self.report,
            self.answer,
        )
        deed = self.dice.choice((*deeds, self.press, self.sweep, self.sweep, self.wait, self.settle_unknown))
        deed()
        self.judge()

    def claim(self) -> None:
        on_wire = {(one.phone_id, one.channel) for one in self.now(*ON_THE_WIRE)}
        batch = [one for one in take(self.at, self.dice.choice((1, 3, 50))) if one.campaign_id in self.ids]
        for one in batch:
            other = VOICE if one.channel == SMS else SMS
            assert (one.phone_id, other) not in on_wire
            self.may_go(one)
        of_phones = Counter(one.phone_id for one in batch)
        assert not of_phones or max(of_phones.values()) == 1
        self.wire += batch

    def may_go(self, one: Claimed) -> None:
        """Judged by what the carrier and the villagers did, not by what our books say of it."""
        campaign = next(each for each in self.campaigns if each.id == one.campaign_id)
        mine = [
            each
            for each in self.all()
            if (each.campaign_id, each.phone_id) == (one.campaign_id, one.phone_id)
        ]
        if one.channel == campaign.channel:
            assert all(each.kind == NOTICE or self.waits(each) or each.state == "skipped" for each in mine)
            return
        firsts = [each for each in mine if each.kind == NOTICE]
        assert all(each.state not in WAITING for each in firsts)
        if one.channel == VOICE:
            assert (one.campaign_id, one.phone_id) not in self.answered
        else:
            assert all(each.state not in NOT_OVER for each in firsts)
            assert one.phone_id in self.pressed | self.heard

    def hear_from_carrier(self) -> None:
        """It takes some of what is on the wire, refuses some, and says nothing about some."""
        batch, self.wire = self.wire, []
        answers: list[Accepted | CarrierError | None] = []
        for one in batch:
            fate = self.dice.random()
            if fate < 0.75:
                self.accepted[one.id] += 1
                answers.append(Accepted(f"ID{one.id:020d}"))
            elif fate < 0.85:
                answers.append(CarrierError("ReadTimeout", Proof.NOTHING))
            else:
                answers.append(self.dice.choice((None, CarrierError("20429", Proof.NOT_PROCESSED, 1.0))))
        with db.transaction():
            note("twilio", [Result(one, answer) for one, answer in zip(batch, answers, strict=True)], self.at)

    def report(self) -> None:
        out = self.now("accepted", "ringing", "sent", "answered", "failed", "expired")
        if not out:
            return
        one = self.dice.choice(out)
        state, code = self.dice.choice(WORDS[one.channel])
        seconds = self.dice.choice((None, 3, whole(one.id))) if state == "completed" else None
        report(one.id, state, self.at, code, seconds)
        if seconds is not None and seconds > 3:
            self.heard.add(one.phone_id)

    def answer(self) -> None:
        index = self.dice.randrange(SIZE)
        write(index, self.dice.choice(ANSWERS if self.dice.random() < 0.2 else ANSWERS[:3]), self.at)
        self.note_answers()

    def press(self) -> None:
        calls = [one for one in self.now("answered") if one.channel == VOICE]
        if calls:
            one, key = self.dice.choice(calls), self.dice.choice("1109")
            press(one.id, key, self.at)
            if key != "9":
                self.pressed.add(one.phone_id)
            self.note_answers()

    def note_answers(self) -> None:
        try:
            self.answered = {
                (reply.campaign_id, reply.phone_id)
                for reply in db.session().query(mixed.inbox.Reply)
                if reply.campaign_id
            }
        finally:
            db.end_reading()

    def sweep(self) -> None:
        for campaign in self.campaigns:
            look(campaign, self.at)

    def settle_unknown(self) -> None:
        for one in self.now("unknown"):
            with db.transaction():
                if self.dice.random() < 0.5:
                    self.accepted[one.id] += 1
                    messages.hear_back(one.id, messages.Status("accepted"), self.at)
                else:
                    messages.leave([one.id], "ready", "proven_not_sent", self.at, due=self.at)

    def wait(self) -> None:
        self.at += self.dice.choice((MINUTE, 10 * MINUTE, HOUR, 7 * HOUR))

    def judge(self) -> None:
        assert not self.accepted or max(self.accepted.values()) == 1
        assert sums.differences(self.at) == []

    def all(self) -> list[messages.Message]:
        return [
            one
            for campaign in self.campaigns
            for kind in (NOTICE, SECOND)
            for one in mixed.rows(campaign, kind)
        ]

    def now(self, *states: str) -> list[messages.Message]:
        return [one for one in self.all() if one.state in states]

    @staticmethod
    def waits(one: messages.Message) -> bool:
        return one.state == "ready" and one.due == mixes.LATER

    def end(self) -> None:
        """The carrier is well again, every phone is on, and time goes by."""
        for _ in range(400):
            if not self.now(*NOT_OVER):
                return
            self.claim()
            batch, self.wire = self.wire, []
            self.accepted.update(one.id for one in batch)
            mixed.accept(batch, self.at)
            self.settle_unknown()
            for one in self.now("accepted", "ringing", "sent", "answered"):
                if one.channel == SMS:
                    report(one.id, "delivered", self.at)
                else:
                    report(one.id, "completed", self.at, seconds=whole(one.id))
                    self.heard.add(one.phone_id)
            self.at += 20 * MINUTE
            self.sweep()
            self.judge()
        raise AssertionError("something waits for ever")


@pytest.mark.parametrize("seed", range(6))
def test_never_both_at_once_never_twice_never_lost(seed: int) -> None:
    office = Office(seed)
    for _ in range(STEPS):
        office.step()
    office.end()
    assert mixed.finish() == 2
    opted_out = {number for number in range(SIZE) if is_opted_out(number)}
    for campaign in office.campaigns:
        firsts = [one for one in mixed.rows(campaign, NOTICE) if not one.replaced]
        seconds = [one for one in mixed.rows(campaign, SECOND) if not one.replaced]
        assert len(firsts) == len(seconds) == SIZE
        for place, second in enumerate(seconds):
            if place not in opted_out:
                assert_nobody_is_lost(office, campaign, second)


def assert_nobody_is_lost(office: Office, campaign: Campaign, second: messages.Message) -> None:
    """Whoever was owed the second message has it; whoever has it was owed it."""
    if second.state == "skipped":
        if campaign.second == VOICE:
            assert second.code in ("answered", "no_first")
            assert second.code == "no_first" or (campaign.id, second.phone_id) in office.answered
        else:
            assert second.code in ("not_heard", "no_first")
            calls = [one for one in mixed.rows(campaign, NOTICE) if one.phone_id == second.phone_id]
            assert not any(is_heard(one.id) for one in calls)
    else:
        assert second.id in office.accepted


def is_heard(message_id: int) -> bool:
    try:
        call = listened.of(message_id)
        return call is not None and call.heard == listened.WHOLE
    finally:
        db.end_reading()


def is_opted_out(index: int) -> bool:
    try:
        phone = phones.find_by_number(world.number(index))
        return phone is None or phone.opted_out_at is not None
    finally:
        db.end_reading()
