"""Calls on the phones on screen: ringing, what is said, the keypad; by plain forms and in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from village import audio

VOICE_PATH = "/hooks/twilio/voice/in"
PAGE_AGAIN_MS = 30_000  # without JavaScript the page comes again by itself, every 3 to 10 s


def phone_part(page, number):
    """The HTML of one phone."""
    found = re.search(rf'<article[^>]*data-phone="{re.escape(number)}".*?</article>', page, re.S)
    assert found, f"no phone {number}"
    return found[0]


@pytest.fixture
def on_screen(village):
    """Waits for words on the screen of a phone, and gives its part of the page."""

    def look(phone, words):
        village.until(lambda: words in phone_part(village.get(f"/?to=0{phone[3:]}"), phone))
        return phone_part(village.get(f"/?to=0{phone[3:]}"), phone)

    return look


@pytest.fixture
def ringing(village, number):
    """A call that rings until somebody takes the phone in hand: phone and call."""

    def ring(twiml):
        phone = number()
        village.behave(call_phones={phone: "by_hand"}, hand_speed=10)
        return phone, village.say(phone, twiml, timeout=600)

    return ring


def test_a_call_is_taken_heard_answered_by_key_and_ended_with_plain_forms(
    village, receiver, ringing, document, on_screen
):
    action, path = document("<Say>Cảm ơn &lt;b&gt;bạn&lt;/b&gt;</Say><Pause length='3000'/>")
    twiml = (
        f"<Gather numDigits='1' action='{action}'><Say>Bấm 1 nếu muốn đi</Say><Pause length='3000'/></Gather>"
    )
    phone, call = ringing(twiml)
    part = on_screen(phone, "Văn phòng đang gọi…")
    assert "Nghe máy" in part
    assert "Từ chối" in part
    assert 'name="key"' not in part
    village.post(f"/phones/{phone}/pick-up", b"")
    part = on_screen(phone, "Bấm 1 nếu muốn đi")
    assert "Đang nói chuyện" in part
    assert re.findall(r'name="key" value="(.)"', part) == list("123456789*0#")
    village.post(f"/phones/{phone}/key", b"key=1")
    part = on_screen(phone, "Cảm ơn")
    assert "Cảm ơn &lt;b&gt;bạn&lt;/b&gt;" in part
    assert "Đã bấm <b>1</b>" in part
    assert receiver.at(path)[0].fields["Digits"] == "1"
    village.post(f"/phones/{phone}/hang-up", b"")
    assert village.story(call.sid)["status"] == "completed"
    assert "bấm 1" in on_screen(phone, "Cuộc gọi đã xong")


def test_a_recording_is_there_to_be_played(receiver, village, ringing, on_screen):
    receiver.files["/recording.wav"] = ("audio/wav", audio.speech(2))
    url = f"{receiver.url}/recording.wav"
    phone, call = ringing(f"<Play>{url}</Play><Pause length='3000'/>")
    on_screen(phone, "Văn phòng đang gọi…")
    village.post(f"/phones/{phone}/pick-up", b"")
    part = on_screen(phone, "Bản ghi âm")
    assert f'<audio controls preload="none" src="{url}"' in part
    call.update(status="completed")


def test_a_refused_call_is_busy_and_a_missed_one_no_answer(village, ringing, on_screen, number):
    phone, call = ringing("<Say>Xin chao</Say>")
    on_screen(phone, "Từ chối")
    village.post(f"/phones/{phone}/hang-up", b"")
    assert village.story(call.sid)["status"] == "busy"
    missed = number()
    village.behave(call_phones={missed: "no_answer"})
    assert village.story(village.say(missed, "<Say>Xin chao</Say>").sid)["status"] == "no-answer"
    on_screen(missed, "Cuộc gọi nhỡ")


def test_this_phone_calls_the_office(village, receiver, number, on_screen):
    phone = number()
    receiver.bodies[VOICE_PATH] = "<Response><Say>Van phong nghe day</Say><Pause length='3000'/></Response>"
    village.behave(hand_speed=20)
    assert "Gọi đi" in phone_part(village.get(f"/?to=0{phone[3:]}"), phone)
    village.post(f"/phones/{phone}/call", b"")
    on_screen(phone, "Van phong nghe day")
    village.post(f"/phones/{phone}/hang-up", b"")
    on_screen(phone, "Cuộc gọi đã xong")
    receiver.bodies[VOICE_PATH] = "<Response><Reject/></Response>"
    village.post(f"/phones/{phone}/call", b"")
    on_screen(phone, "Văn phòng không nghe máy")
    receiver.bodies[VOICE_PATH] = "<Response><Reject reason='busy'/></Response>"
    village.post(f"/phones/{phone}/call", b"")
    on_screen(phone, "Văn phòng báo bận")


def test_a_phone_is_held_and_put_down_again(village, number):
    phone = number()
    village.send(phone)
    village.post(f"/phones/{phone}/hand", b"")
    assert 'aria-pressed="true"' in phone_part(village.get("/"), phone)
    village.post(f"/phones/{phone}/hand", b"")
    assert 'aria-pressed="false"' in phone_part(village.get("/"), phone)


def test_keys_without_a_call_and_nonsense_do_nothing(village, number):
    phone = number()
    status, page = village.post(f"/phones/{phone}/key", b"key=1")
    assert (status, "Máy này không có cuộc gọi nào" in page) == (200, True)
    for deed in ("call", "pick-up", "hang-up", "key", "hand"):
        assert village.post(f"/phones/x/{deed}", b"key=1")[0] == 404
    assert [line for line in village.lines("/answers") if line["from"] == phone] == []


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_takes_a_call_in_a_browser(village, receiver, ringing, document, browser, javascript):
    action, path = document("<Say>Tam biet</Say><Pause length='3000'/>")
    twiml = f"<Gather numDigits='1' action='{action}'><Say>Bam mot</Say><Pause length='3000'/></Gather>"
    phone, call = ringing(twiml)
    village.until(lambda: call.fetch().status == "ringing")
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(village.url)
    screen = page.locator(f'[data-phone="{phone}"]')
    expect(screen.get_by_role("status")).to_have_text("Văn phòng đang gọi…")
    screen.get_by_role("button", name="Nghe máy").click()
    expect(screen).to_contain_text("Bam mot", timeout=PAGE_AGAIN_MS)
    screen.get_by_role("button", name="Phím 1").click()
    expect(screen).to_contain_text("Tam biet", timeout=PAGE_AGAIN_MS)
    expect(screen).to_contain_text("Đã bấm 1")
    assert receiver.at(path)
    screen.get_by_role("button", name="Gác máy").click()
    assert village.story(call.sid)["keys"] == "1"
    expect(screen).to_contain_text("Cuộc gọi đã xong", timeout=PAGE_AGAIN_MS)
    assert complaints == []
    context.close()
