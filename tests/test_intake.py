"""What is reported while a commit runs is taken in together, and nobody notices but the disk."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, event

from service import db, intake
from service.carriers.base import StatusUpdate
from service.replies import events, inbox
from service.replies.events import CarrierEvent, Received
from service.sending import budget, messages, tokens
from service.sending.claim import claim
from service.sending.messages import Message
from service.staff.history import History
from tests import world
from tests.replies.talk import all_of
from tests.sending.test_dispatch import NOW
from tests.world import ScriptedCarrier

MANY = 12
POISON = "\ud800"  # half of a character: no database stores it
WORDS: tuple[str | None, ...] = ("accepted", "sent", "delivered", "failed", None)


@pytest.fixture
def campaign(connected: Engine) -> int:
    """So many messages on the wire."""
    with db.transaction():
        world.village_of(MANY)
        made = world.launched(world.staff())
    with db.transaction():
        assert len(claim(ScriptedCarrier(), "w", MANY, NOW)) == MANY
    return made.id


@pytest.fixture
def commits(connected: Engine) -> Iterator[list[int]]:
    counted: list[int] = []

    def count(_connection: Connection) -> None:
        counted.append(1)

    event.listen(connected, "commit", count)
    yield counted
    event.remove(connected, "commit", count)


def report(message_id: int, state: str | None, sid: str = "", word: str = "", seconds: int = 0) -> Received:
    name = sid or f"SM{message_id}"
    update = StatusUpdate("twilio", name, tokens.token_of(message_id), state, word or state or "odd", "")
    return Received(update, NOW + timedelta(seconds=seconds))


def together(batch: list[Received]) -> list[Future[bool]]:
    """The first begins a commit that cannot end before all others have come."""
    with ThreadPoolExecutor(len(batch)) as pool:
        with db.transaction():
            messages.hold(range(1, MANY + 1))
            first = pool.submit(intake.take_in, batch[0])
            patience = time.monotonic() + 10
            while intake.waiting() or not first.running():  # until it has begun
                assert time.monotonic() < patience
            others = [pool.submit(intake.take_in, one) for one in batch[1:]]
            while intake.waiting() < len(others):
                assert time.monotonic() < patience
        return [first, *others]


def by_id() -> dict[int, Message]:
    found = [one for one in all_of(Message) if isinstance(one, Message)]
    return {one.id: one for one in sorted(found, key=lambda one: one.id)}


def test_what_comes_during_a_commit_shares_the_next_one(campaign: int, commits: list[int]) -> None:
    before = len(commits)
    done = together([report(number, "delivered") for number in range(1, MANY + 1)])
    assert [one.result() for one in done] == [True] * MANY
    assert {message.state for message in by_id().values()} == {"delivered"}
    assert len(all_of(CarrierEvent)) == MANY
    assert len(commits) - before == 3  # ours, the first, all others


def test_one_poisoned_report_harms_no_other_of_its_batch(campaign: int) -> None:
    batch = [report(number, "sent") for number in range(1, MANY + 1)]
    batch[5] = report(6, None, word=POISON)
    assert [one.result() for one in together(batch)] == [True] * MANY
    states = {number: message.state for number, message in by_id().items()}
    assert states == {number: "sending" if number == 6 else "sent" for number in range(1, MANY + 1)}
    assert (len(all_of(CarrierEvent)), events.spool_size()) == (MANY - 1, 1)


def test_a_whole_batch_goes_to_disk_while_the_database_is_down(campaign: int) -> None:
    db.connect("sqlite:////nowhere/at/all.sqlite3")
    with ThreadPoolExecutor(MANY) as pool:
        batch = [report(number, "sent") for number in range(1, MANY + 1)]
        assert list(pool.map(intake.take_in, batch)) == [True] * MANY
    assert events.spool_size() == MANY


def test_the_same_report_twice_in_a_batch_is_kept_once(campaign: int) -> None:
    with db.transaction():
        inbox.hear([report(1, "sent"), report(1, "sent"), report(2, "sent")])
    assert len(all_of(CarrierEvent)) == 2


def test_two_names_for_one_message_in_one_batch_are_an_alarm(campaign: int) -> None:
    with db.transaction():
        inbox.hear([report(1, "sent", "SMa"), report(2, "sent", "SMb"), report(1, "delivered", "SMc")])
    deeds = [(one.deed, one.details) for one in all_of(History) if isinstance(one, History)]
    assert [details["message"] for deed, details in deeds if deed == "message.duplicate"] == [1]


def test_a_report_without_a_token_of_ours_is_known_by_the_carriers_name(campaign: int) -> None:
    with db.transaction():
        inbox.hear([report(1, "accepted", "SMa"), report(2, "accepted", "SMb")])
    nameless = [
        Received(StatusUpdate("twilio", sid, token, "delivered", "delivered", ""), NOW)
        for sid, token in (("SMa", None), ("SMb", "not ours"), ("SMz", None))
    ]
    with db.transaction():
        inbox.hear(nameless)
    assert [message.state for message in by_id().values()][:3] == ["delivered", "delivered", "sending"]


def test_changes_of_different_seconds_keep_their_instants(campaign: int) -> None:
    with db.transaction():
        inbox.hear([report(number, "delivered", seconds=number * 3600) for number in (1, 2, 3)])
    changed = [by_id()[number].changed_at for number in (1, 2, 3)]
    assert changed == [NOW + timedelta(hours=number) for number in (1, 2, 3)]


@pytest.mark.parametrize("seed", range(6))
def test_together_ends_as_one_after_the_other(campaign: int, seed: int) -> None:
    """The first half of the messages hears in one batch what the second half hears report by report."""
    chance, half = random.Random(seed), MANY // 2
    said = [(chance.randint(1, half), chance.choice(WORDS)) for _ in range(30)]
    with db.transaction():
        inbox.hear([report(number, state, f"SM{n}") for n, (number, state) in enumerate(said)])
    for n, (number, state) in enumerate(said):
        with db.transaction():
            inbox.hear([report(number + half, state, f"SX{n}")])
    found = by_id()
    fates = [(one.state, one.rank, one.word, one.code, one.changed_at) for one in found.values()]
    assert fates[:half] == fates[half:]
    money = budget.of(campaign)
    assert money is not None
    assert money.spent == sum(one.price_vnd for one in found.values() if one.rank >= messages.ACCEPTED_RANK)
    assert money.reserved == sum(one.price_vnd for one in found.values() if one.state == "sending")
