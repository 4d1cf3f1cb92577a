"""What a call says: the files of templates/voice, read into values. A notice belongs to a campaign, a prompt to every call.

A file has a head and, after an empty line, what is said. In the head stand remarks (``#``: when it is said) and one line
for each key that is listened for: ``9: stop``. Breaks between lines mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from service import settings
from service.campaigns.campaigns import Campaign
from service.campaigns.notices import ADDRESS, ANSWERS, NOTICES, PLACEHOLDERS, RECRUITMENT, RECRUITS
from service.registry.people import LANGUAGES
from service.text import placeholders, spoken
from service.text.vietnamese import nfc, one_line

FOLDER = settings.ROOT / "templates" / "voice"
LONGEST_S = 40  # of a notice said once: nobody listens longer to a machine
BLANK = "____"

INTERESTED, AGAIN, STOP, OFFICER = "interested", "again", "stop", "officer"
KEYS = {"1": INTERESTED, "2": AGAIN, "9": STOP, "0": OFFICER}
ALWAYS = {"2", "9", "0"}  # after every notice one can hear it again, end it for good, and reach a person
# By fixed keys, so that what somebody recorded for one campaign is right in the next.
LANGUAGE_KEYS = dict(zip("123456", ("hmn", "vi", "tay-nung", "dao", "giay", "lolo"), strict=True))
LANGUAGE_NAMES = {
    "hmn": "Tiếng Mông", "vi": "Tiếng Việt", "tay-nung": "Tiếng Tày, tiếng Nùng", "dao": "Tiếng Dao",
    "giay": "Tiếng Giáy", "lolo": "Tiếng Lô Lô",
}  # fmt: skip
PERSON_KEYS = {key: f"person_{key}" for key in "1234"}

# the campaign notices that are said as well as written; answers to one person are said as goodbyes
VOICE_NOTICES = tuple(name for name, notice in NOTICES.items() if notice.kind != ANSWERS)


@dataclass(frozen=True)
class Prompt:
    """What a fixed part of a call may be filled with, and what keys may mean in it."""

    allowed: tuple[str, ...] = ()
    keys: Mapping[str, str] | None = None


OFFICE, HOTLINE = "van_phong", "duong_day_nong"
PROMPTS: dict[str, Prompt] = {
    "opening": Prompt((OFFICE, ADDRESS)),
    **{f"key_{meaning}": Prompt(keys={key: meaning}) for key, meaning in KEYS.items()},
    "wrong_key": Prompt(),
    "silence": Prompt(),
    "goodbye_interested": Prompt((OFFICE, HOTLINE)),
    "goodbye_stop": Prompt((OFFICE, HOTLINE)),
    "connecting": Prompt((OFFICE,)),
    "goodbye_officer": Prompt((OFFICE, HOTLINE)),
    "goodbye_nothing": Prompt((OFFICE, HOTLINE)),
    "language_question": Prompt(keys=LANGUAGE_KEYS),
    "language_key": Prompt(("tieng", "phim")),
    "who_question": Prompt(keys=PERSON_KEYS),
    "who_person": Prompt(("ten", "phim")),
    "stopped": Prompt((OFFICE, HOTLINE)),
    "not_now": Prompt((OFFICE, HOTLINE)),
}
_KEY_LINE = re.compile(r"([0-9*#])\s*:\s*([a-z][a-z0-9_-]*)")


class BadNotice(ValueError):
    """A file that cannot be said; one sentence names the file and what to change."""


@dataclass(frozen=True)
class VoiceNotice:
    """``used``: when it is said. ``keys``: each key that is listened for and what it means. ``text``: on one line, NFC."""

    name: str
    language: str
    used: str
    keys: Mapping[str, str]
    text: str


def read(name: str, language: str = "vi") -> VoiceNotice:
    """The notice or prompt of ``templates/voice/<name>.<language>.txt``. Raises BadNotice."""
    file = _file(name, language)
    try:
        return parse(name, language, (FOLDER / file).read_bytes())
    except FileNotFoundError as problem:
        raise BadNotice(f"There is no {file} in templates/voice.") from problem


def name_of(campaign: Campaign) -> str:
    """The notice that a campaign's calls say: its own, or the one for where the work is."""
    return campaign.notice if campaign.notice in VOICE_NOTICES else RECRUITMENT[campaign.reach]


