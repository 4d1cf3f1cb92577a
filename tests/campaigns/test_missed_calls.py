"""What a missed call means is said by every campaign that takes it for a yes, in what it writes and in what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from service import db, settings
from service.campaigns import calls, campaigns, missed_calls, notices, recordings, voice_notices
from service.campaigns.audience import Household, Member
from service.campaigns.campaigns import CALL_ME, YES, Campaign
from service.campaigns.recordings import Place
from service.campaigns.voice_notices import VOICE_NOTICES
from service.text import spoken
from tests import world
from tests.campaigns.situations import GOOD, employer
from tests.campaigns.test_recordings import MEANING, heard

HOUSE = Household(1, world.number(0), (Member(1, "Vàng Mí Páo", "male", 1995),))
FULL = {**GOOD, "papers": "căn cước", "departs_on": GOOD["deadline"], "reach": "in_province"}
NUMBER = spoken.text("0219 000 000")


def of(notice: str, meaning: str) -> Campaign:
    return Campaign(**{**FULL, "notice": notice, "missed_call": meaning, "channel": "voice"})


@pytest.mark.parametrize("notice", [one for one in VOICE_NOTICES if one != "meeting_invitation"])
@pytest.mark.usefixtures("connected")
def test_a_call_says_that_a_missed_call_is_a_yes_and_only_then(notice: str) -> None:
    yes, _minutes = calls.writer(of(notice, YES), employer())(HOUSE)
    assert yes.endswith(f"Nháy máy {NUMBER} nếu muốn đi.")
    assert not any(char.isdigit() for char in yes)
    asks, _minutes = calls.writer(of(notice, CALL_ME), employer())(HOUSE)
    assert asks == yes.removesuffix(f" Nháy máy {NUMBER} nếu muốn đi.")


@pytest.mark.usefixtures("connected")
def test_without_a_number_a_call_that_would_have_to_name_it_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOA_MISSED_CALL_NUMBER", "")
    settings.get.cache_clear()
    with pytest.raises(ValueError, match="nhay_may"):
        calls.writer(of("recruit_in_province", YES), employer())
    calls.writer(of("recruit_in_province", CALL_ME), employer())


@pytest.mark.parametrize(
    ("meaning", "plain", "words"),
    [
        (YES, True, "Nhay may 0219 000 000 neu muon di."),
        (CALL_ME, False, "Nháy máy 0219 000 000 để cán bộ gọi lại."),
    ],
)
@pytest.mark.usefixtures("connected")
def test_what_is_written(meaning: str, plain: bool, words: str) -> None:
    campaign = Campaign(**{**GOOD, "missed_call": meaning, "text": "{nhay_may}."})
    assert notices.composed(campaign.text, notices.facts(campaign, None), plain)("anh Páo") == words


@given(st.text(), st.sampled_from([YES, CALL_ME, None]))
def test_the_sentence_is_added_at_most_once(notice: str, meaning: str | None) -> None:
    campaign = Campaign(missed_call=meaning)
    said = missed_calls.spoken(campaign, notice)
    assert said.count(missed_calls.PLACEHOLDER) == max(
        notice.count(missed_calls.PLACEHOLDER), int(meaning == YES)
    )
    assert missed_calls.spoken(campaign, said) == said


def test_each_meaning_has_a_sentence_that_is_read_as_it_and_as_nothing_else() -> None:
    for meaning, sentence in missed_calls.SENTENCES.items():
        assert missed_calls.meanings(sentence) == [meaning]


def test_a_recording_made_before_the_meaning_changed_is_used_no_longer(connected: Engine) -> None:
    """It says nothing of missed calls, or something that is no longer true."""
    with db.transaction():
        by, second = world.staff(), world.staff("officer", "pao@loaban.example")
        made = world.campaign(by, channel="voice")
        where = Place("notice", "hmn", made.id)
        recordings.confirm(recordings.add(where, heard(), by), MEANING, second)
        assert recordings.usable("notice", "hmn", made.id) is not None
        content = campaigns.content_of(made)
        campaigns.edit(made, type(content)(**{**vars(content), "missed_call": YES}), by)
    assert "nếu muốn đi" in recordings.words_of(where)
    assert recordings.usable("notice", "hmn", made.id) is None


def test_an_approval_falls_when_the_number_changes(
    connected: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction():
        made = world.campaign(world.staff(), missed_call=YES, text=world.TEXT + ". {nhay_may}.")
        world.approved(made)
    monkeypatch.setenv("LOA_MISSED_CALL_NUMBER", "0219 300 0001")
    settings.get.cache_clear()
    with db.transaction():
        found = campaigns.find(made.id)
        assert found is not None
        campaigns.refresh(found)
        assert found.state == campaigns.DRAFT


def test_every_voice_notice_may_use_the_placeholder() -> None:
    source = b"2: again\n9: stop\n0: officer\n\nXin ch\xc3\xa0o. {nhay_may}."
    assert missed_calls.PLACEHOLDER in voice_notices.parse("headcount_full", "vi", source).text
