"""The one door in: whatever a phone sends is kept once, understood or handed to a person, and followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service import db, settings
from service.followup import arrivals, tasks
from service.followup.tasks import FollowUp
from service.refused import Refused
from service.registry import phones
from service.replies import decisions, events, inbox, interests
from service.replies.events import CarrierEvent
from service.replies.inbox import Outcome, Reply
from service.replies.interests import Interest
from service.staff.accounts import Staff
from tests import world
from tests.replies import talk
from tests.replies.talk import all_of, confirmations, deeds_of, phone_of, says, sent_campaign, task_of

pytestmark = pytest.mark.usefixtures("connected")
NUMBER, SECOND = world.number(1), world.number(2)
VOICE_YES: dict[str, object] = {"missed_call": "yes", "channel": "voice"}
YES_TEXT: dict[str, object] = {"missed_call": "yes", "text": world.TEXT + ". {nhay_may}."}


def manager() -> Staff:
    with db.transaction():
        return world.staff("manager")


def one_villager(number: str = NUMBER) -> world.Person:
    with db.transaction():
        return world.person("Vàng Mí Páo", number)


def classify(reply: Reply, meaning: str, by: Staff) -> Outcome:
    with db.transaction():
        found = inbox.find_to_read(reply.id)
        assert found is not None
        outcome = decisions.classify(found, meaning, by)
        tasks.open_for(outcome.interest)
    return outcome


def test_a_reply_is_bound_to_the_latest_campaign_that_went_out() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    second = sent_campaign(by)
    with db.transaction():
        world.launched(by)  # running, but not sent to anybody yet
    outcome = says(NUMBER, "1")
    assert talk.reply(outcome).campaign_id == second.id
    assert talk.reply(outcome).meaning == "interested"


def test_the_same_reply_delivered_twice_is_stored_once_and_followed_up_once() -> None:
    one_villager()
    sent_campaign()
    first = says(NUMBER, "1", "SMin1")
    again = says(NUMBER, "1", "SMin1")
    other_words = says(NUMBER, "1 ", "SMin1")  # the carrier's id counts, not the words
    assert first.reply is not None
    assert again == other_words == Outcome()
    assert len(all_of(Reply)) == len(all_of(Interest)) == len(all_of(FollowUp)) == 1


@pytest.mark.parametrize(
    ("text", "meaning", "waits"),
    [
        ("1", "interested", False),
        ("khong", "not_interested", False),
        ("TC", "stop", False),
        ("luong bao nhieu?", "question", True),
        ("nham so roi", "wrong_person", True),
        ("xyz", "unclear", True),
        ("", "unclear", True),
    ],
)
def test_what_no_rule_settles_waits_for_a_person(text: str, meaning: str, waits: bool) -> None:
    one_villager()
    sent_campaign()
    reply = talk.reply(says(NUMBER, text))
    assert reply.meaning == meaning
    assert (reply.handled_at is None) is waits
    assert inbox.waiting_count() == len(inbox.waiting()) == int(waits)


def test_a_missed_call_waits_for_a_person() -> None:
    one_villager()
    sent_campaign()
    reply = talk.reply(says(NUMBER, "", kind="missed_call"))
    assert (reply.kind, reply.meaning, reply.handled_at) == ("missed_call", "question", None)


@pytest.mark.parametrize("told", [YES_TEXT, VOICE_YES], ids=["by SMS", "in a call"])
def test_where_a_missed_call_is_a_yes_it_does_what_an_sms_1_does(told: dict[str, object]) -> None:
    one_villager()
    campaign = sent_campaign(**told)
    outcome = says(NUMBER, "", kind="missed_call")
    reply = talk.reply(outcome)
    assert (reply.meaning, reply.campaign_id, reply.handled_at is None) == ("interested", campaign.id, False)
    assert task_of(talk.interest(outcome)).state == tasks.TO_CALL
    says(NUMBER, "", kind="missed_call")  # rings again, to be sure
    assert len(all_of(Interest)) == len(all_of(FollowUp)) == 1
    assert inbox.waiting_count() == 0


def test_a_missed_call_means_what_the_newest_campaign_said() -> None:
    one_villager()
    sent_campaign(**YES_TEXT)
    newest = sent_campaign()
    reply = talk.reply(says(NUMBER, "", kind="missed_call"))
    assert (reply.meaning, reply.campaign_id) == ("question", newest.id)


def test_a_missed_call_of_a_phone_that_no_campaign_reached_is_a_question_with_none() -> None:
    one_villager()
    sent_campaign(**YES_TEXT)
    reply = talk.reply(says(SECOND, "", kind="missed_call"))
    assert (reply.meaning, reply.campaign_id, reply.handled_at) == ("question", None, None)
    assert all_of(Interest) == []


def test_a_stop_after_a_missed_call_takes_the_yes_back() -> None:
    one_villager()
    sent_campaign(**YES_TEXT)
    interest = talk.interest(says(NUMBER, "", kind="missed_call"))
    says(NUMBER, "TC")
    assert task_of(interest).state == tasks.WITHDRAWN


def test_stop_closes_the_number_and_is_confirmed_exactly_once() -> None:
    person = one_villager()
    sent_campaign()
    for text in ("TC", "tc", "dung gui tin nua"):
        says(NUMBER, text)
    assert phone_of(NUMBER).opted_out_at is not None
    assert [message.state for message in confirmations()] == ["ready"]
    assert talk.send_all() == 1  # it goes to the closed number, being what the law asks for
    says(NUMBER, "STOP")
    assert len(confirmations()) == 1
    assert deeds_of(person).count("phone.opted_out") == 1


def test_a_second_opt_out_after_an_opt_in_is_confirmed_too() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    says(NUMBER, "TC")
    with db.transaction():
        phone = phones.find(phone_of(NUMBER).id)
        assert phone is not None
        phones.opt_in(phone, by)
    says(NUMBER, "TC")
    assert len(confirmations()) == 2


def test_stop_also_takes_back_the_yes() -> None:
    one_villager()
    sent_campaign()
    interest = talk.interest(says(NUMBER, "1"))
    says(NUMBER, "TC")
    assert task_of(interest).state == tasks.WITHDRAWN


def test_a_number_nobody_registered_is_kept_and_waits_for_a_person() -> None:
    reply = talk.reply(says(SECOND, "1"))
    assert (reply.meaning, reply.campaign_id, reply.handled_at) == ("interested", None, None)
    assert phone_of(SECOND).kind == "mobile"


@pytest.mark.parametrize(
    ("sender", "text", "waits"),
    [
        ("Viettel", "khuyen mai", False),
        ("191", "1", False),  # a short code wants no job
        ("1414", "TC", False),  # nor can it ask us to stop
        ("\0abc", "cong ty no luong", True),  # trouble is looked at, whoever seems to send it
        ("", "1", True),
        ("+8613812345678", "1", True),  # a villager who works abroad has such a number
        ("13812345678901", "cuu em voi", True),
    ],
)
def test_names_and_short_codes_are_kept_and_are_nobodys_work(sender: str, text: str, waits: bool) -> None:
    reply = talk.reply(says(sender, text))
    assert (reply.handled_at is None) is waits
    assert reply.aside == ("" if waits else "service")
    assert inbox.waiting_count() == int(waits)
    assert [one.id for one in inbox.set_aside(db.clock())] == ([] if waits else [reply.id])
    assert all_of(Interest) == confirmations() == []


def test_a_stop_from_a_landline_is_obeyed_without_an_sms() -> None:
    says("+842193871234", "TC")
    assert phone_of("+842193871234").opted_out_at is not None
    assert confirmations() == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1\0", "1"),
        ("a" * 10_240, "a" * 2_000),
        ("Đi lắm " * 2_000, ("Đi lắm " * 2_000)[:2_000]),
        ("😀" * 3_000, "😀" * 2_000),
        ("mo\u0300", "mò"),  # composed
    ],
    ids=["NUL", "10 kB", "10 kB with accents", "emoji", "decomposed"],
)
def test_strange_texts_are_stored_as_far_as_they_can_be(text: str, kept: str) -> None:
    one_villager()
    sent_campaign()
    reply = talk.reply(says(NUMBER, text))
    db.end_reading()
    stored = inbox.find(reply.id)
    assert stored is not None
    assert stored.text == kept


def test_an_event_spooled_to_disk_ends_like_one_taken_in_at_once() -> None:
    one_villager()
    one_villager(SECOND)
    sent_campaign()
    says(NUMBER, "có, \0 tôi muốn đi", "SMin1")
    events.spool(talk.incoming(SECOND, "có, \0 tôi muốn đi", "SMin2"))
    assert (events.spool_size(), len(all_of(Reply))) == (1, 1)
    for _ in range(2):  # a replay that died before it removed the file does it again
        for _path, received in events.spooled():
            with db.transaction():
                arrivals.accept(received)
    for path, _received in events.spooled():
        path.unlink()
    assert events.spool_size() == 0
    replies = [
        (one.kind, one.text, one.meaning, one.campaign_id, one.handled_at is None)
        for one in all_of(Reply)
        if isinstance(one, Reply)
    ]
    assert replies[0] == replies[1]
    assert len(replies) == len(all_of(Interest)) == len(all_of(FollowUp)) == len(all_of(CarrierEvent)) == 2


def test_the_spool_keeps_the_hour_at_which_the_reply_came() -> None:
    one_villager()
    sent_campaign()
    events.spool(talk.incoming(NUMBER, "1", at=world.TUESDAY_10))
    [(_path, received)] = events.spooled()
    with db.transaction():
        outcome = arrivals.accept(received)
    assert talk.reply(outcome).received_at == world.TUESDAY_10


# ------------------------------------------------------------------- a stop beside something else, and machines


def test_a_stop_word_beside_a_call_for_help_ends_the_messages_and_a_person_reads_the_rest() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    reply = talk.reply(says(NUMBER, "TC. no luong chua tra"))
    assert (reply.meaning, reply.stops, reply.handled_at) == ("help", True, None)
    assert phone_of(NUMBER).opted_out_at is not None
    assert len(confirmations()) == 1
    classify(reply, "help", by)
    classify(reply, "question", by)  # whatever it is, the stop word was there
    assert phone_of(NUMBER).opted_out_at is not None
    assert len(confirmations()) == 1


def test_a_call_for_help_is_read_before_what_came_earlier() -> None:
    one_villager()
    sent_campaign()
    first, cry, last = (talk.reply(says(NUMBER, text)).id for text in ("xyz", "cuu em voi", "zyx"))
    assert [reply.id for reply in inbox.waiting()] == [cry, first, last]
    assert [reply.id for reply in inbox.waiting(after=cry)] == [first, last]
    assert [reply.id for reply in inbox.waiting(after=first)] == [last]
    assert inbox.waiting(after=last) == []


@pytest.mark.parametrize("text", ["1 TC", "em di. tc"])
def test_a_stop_beside_a_yes_is_obeyed_and_a_person_asks_what_was_meant(text: str) -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    reply = talk.reply(says(NUMBER, text))
    assert (reply.meaning, reply.handled_at) == ("stop", None)
    assert phone_of(NUMBER).opted_out_at is not None
    assert all_of(Interest) == []
    outcome = classify(reply, "interested", by)
    assert talk.interest(outcome).state == interests.OPEN
    assert phone_of(NUMBER).opted_out_at is None


def test_a_person_who_confirms_a_doubtful_stop_does_not_have_it_confirmed_twice() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    reply = talk.reply(says(NUMBER, "1 TC"))
    classify(reply, "stop", by)
    assert phone_of(NUMBER).opted_out_at is not None
    assert (len(confirmations()), inbox.waiting_count()) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        "Quy khach con 2.000d trong tai khoan",
        "Toi dang ban, se goi lai sau",
        "[QC] Tang 50% the nap, soan KM gui 199. Tu choi QC soan TC gui 199",
        "Ma OTP cua quy khach la 443221",
    ],
)
def test_what_machines_send_is_kept_and_is_neither_a_yes_nor_a_stop_nor_work(text: str) -> None:
    one_villager()
    sent_campaign()
    reply = talk.reply(says(NUMBER, text))
    assert (reply.meaning, reply.aside, reply.stops) == ("unclear", "automatic", False)
    assert inbox.waiting_count() == 0
    assert phone_of(NUMBER).opted_out_at is None
    assert all_of(Interest) == confirmations() == []


def test_our_own_number_is_nobody() -> None:
    reply = talk.reply(says(settings.get().twilio.voice_from, "1"))
    assert (reply.aside, inbox.waiting_count(), all_of(Interest)) == ("own", 0, [])


def test_a_loop_is_cut_after_three_and_everything_is_kept() -> None:
    one_villager()
    sent_campaign()
    start = db.clock()
    for minute in range(8):
        says(NUMBER, f"May {minute} phut nua xyz", at=start + timedelta(minutes=minute))
    assert len(all_of(Reply)) == 8
    assert inbox.waiting_count() == 3
    assert {reply.aside for reply in inbox.set_aside(db.clock())} == {"loop"}
    says(NUMBER, "May 9 phut nua xyz", at=start + timedelta(minutes=75))  # a new hour
    assert inbox.waiting_count() == 4


def test_a_loop_of_stops_is_confirmed_once_however_often_staff_open_the_number_again() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    start = db.clock()
    for second in range(6):
        says(NUMBER, "TC", at=start + timedelta(seconds=second))
        with db.transaction():
            phone = phones.find(phone_of(NUMBER).id)
            assert phone is not None
            phones.opt_in(phone, by)
    assert len(confirmations()) == 3
    says(NUMBER, "TC", at=start + timedelta(seconds=9))
    assert phone_of(NUMBER).opted_out_at is not None


def test_a_cry_for_help_that_is_repeated_is_never_cut_once_the_others_were_read() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    for _ in range(3):
        cry = talk.reply(says(NUMBER, "cuu em voi"))
        with db.transaction():
            found = inbox.find_to_read(cry.id)
            assert found is not None
            decisions.classify(found, "help", by)
            decisions.mark_answered(found, by)
    assert talk.reply(says(NUMBER, "cuu em voi")).handled_at is None
    assert inbox.waiting_count() == 1


def test_the_newest_word_counts_even_when_it_was_said_three_times_before() -> None:
    one_villager()
    sent_campaign()
    start = db.clock()
    for minute, text in enumerate(["1", "khong", "1", "khong", "1", "khong", "1"]):
        outcome = says(NUMBER, text, at=start + timedelta(minutes=minute))
    assert talk.interest(outcome).state == interests.OPEN
    assert len(all_of(FollowUp)) == 1


# ------------------------------------------------------------------------------------------- read by a person


def test_a_person_reads_a_yes_and_the_same_follows_as_if_the_machine_had() -> None:
    person = one_villager()
    by = manager()
    sent_campaign(by)
    unclear = talk.reply(says(NUMBER, "xyz"))
    outcome = classify(unclear, "interested", by)
    assert talk.interest(outcome).person_id == person.id
    assert task_of(talk.interest(outcome)).state == tasks.TO_CALL
    assert inbox.waiting_count() == 0
    assert (outcome.reply and outcome.reply.decided_by) == by.id
    assert "reply.classified" in deeds_of(person)


def test_a_wrong_person_read_by_a_person_is_handled() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    outcome = classify(talk.reply(says(NUMBER, "xyz")), "wrong_person", by)
    assert talk.reply(outcome).handled_at is not None
    assert (inbox.waiting_count(), outcome.interest) == (0, None)


@pytest.mark.parametrize("meaning", ["question", "help"])
def test_who_reads_a_question_owes_the_answer_until_it_is_given(meaning: str) -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    asked = talk.reply(classify(talk.reply(says(NUMBER, "xyz")), meaning, by))
    assert (inbox.waiting_count(), inbox.to_answer_count()) == (0, 1)
    assert [(reply.id, reply.decided_by) for reply in inbox.to_answer()] == [(asked.id, by.id)]
    db.end_reading()
    for _ in range(2):  # a second press changes nothing
        with db.transaction():
            found = inbox.find_to_read(asked.id)
            assert found is not None
            decisions.mark_answered(found, by)
    assert (inbox.waiting_count(), inbox.to_answer_count()) == (0, 0)


def test_calls_for_help_come_before_questions() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    question, cry = (talk.reply(says(NUMBER, text)) for text in ("xyz", "zyx"))
    classify(question, "question", by)
    classify(cry, "help", by)
    assert [reply.id for reply in inbox.to_answer()] == [cry.id, question.id]


def test_a_misread_yes_is_taken_back() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    yes = says(NUMBER, "1")
    classify(talk.reply(yes), "question", by)
    assert task_of(talk.interest(yes)).state == tasks.WITHDRAWN


def test_a_misread_no_brings_the_earlier_yes_back() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    yes = says(NUMBER, "1")
    no = says(NUMBER, "khong")
    assert task_of(talk.interest(yes)).state == tasks.WITHDRAWN
    classify(talk.reply(no), "question", by)
    assert task_of(talk.interest(yes)).state == tasks.TO_CALL


def test_an_old_reply_read_late_does_not_overrule_a_newer_one() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    old = talk.reply(says(NUMBER, "xyz"))
    says(NUMBER, "khong")
    outcome = classify(old, "interested", by)
    assert outcome.interest is None
    assert all_of(FollowUp) == []


def test_a_misread_stop_opens_the_number_again_unless_another_stop_stands() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    first = talk.reply(says(NUMBER, "TC"))
    classify(first, "question", by)
    assert phone_of(NUMBER).opted_out_at is None
    second, third = talk.reply(says(NUMBER, "TC")), says(NUMBER, "TC")
    classify(second, "question", by)
    assert phone_of(NUMBER).opted_out_at is not None, third


def test_confirming_what_the_machine_read_changes_nothing_else() -> None:
    one_villager()
    by = manager()
    sent_campaign(by)
    stop = talk.reply(says(NUMBER, "TC"))
    before = phone_of(NUMBER).opted_out_at
    classify(stop, "stop", by)
    assert (phone_of(NUMBER).opted_out_at, len(confirmations())) == (before, 1)


def test_a_yes_needs_a_campaign() -> None:
    by = manager()
    lost = talk.reply(says(SECOND, "1"))
    with pytest.raises(Refused, match=r"reply\.no_campaign"):
        classify(lost, "interested", by)
    assert inbox.waiting_count() == 1
    classify(lost, "question", by)
    assert inbox.waiting_count() == 0


@pytest.mark.parametrize("meaning", ["unclear", "", "yes"])
def test_a_person_must_choose_one_of_the_meanings(meaning: str) -> None:
    by = manager()
    lost = talk.reply(says(SECOND, "?"))
    with pytest.raises(Refused, match=r"reply\.unknown_meaning"):
        classify(lost, meaning, by)
