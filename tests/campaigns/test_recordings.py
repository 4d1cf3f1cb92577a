"""Recordings: kept once, used after a second speaker told what they mean, and no longer when the words change."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import campaigns, drafts, recording_files, recordings
from service.campaigns.recordings import (
    MISSING,
    PROMPTS,
    STALE,
    USABLE,
    WAITING,
    Place,
    Recording,
    Standing,
    place,
    usable,
)
from service.campaigns.sound import Sound
from service.campaigns.voice_notices import read
from service.refused import Refused
from service.staff import history
from service.staff.accounts import Staff
from service.web import recording_words
from tests import world
from tests.campaigns.voices import as_wav, speech

OPENING = Place("opening", "hmn")
MEANING = "Đây là cuộc gọi tự động của phòng văn hóa, xin gặp gia đình."
NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


def heard(seconds: float = 1.0) -> Sound:
    wav = as_wav(speech(seconds, rate=8000), 8000)
    return Sound(wav, int(seconds * 1000), -31, -20, (40,) * 120)


@pytest.fixture
def speakers(connected: Engine) -> tuple[Staff, Staff]:
    """Who records, and who confirms."""
    with db.transaction():
        return world.staff("manager"), world.staff("officer")


def made(by: Staff, where: Place = OPENING, seconds: float = 1.0) -> Recording:
    with db.transaction():
        return recordings.add(where, heard(seconds), by)


def confirmed(one: Recording, by: Staff, meaning: str = MEANING) -> Recording:
    with db.transaction():
        recordings.confirm(one, meaning, by)
    return one


def standing(where: Place = OPENING) -> Standing:
    db.end_reading()
    return recordings.standings([where])[where]


def the_usable(where: Place = OPENING) -> int | None:
    db.end_reading()
    found = usable(where.part, where.language, where.campaign_id)
    return found.version if found else None


def deeds() -> list[str]:
    return [one.deed for one in reversed(history.page()) if one.deed.startswith("recording.")]


def files() -> list[Path]:
    folder = settings.get().data / "recordings"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_it_is_used_after_somebody_else_told_what_it_means(speakers: tuple[Staff, Staff]) -> None:
    speaker, second = speakers
    assert standing().word == MISSING
    one = made(speaker)
    assert (one.version, one.state, standing().word, the_usable()) == (1, "draft", WAITING, None)
    confirmed(one, second)
    assert (standing().word, the_usable()) == (USABLE, 1)
    kept = recordings.versions(OPENING)[0]
    assert (kept.meaning_vi, kept.made_by, kept.confirmed_by) == (MEANING, speaker.id, second.id)
    assert deeds() == ["recording.added", "recording.confirmed"]


@pytest.mark.parametrize(
    ("who", "meaning", "code"),
    [
        (0, MEANING, "recording.confirm_own"),
        (1, "", "recording.no_meaning"),
        (1, "1. 2. 3. 4. 5. 6. 7. 8. 9.", "recording.no_meaning"),
        (1, "đúng rồi", "recording.no_meaning"),
    ],
)
def test_nobody_confirms_his_own_or_without_saying_what_it_means(
    speakers: tuple[Staff, Staff], who: int, meaning: str, code: str
) -> None:
    one = made(speakers[0])
    with pytest.raises(Refused) as refused:
        confirmed(one, speakers[who], meaning)
    assert refused.value.code == code
    assert the_usable() is None
    assert deeds() == ["recording.added"]


def test_a_new_version_waits_while_the_old_one_is_used_and_a_withdrawn_one_gives_way(
    speakers: tuple[Staff, Staff],
) -> None:
    speaker, second = speakers
    confirmed(made(speaker), second)
    new = made(speaker, seconds=1.5)
    assert (new.version, standing().word, standing().waiting, the_usable()) == (2, USABLE, True, 1)
    confirmed(new, second)
    assert the_usable() == 2
    with db.transaction():
        recordings.withdraw(new, second)
    assert the_usable() == 1
    with pytest.raises(Refused, match="not_waiting"):
        confirmed(new, second)
    with pytest.raises(Refused, match="not_waiting"), db.transaction():
        recordings.withdraw(new, second)
    assert [one.state for one in recordings.versions(OPENING)] == ["withdrawn", "confirmed"]


def test_when_the_words_change_the_recording_is_no_longer_used(
    speakers: tuple[Staff, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker, second = speakers
    confirmed(made(speaker), second)
    waiting = made(speaker)
    monkeypatch.setenv("LOA_OFFICE_NAME", "Phòng Nội vụ Sơn Vĩ")
    settings.get.cache_clear()
    assert the_usable() is None
    with pytest.raises(Refused, match="words_changed"):
        confirmed(waiting, second)
    with db.transaction():
        recordings.withdraw(waiting, second)
    assert standing().word == STALE
    confirmed(made(speaker), second)
    assert the_usable() == 3


def test_the_notice_of_a_campaign_goes_with_what_the_campaign_says(speakers: tuple[Staff, Staff]) -> None:
    speaker, second = speakers
    with db.transaction():
        campaign = world.campaign(speaker)
    where = Place("notice", "hmn", campaign.id)
    assert "tám đến mười một triệu" in recordings.words_of(where)
    confirmed(made(speaker, where), second)
    assert (the_usable(where), the_usable(Place("notice", "dao", campaign.id))) == (1, None)
    with db.transaction():
        campaigns.edit(campaign, world.content(campaign.employer_id, wage_from=6_000_000), speaker)
    assert (the_usable(where), standing(where).word) == (None, STALE)


def test_a_draft_that_is_thrown_away_takes_its_recordings_along(speakers: tuple[Staff, Staff]) -> None:
    with db.transaction():
        campaign = world.campaign(speakers[0])
    where = Place("notice", "hmn", campaign.id)
    made(speakers[0], where)
    with db.transaction():
        drafts.discard(campaign, speakers[0])
    assert recordings.versions(where) == []


@pytest.mark.parametrize(
    ("slot", "language", "there"),
    [
        ("opening", "hmn", True),
        ("opening", "vi", True),
        ("opening", "fr", False),
        ("who_person", "hmn", False),  # somebody's name cannot be recorded
        ("notice", "hmn", False),
        ("notice-999", "hmn", False),
        ("notice-x", "hmn", False),
        ("notice-" + "9" * 30, "hmn", False),
        ("opening-1", "hmn", False),
        ("../secret_key", "hmn", False),
    ],
)
def test_places(connected: Engine, slot: str, language: str, there: bool) -> None:
    found = place(slot, language)
    assert (found is not None) == there
    assert found is None or found.slot == slot


@pytest.mark.parametrize("part", PROMPTS)
def test_every_fixed_part_can_be_said_without_knowing_who_listens(connected: Engine, part: str) -> None:
    words = recordings.words_of(Place(part, "hmn"))
    assert words
    assert "{" not in words
    assert part in recording_words.PART_NAMES
    assert len(words) >= len(read(part).text) // 2


def test_two_at_once_are_two_versions(speakers: tuple[Staff, Staff]) -> None:
    together, done = threading.Barrier(2), []

    def add(seconds: float) -> None:
        together.wait()
        done.append(made(speakers[0], seconds=seconds).version)

    threads = [threading.Thread(target=add, args=(seconds,)) for seconds in (1.0, 1.5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [1, 2]


# --------------------------------------------------------------------------------------------------- the files


def test_a_file_is_private_named_by_its_content_and_kept_once(speakers: tuple[Staff, Staff]) -> None:
    one, same = made(speakers[0]), made(speakers[0])
    assert one.sha256 == same.sha256
    [file] = files()
    assert file == recording_files.path_of(one.sha256)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes() == heard().wav


def test_a_disk_that_takes_nothing_leaves_nothing(
    speakers: tuple[Staff, Staff], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        made(speakers[0])
    assert files() == []
    db.end_reading()
    assert recordings.versions(OPENING) == []


def test_an_address_names_one_file_and_runs_out(speakers: tuple[Staff, Staff]) -> None:
    one = made(speakers[0])
    address = recording_files.address(one.sha256, NOW)
    assert address.startswith("http://127.0.0.1:8000/recordings/")
    assert address == recording_files.address(one.sha256, NOW + timedelta(hours=7))  # the same all day
    token = address.rpartition("/")[2].removesuffix(".wav")
    path = recording_files.path_of(one.sha256)
    assert recording_files.named_by(token, NOW) == path
    assert recording_files.named_by(token, NOW + timedelta(days=recording_files.DAYS)) == path
    assert recording_files.named_by(token, NOW + timedelta(days=recording_files.DAYS + 1)) is None


def test_an_address_cannot_be_made_up(speakers: tuple[Staff, Staff], monkeypatch: pytest.MonkeyPatch) -> None:
    one = made(speakers[0])
    token = recording_files.token_of(one.sha256, 30_000)
    name, day, signature = token.split("-")
    false = [
        f"{name}-{int(day) + 1}-{signature}",
        f"{'0' * 64}-{day}-{signature}",
        f"{name}-{day}-{'0' * 64}",
        f"{name}-{day}-{signature[:-1]}é",
        f"{name}-{day}",
        "",
        "../../secret_key",
    ]
    assert [recording_files.named_by(each, NOW) for each in false] == [None] * len(false)
    assert recording_files.named_by(token, NOW) is not None
    monkeypatch.setenv("SECRET_KEY", "k" * 40)
    settings.get.cache_clear()
    assert recording_files.named_by(token, NOW) is None
