"""A backup that is put back in the middle of a campaign sends nothing twice; a copy of the database sends nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.engine import make_url

from service import db, settings
from service.campaigns import campaigns, lawful
from service.carriers import directory
from service.carriers.base import Found
from service.sending import (
    budget,
    dispatch,
    gates,
    hours,
    installation,
    launch,
    messages,
    permit,
    restored,
    waves,
)
from service.sending.messages import Message
from service.staff import history
from service.text.words import today_in_vietnam
from tests import world
from tests.postgres import Postgres
from tests.sending import live_village
from tests.world import ScriptedCarrier
from workers import upkeep

SIZE = 12
MINUTE = timedelta(minutes=1)
DEAD = "http://127.0.0.1:9"


@dataclass
class Backups:
    """Copies of the database, as an administrator makes them and puts them back."""

    url: str
    server: Postgres | None
    made: list[str] = field(default_factory=list)

    def make(self) -> str:
        db.end_reading()
        db.engine().dispose()
        if self.server is None:
            file = self._file(self.url)
            copy = file.with_name(f"backup{len(self.made)}.sqlite3")
            shutil.copy(file, copy)
            self.made.append(str(copy))
        else:
            name = db.engine().url.database
            copy_name = f"{make_url(self.url).database}_backup{len(self.made)}"
            self.server.tell(f"CREATE DATABASE {copy_name} TEMPLATE {name}")
            self.made.append(copy_name)
        return self.made[-1]

    def put_back(self, backup: str) -> None:
        db.end_reading()
        db.engine().dispose()
        if self.server is not None:
            db.connect(self.server.url(backup).replace("postgresql://", "postgresql+psycopg://"))
            return
        file = self._file(self.url)
        for more in ("-wal", "-shm"):
            file.with_name(file.name + more).unlink(missing_ok=True)
        shutil.copy(backup, file)
        db.connect(self.url)

    @staticmethod
    def _file(url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))

    def forget(self) -> None:
        if self.server is not None:
            db.end_reading()
            db.engine().dispose()
            for name in self.made:
                self.server.drop(name)


@pytest.fixture
def backups(connected: Engine, database_url: str, request: pytest.FixtureRequest) -> Iterator[Backups]:
    sqlite = database_url.startswith("sqlite")
    kept = Backups(settings.get().database_url, None if sqlite else request.getfixturevalue("postgres"))
    yield kept
    kept.forget()


@pytest.fixture
def network(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if lawful.sending_day(today_in_vietnam()) != today_in_vietnam():
        pytest.skip("on a holiday nothing goes out")
    begin(SIZE)
    with live_village.village(monkeypatch) as url:
        yield url


def drain(most: int = SIZE) -> int:
    """A job of a worker, while no more than so many are due."""
    with db.transaction():
        waiting = list(
            db.session().scalars(select(Message.id).where(Message.state == "ready").order_by(Message.id))
        )
        db.change_many(update(Message).where(Message.id.in_(waiting)).values(due=waves.LATER))
        db.change_many(update(Message).where(Message.id.in_(waiting[:most])).values(due=db.clock() - MINUTE))
    return dispatch.drain(directory.get("twilio"), 20, lambda: False)


def counts() -> dict[str, int]:
    try:
        return messages.counts(1)
    finally:
        db.end_reading()


def gate() -> gates.Gate:
    try:
        found = gates.of("twilio")
        assert found is not None
        return found
    finally:
        db.end_reading()


def sought() -> int:
    try:
        return restored.count()
    finally:
        db.end_reading()


def open_gate() -> None:
    with db.transaction():
        gates.open_again("twilio", world.staff("admin"))


def begin(size: int) -> None:
    """A campaign as it stands after its launch. Launched as a rehearsal, which asks for less."""
    with db.transaction():
        world.village_of(size)
        world.launched(world.staff())


def look(at: datetime) -> int:
    return upkeep.look_for_restored(at)


def test_a_backup_put_back_in_the_middle_sends_nobody_twice_and_forgets_nobody(
    backups: Backups, network: str
) -> None:
    assert drain(3) == 3
    backup = backups.make()
    assert drain(5) == 5
    assert sum(live_village.accepted(network).values()) == 8

    backups.put_back(backup)
    assert counts() == {"accepted": 3, "ready": 9}  # what the backup believes
    assert drain() == 0
    assert (gate().is_open, gate().reason) == (False, "restored")
    assert sought() == 9

    open_gate()  # too early: what is being looked for does not go out all the same
    assert drain() == 0
    now = db.clock()
    db.end_reading()
    assert look(now + MINUTE) == 0
    assert look(now + 3 * MINUTE) == 9
    assert counts()["ready"] == 4  # five were found
    assert drain() == 0
    assert look(now + 12 * MINUTE) == 0
    assert look(now + 14 * MINUTE) == 4
    assert sought() == 0

    directory.forget()
    assert drain() == 4
    assert live_village.accepted(network) == Counter({world.number(index): 1 for index in range(SIZE)})
    assert "ready" not in counts()


def test_it_is_seen_in_the_middle_of_a_drain_too(backups: Backups, network: str) -> None:
    backup = backups.make()
    assert drain(4) == 4
    backups.put_back(backup)
    # The worker asked for its permit before the backup was put back; its next claim finds it.
    with pytest.raises(restored.Behind):
        dispatch._claim(directory.get("twilio"), "worker", 5)
    assert counts() == {"ready": SIZE}


def test_a_restored_database_closes_its_gates_once(backups: Backups, network: str) -> None:
    backup = backups.make()
    drain(2)
    backups.put_back(backup)
    assert permit.given()
    open_gate()
    assert permit.given()  # also by the other clock, and by the next drain
    assert gate().is_open
    backups.put_back(backups.make())  # a backup of today loses nothing
    assert permit.given()
    assert gate().is_open
    with db.transaction():
        deeds = [row.deed for row in history.page()]
    assert deeds.count("backup.restored") == 1


def test_what_was_found_at_the_carrier_costs_and_counts(backups: Backups, network: str) -> None:
    backup = backups.make()
    drain(SIZE)
    backups.put_back(backup)
    assert permit.given()
    now = db.clock()
    look(now + 3 * MINUTE)
    assert counts().get("ready", 0) == 0
    found = messages.find(1)
    assert found is not None
    money = budget.of(1)
    assert money is not None
    assert (money.spent, money.reserved) == (SIZE * found.price_vnd, 0)
    assert hours.contacts_today(1, now, "sms") == 1


@pytest.fixture
def live(connected: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One message waits, and the settings are those of an office that sends for real."""
    begin(1)
    for name, value in {"ACCOUNT_SID": "AC" + "1" * 32, "SMS_FROM": "LAODONG MV", "API_URL": DEAD}.items():
        monkeypatch.setenv(f"TWILIO_{name}", value)
    settings.get.cache_clear()
    directory.forget()
    yield
    directory.forget()


