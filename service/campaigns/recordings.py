"""A recording: what a speaker of a language said for the telephone. It is used after a second speaker told what it means.

It belongs to a fixed part of every call, or to the notice of one campaign. The sound itself lies in a file
(recording_files.py); when the Vietnamese words that it was made for change, it is no longer used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Select, String, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from service import db, settings
from service.campaigns import campaigns, employers, missed_calls, notices, recording_files, voice_notices
from service.campaigns.sound import Sound
from service.refused import Refused
from service.registry.people import LANGUAGES
from service.staff import history
from service.staff.accounts import Staff
from service.text import placeholders, spoken
from service.text.vietnamese import one_line

NOTICE = "notice"
PROMPTS = tuple(
    name for name, one in voice_notices.PROMPTS.items() if "ten" not in one.allowed
)  # nobody's name
DRAFT, CONFIRMED, WITHDRAWN = "draft", "confirmed", "withdrawn"
USABLE, STALE, WAITING, MISSING = "usable", "stale", "waiting", "missing"
LEAST_MEANING, LONGEST_MEANING = 10, 2000  # letters
EVERYBODY = "gia đình"  # a recording is the same for all: it speaks to whoever shares the phone
NOT_KNOWN = "…"


class Recording(db.Base):
    __tablename__ = "recording"
    __table_args__ = (
        Index(
            "uq_recording_prompt_version",
            "part",
            "language",
            "version",
            unique=True,
            sqlite_where=text("campaign_id IS NULL"),
            postgresql_where=text("campaign_id IS NULL"),
        ),
        Index(
            "uq_recording_campaign_version",
            "campaign_id",
            "part",
            "language",
            "version",
            unique=True,
            sqlite_where=text("campaign_id IS NOT NULL"),
            postgresql_where=text("campaign_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(
        ForeignKey("campaign.id")
    )  # none: a fixed part of every call
    part: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=DRAFT)
    words: Mapped[str] = mapped_column(String(4000))  # Vietnamese: what the speaker was to say
    sha256: Mapped[str] = mapped_column(String(64))
    ms: Mapped[int]
    before_db: Mapped[int]  # dBFS of the speech, as it came
    after_db: Mapped[int]  # … and as it is played
    peaks: Mapped[list[int]] = mapped_column(JSON)
    meaning_vi: Mapped[str] = mapped_column(
        String(LONGEST_MEANING), default=""
    )  # what the second speaker heard
    made_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    confirmed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Place:
    """What a recording is for."""

    part: str
    language: str
    campaign_id: int | None = None

    @property
    def slot(self) -> str:
        """``opening``, ``notice-12``: as it stands in an address."""
        return self.part if self.campaign_id is None else f"{self.part}-{self.campaign_id}"


def place(slot: str, language: str) -> Place | None:
    """The place of an address, or None when there is none."""
    part, _dash, number = slot.partition("-")
    if language not in LANGUAGES:
        return None
    if slot in PROMPTS:
        return Place(slot, language)
    if part != NOTICE or not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    campaign = campaigns.find(int(number))
    return Place(NOTICE, language, campaign.id) if campaign is not None else None


# ------------------------------------------------------------------------------------------------------- questions


def find(recording_id: int) -> Recording | None:
    return db.session().get(Recording, recording_id)


def place_of(recording: Recording) -> Place:
    return Place(recording.part, recording.language, recording.campaign_id)


def versions(where: Place) -> list[Recording]:
    """All that were made for this place, the newest first."""
    query = select(Recording).where(
        Recording.part == where.part,
        Recording.language == where.language,
        Recording.campaign_id == where.campaign_id,  # None is asked for as IS NULL
    )
    return list(db.session().scalars(query.order_by(Recording.version.desc())))


def usable(part: str, language: str, campaign_id: int | None = None) -> Recording | None:
    """The newest that a second speaker confirmed; none when the words it was made for are no longer what is to be said."""
    where = Place(part, language, campaign_id)
    return _usable(versions(where), words_of(where))


def _usable(newest_first: Iterable[Recording], words: str) -> Recording | None:
    confirmed = next((one for one in newest_first if one.state == CONFIRMED), None)
    return confirmed if confirmed is not None and confirmed.words == words else None


@dataclass(frozen=True)
class Standing:
    """How it stands with a place. ``word``: usable, stale, waiting or missing; ``newest``: not withdrawn, if any;
    ``waiting``: a newer one waits for the second speaker."""

    word: str
    newest: Recording | None = None
    waiting: bool = False


def standings(places: Iterable[Place]) -> dict[Place, Standing]:
    """How it stands with these places, in their order."""
    places = list(places)
    made: dict[Place, list[Recording]] = {where: [] for where in places}
    for one in db.session().scalars(_about(places).order_by(Recording.version.desc())):
        if one.state != WITHDRAWN and place_of(one) in made:
            made[place_of(one)].append(one)
    return {where: _standing(found, where) for where, found in made.items()}


def _about(places: Iterable[Place]) -> Select[Recording]:
    ids = {where.campaign_id for where in places if where.campaign_id is not None}
    return select(Recording).where(or_(Recording.campaign_id.is_(None), db.among(Recording.campaign_id, ids)))


def _standing(newest_first: list[Recording], where: Place) -> Standing:
    if not newest_first:
        return Standing(MISSING)
    newest = newest_first[0]
    if _usable(newest_first, words_of(where)):
        return Standing(USABLE, newest, newest.state == DRAFT)
    return Standing(WAITING if newest.state == DRAFT else STALE, newest)


def words_of(where: Place) -> str:
    """What is to be said there, in Vietnamese, without digits; ``…`` where the campaign does not say it yet."""
    if where.campaign_id is None:
        known = settings.get()
        values = {voice_notices.OFFICE: known.office_name, voice_notices.HOTLINE: known.hotline}
        values |= voice_notices.language_values(where.language)
        return _spoken(voice_notices.read(where.part).text, values)
    campaign = campaigns.find(where.campaign_id)
    if campaign is None:
        return ""
    employer = employers.find(campaign.employer_id) if campaign.employer_id else None
    notice = voice_notices.read(voice_notices.name_of(campaign)).text
    return _spoken(missed_calls.spoken(campaign, notice), notices.facts(campaign, employer))


def _spoken(template: str, values: dict[str, str]) -> str:
    values = {key: value.strip() or NOT_KNOWN for key, value in values.items()}
    return spoken.text(placeholders.fill(template, {**values, notices.ADDRESS: EVERYBODY}))[:4000]


# ----------------------------------------------------------------------------------------------------------- verbs


def add(where: Place, sound: Sound, by: Staff) -> Recording:
    """Keep it as the next version, which nobody confirmed yet. ``sound``: from anywhere, by sound.read()."""
    row = {
        "campaign_id": where.campaign_id, "part": where.part, "language": where.language, "state": DRAFT,
        "words": words_of(where), "sha256": recording_files.keep(sound.wav), "ms": sound.ms,
        "before_db": sound.before, "after_db": sound.after, "peaks": list(sound.peaks), "made_by": by.id,
        "made_at": db.clock(),
    }  # fmt: skip
    number = _newest(where) + 1
    while not db.insert_new(Recording, {**row, "version": number}):
        number += 1  # somebody else's came in between
    made = next(one for one in versions(where) if one.version == number)
    _note("recording.added", made, by, seconds=max(1, round(made.ms / 1000)))
    return made


def _newest(where: Place) -> int:
    found = versions(where)
    return found[0].version if found else 0


def confirm(recording: Recording, meaning: str, by: Staff) -> None:
    """Somebody other than the speaker heard it and says in Vietnamese what it means. Raises Refused."""
    held, said = _held(recording), one_line(meaning)[:LONGEST_MEANING]
    if held.made_by == by.id:
        raise Refused("recording.confirm_own")
    if held.state != DRAFT:
        raise Refused("recording.not_waiting")
    if held.words != words_of(place_of(held)):
        raise Refused("recording.words_changed")
    if sum(char.isalpha() for char in said) < LEAST_MEANING:
        raise Refused("recording.no_meaning")
    held.state, held.meaning_vi = CONFIRMED, said
    held.confirmed_by, held.confirmed_at = by.id, db.clock()
    db.session().flush()
    _note("recording.confirmed", held, by)


def withdraw(recording: Recording, by: Staff) -> None:
    """From now on it is not played. It stays among the versions. Raises Refused."""
    held = _held(recording)
    if held.state == WITHDRAWN:
        raise Refused("recording.not_waiting")
    held.state, held.withdrawn_by, held.withdrawn_at = WITHDRAWN, by.id, db.clock()
    db.session().flush()
    _note("recording.withdrawn", held, by)


def _held(recording: Recording) -> Recording:
    query = select(Recording).where(Recording.id == recording.id).with_for_update()
    return db.session().execute(query.execution_options(populate_existing=True)).scalar_one()


def _note(deed: str, one: Recording, by: Staff, **more: int) -> None:
    history.record(
        deed, by, campaign=one.campaign_id, part=one.part, language=one.language, version=one.version, **more
    )