def languages(name: str) -> list[str]:
    """The languages in which it is written, Vietnamese first."""
    found = [path.name.split(".")[1] for path in FOLDER.glob(f"{name}.*.txt")]
    return sorted(found, key=lambda language: (language != "vi", language))


def parse(name: str, language: str, source: bytes) -> VoiceNotice:
    """The value of a file with this content. Raises BadNotice."""
    file = _file(name, language)
    try:
        text = nfc(source.decode("utf-8-sig")).replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        raise BadNotice(f"{file} cannot be read as UTF-8.") from problem
    head, _, body = text.strip().partition("\n\n")
    used, keys = _head(file, head)
    made = VoiceNotice(name, language, used, keys, one_line(body))
    _check(file, made)
    return made


def _file(name: str, language: str) -> str:
    """The name of its file. Raises BadNotice for what is no name of ours, so that no other file is ever read."""
    file = f"{name}.{language}.txt"
    if name not in VOICE_NOTICES and name not in PROMPTS:
        raise BadNotice(f"{file}: no notice and no prompt has this name.")
    if language not in LANGUAGES:
        raise BadNotice(f"{file}: {language} is none of the languages {', '.join(LANGUAGES)}.")
    return file


def _head(file: str, head: str) -> tuple[str, dict[str, str]]:
    remarks, keys = [], {}
    for line in head.splitlines():
        match = _KEY_LINE.fullmatch(line.strip())
        if line.startswith("#"):
            remarks.append(line.removeprefix("#").strip())
        elif match is None:
            raise BadNotice(
                f"{file}: “{line}” stands in the head, where only remarks (#) and keys (9: stop) belong; "
                "an empty line must stand before what is said."
            )
        elif match[1] in keys:
            raise BadNotice(f"{file}: key {match[1]} has two meanings.")
        else:
            keys[match[1]] = match[2]
    return " ".join(remarks), keys


def _check(file: str, made: VoiceNotice) -> None:
    if not made.text:
        raise BadNotice(f"{file}: nothing is said. What is said stands after the head and an empty line.")
    _check_keys(file, made)
    for problem in placeholders.problems(made.text, allowed(made.name)):
        raise BadNotice(f"{file}: nobody fills “{problem.text}”.")


def _check_keys(file: str, made: VoiceNotice) -> None:
    known = PROMPTS[made.name].keys or {} if made.name in PROMPTS else KEYS
    for key, meaning in made.keys.items():
        if known.get(key) != meaning:
            raise BadNotice(f"{file}: key {key} does not mean “{meaning}” here.")
    missing = sorted(needed_keys(made.name) - set(made.keys))
    if missing:
        raise BadNotice(f"{file}: key {missing[0]} is missing in the head.")


def needed_keys(name: str) -> set[str]:
    """The keys without which it may not be said."""
    if name in PROMPTS:
        return set(PROMPTS[name].keys or {})
    return ALWAYS | ({"1"} if NOTICES[name].kind == RECRUITS else set())


def allowed(name: str) -> tuple[str, ...]:
    """The placeholders that somebody fills there."""
    return PROMPTS[name].allowed if name in PROMPTS else PLACEHOLDERS


def said(text: str, values: Mapping[str, str]) -> str:
    """The text as it is said to somebody: filled, without digits. Empty values count as missing, for a voice reads no gap.

    Raises MissingValues, and BadNotice while a ____ waits for somebody to fill it in.
    """
    if BLANK in text:
        raise BadNotice(f"The places {BLANK} are not filled in yet.")
    return spoken.text(
        placeholders.fill(text, {name: value for name, value in values.items() if value.strip()})
    )


def language_values(language: str) -> dict[str, str]:
    """What the prompt that offers a language is filled with."""
    (key,) = (key for key, one in LANGUAGE_KEYS.items() if one == language)
    return {"tieng": LANGUAGE_NAMES[language], "phim": key}


def too_long(text: str) -> int:
    """By how many seconds a notice, as it is said, is longer than LONGEST_S; 0 when it is not."""
    return max(0, spoken.seconds(text) - LONGEST_S)


def menu(notice: VoiceNotice) -> list[str]:
    """The prompts that explain this notice's keys, in the order of its file."""
    return [f"key_{meaning}" for meaning in notice.keys.values()]