@pytest.mark.usefixtures("live")
class TestLooking:
    """What a look proves, without a network."""

    NOW = datetime(2027, 11, 24, 3, 0, tzinfo=UTC)

    def sought(self) -> list[restored.Sought]:
        with db.transaction():
            db.change_many(update(Message).values(code=messages.RESTORED, looked_at=self.NOW))
        return self.due(3)

    def due(self, minutes: int) -> list[restored.Sought]:
        found = restored.due_for_a_look(self.NOW + minutes * MINUTE)
        db.end_reading()
        return found

    def settle(self, one: restored.Sought, found: list[Found]) -> str:
        with db.transaction():
            return restored.settle(one, found, self.NOW + 3 * MINUTE)

    def test_two_clocks_that_look_at_once_count_one_look(self) -> None:
        [one] = self.sought()
        assert self.settle(one, []) == "absent"
        assert self.settle(one, []) == "settled"
        assert self.due(12) == []
        [again] = self.due(14)
        assert self.settle(again, []) == "ready"
        assert sought() == 0

    def test_a_campaign_that_is_stopped_meanwhile_is_not_looked_for(self) -> None:
        [one] = self.sought()
        with db.transaction():
            campaign = campaigns.held(1)
            assert campaign is not None
            assert launch.stop(campaign, world.staff("admin")) == 1
        assert self.settle(one, []) == "settled"
        assert self.due(14) == []

    def test_another_text_is_no_evidence(self) -> None:
        [one] = self.sought()
        other = Found("SM1", "một tin khác", "sent", "sent", "", self.NOW)
        assert self.settle(one, [other]) == "absent"

    def test_a_list_that_fails_proves_nothing(self) -> None:
        self.sought()
        assert look(self.NOW + 3 * MINUTE) == 1  # nobody is at the carrier's address
        assert [one.message.looks for one in self.due(3)] == [0]


@pytest.mark.usefixtures("live")
class TestCopies:
    """Only machines that belong to a database send by it."""

    def test_the_first_that_asks_founds_it(self) -> None:
        assert permit.given()
        assert permit.given()
        assert installation.here() == installation.known() != ""

    def test_a_copy_elsewhere_sends_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert permit.given()
        self.move(tmp_path / "elsewhere", monkeypatch)
        carrier = ScriptedCarrier()
        assert not permit.given()
        assert dispatch.drain(carrier, 5, lambda: False) == 0
        assert carrier.sent == []
        assert installation.is_foreign()
        installation.path().write_text("0" * 32)  # the folder of another installation
        assert not permit.given()

    def test_a_machine_joins_by_command_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert permit.given()
        self.move(tmp_path / "second", monkeypatch)
        with db.transaction():
            assert installation.join()
        assert permit.given()
        with db.transaction():
            assert not installation.join()

    def test_in_a_rehearsal_nothing_is_in_the_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert permit.given()
        self.move(tmp_path / "elsewhere", monkeypatch)
        monkeypatch.delenv("TWILIO_ACCOUNT_SID")
        settings.get.cache_clear()
        assert permit.given()

    @staticmethod
    def move(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LOA_DATA", str(folder))
        settings.get.cache_clear()
