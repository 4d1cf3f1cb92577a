"""Every setting is explained in .env.example with its true default, and a wrong one is refused in one sentence."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest

from service import settings
from tests.processes import ROOT

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LIVE = {
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "t" * 32,
    "TWILIO_SMS_FROM": "LAODONG MV",
}
READ = re.compile(r"(?:env\.\w+\(|_(?:url|hours|number)\(env, |environ\.get\()\"([A-Z_]+)\"")
ONLY_FOR_TESTS = {"LOA_ENV_FILE"}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_DATA", str(tmp_path / "data"))


def example() -> dict[str, str]:
    """Name → default, as .env.example says."""
    return dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_every_setting_that_the_code_reads_stands_in_the_example() -> None:
    code = (ROOT / "service/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()
    assert set(READ.findall(code)) - ONLY_FOR_TESTS == set(example())


def test_every_setting_of_the_example_has_a_sentence_above_it() -> None:
    lines = EXAMPLE.splitlines()
    bare = [
        line for before, line in itertools.pairwise(lines) if re.match("#[A-Z_]+=", line) and len(before) < 20
    ]
    assert bare == []


def test_the_defaults_of_the_example_are_the_true_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    by_default = settings.load()
    for name, value in example().items():
        if value and name != "LOA_DATA":  # the folder is this test's own
            monkeypatch.setenv(name, value)
    assert settings.load() == by_default


def test_the_data_folder_of_the_example_is_the_true_one() -> None:
    source = (ROOT / "service/settings.py").read_text()
    assert f'env.str("LOA_DATA", "{example()["LOA_DATA"]}")' in source


@pytest.mark.parametrize(
    ("said", "folder"),
    [
        ("", ROOT / "data"),
        ("data", ROOT / "data"),
        ("other", ROOT / "other"),
        ("/var/lib/loa", Path("/var/lib/loa")),
    ],
)
def test_the_data_folder_is_never_the_programs_own(said: str, folder: Path) -> None:
    assert settings._data_folder(said) == folder


WRONG = [
    # setting, value, what the sentence must say
    ("PUBLIC_URL", "loa.example.vn", "PUBLIC_URL must be an address such as https://"),
    ("PUBLIC_URL", "ftp://loa.example.vn", "PUBLIC_URL must be an address such as https://"),
    ("VILLAGE_URL", "8100", "VILLAGE_URL must be an address"),
    ("TWILIO_API_URL", "api.twilio.com", "TWILIO_API_URL must be an address"),
    (
        "DATABASE_URL",
        "mysql://root@localhost/loa",
        "DATABASE_URL must begin with sqlite:/// or postgresql://",
    ),
    ("LOA_SMS_HOURS", "7-22", "LOA_SMS_HOURS must look like 07:00-22:00"),
    ("LOA_SMS_HOURS", "22:00-07:00", "LOA_SMS_HOURS must look like 07:00-22:00"),
    ("LOA_SMS_HOURS", "07:00-25:00", "LOA_SMS_HOURS must look like 07:00-22:00"),
    ("LOA_SMS_PRICE_VND", "800đ", "LOA_SMS_PRICE_VND"),
    ("LOA_SMS_PRICE_VND", "-1", "LOA_SMS_PRICE_VND"),
    ("LOA_SMS_PER_PHONE_PER_DAY", "0", "LOA_SMS_PER_PHONE_PER_DAY"),  # would send nothing, silently
    ("LOA_APPROVAL_ABOVE", "many", "LOA_APPROVAL_ABOVE"),
    ("TWILIO_SMS_PER_SECOND", "0", "TWILIO_SMS_PER_SECOND"),
    ("TWILIO_VOICE_NAME", "alice", "TWILIO_VOICE_NAME must be a Vietnamese voice such as Google.vi-VN"),
    ("TWILIO_VOICE_NAME", "Polly.en-US-Joanna", "TWILIO_VOICE_NAME must be a Vietnamese voice"),
    ("TWILIO_VOICE_NAME", "", "TWILIO_VOICE_NAME must be a Vietnamese voice"),
    ("LOA_DATA", "/proc/loa", "LOA_DATA: the folder /proc/loa cannot be made"),
]


@pytest.mark.parametrize(("name", "value", "words"), WRONG)
def test_a_wrong_setting_is_one_sentence(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(settings.SettingsError) as refused:
        settings.load()
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_live_account_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", LIVE["TWILIO_ACCOUNT_SID"])
    with pytest.raises(settings.SettingsError, match="TWILIO_SMS_FROM is missing"):
        settings.load()


def test_without_an_account_it_is_a_rehearsal_with_the_village() -> None:
    known = settings.load()
    assert known.rehearsal
    assert known.twilio.api_url == known.village_url


def test_secrets_are_made_once_for_their_owner_alone_and_never_printed() -> None:
    known = settings.load()
    assert settings.load() == known
    kept = known.data / "secret_key"
    assert kept.stat().st_mode & 0o077 == 0
    assert known.data.stat().st_mode & 0o077 == 0
    assert known.secret_key not in repr(known)
    assert known.twilio.auth_token not in repr(known)
    assert known.secret_key not in repr(replace(known, public_url="https://loa.example.vn"))


def test_postgresql_is_spoken_to_through_our_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("postgres://loa@db/loa", "postgresql://loa@db/loa", "postgresql+psycopg://loa@db/loa"):
        monkeypatch.setenv("DATABASE_URL", url)
        assert settings.load().database_url == "postgresql+psycopg://loa@db/loa"
