"""The phones on screen, without and with a browser."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

SMS_PATH = "/hooks/twilio/sms"


def phone_part(page, number):
    """The HTML of one phone."""
    found = re.search(rf'<article[^>]*data-phone="{re.escape(number)}".*?</article>', page, re.S)
    assert found, f"no phone {number}"
    return found[0]


def test_the_page_says_that_it_is_a_rehearsal(new_village):
    with new_village("http://127.0.0.1:9/") as village:
        page = village.get("/")
        assert "Diễn tập – không tin nào ra ngoài" in page
        assert "Chưa có tin nào" in page
        assert village.get("/phones?v=1").count("data-phone=") == 0


def test_a_message_is_seen_on_its_phone_and_answered_by_the_plain_form(village, receiver, number):
    phone = number()
    village.send(phone, "Tuyen <b>20</b> cong nhan & tho")
    village.until(lambda: "Tuyen &lt;b&gt;20&lt;/b&gt; cong nhan &amp; tho" in village.get("/"))
    part = phone_part(village.get("/"), phone)
    action = re.search(r'<form method="post" action="([^"]+)"', part)[1]
    assert 'name="text"' in part
    assert ">Gửi</button>" in part
    status, page = village.post(action, f"text={quote('Có, tôi đi')}".encode())
    assert status == 200  # by way of a redirect to the phone
    assert "Có, tôi đi" in phone_part(page, phone)
    village.until(lambda: "đã tới văn phòng" in phone_part(village.get("/"), phone))
    (post,) = [post for post in receiver.at(SMS_PATH) if post.fields["From"] == phone]
    assert post.fields["Body"] == "Có, tôi đi"
    (answer,) = [answer for answer in village.lines("/answers") if answer["from"] == phone]
    assert answer["typed"] is True
    assert answer["answers"] == village.log_of(phone)[0]["sid"]


def test_an_empty_answer_and_a_wrong_number_send_nothing(village, number):
    phone, before = number(), village.state()["answers"]
    status, page = village.post(f"/phones/{phone}/answer", b"text=+++")
    assert status == 200
    assert "Hãy gõ tin trả lời" in page
    assert village.post("/phones/+8421938712/answer", b"text=1")[0] == 404
    assert village.post("/phones/x/answer", b"text=1")[0] == 404
    assert village.state()["answers"] == before


def test_only_the_newest_phones_are_on_screen_and_any_can_be_found(village, number):
    phones = [number() for _ in range(30)]
    for phone in phones:
        village.send(phone)
    village.until(lambda: village.state()["idle"])
    shown = re.findall(r'data-phone="([^"]+)"', village.get("/"))
    assert shown == phones[:-25:-1]
    local = "0" + phones[0][3:]
    for typed in (phones[0], local, f"{local[:4]} {local[4:7]} {local[7:]}", phones[0][-9:]):
        assert re.findall(r'data-phone="([^"]+)"', village.get(f"/?to={quote(typed)}")) == [phones[0]]


def test_a_villager_without_messages_can_write_first(village, receiver):
    assert 'data-phone="+84987000654"' in village.get("/?to=0987000654")
    village.post("/phones/+84987000654/answer", b"text=xin+viec")
    village.until(lambda: [p for p in receiver.at(SMS_PATH) if p.fields["From"] == "+84987000654"])


def test_a_search_without_result_says_what_to_type(village):
    page = village.get(f"/?to={quote('<script>1')}")
    assert "Không có máy nào" in page
    assert "<script>1" not in page


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("unreachable", "Máy đang tắt hoặc ngoài vùng phủ sóng"),
        ("dead", "Số này không có người dùng"),
        ("filtered", "Nhà mạng chặn tin này"),
    ],
)
def test_a_message_that_does_not_arrive_is_told_in_words_and_not_shown(village, number, behaviour, words):
    phone = number()
    village.behave(phones={phone: behaviour})
    village.send(phone, "khong ai doc tin nay")
    village.until(lambda: words in phone_part(village.get("/"), phone))
    assert "khong ai doc tin nay" not in phone_part(village.get("/"), phone)


def test_the_part_that_changes_is_only_sent_when_it_has_changed(village, number):
    village.send(number())
    village.until(lambda: village.state()["idle"])
    version = re.search(r'id="live" data-version="(\d+)"', village.get("/phones"))[1]
    assert village.get(f"/phones?v={version}") == ""
    village.send(number())
    assert 'id="live"' in village.get(f"/phones?v={version}")


@pytest.mark.browser
@pytest.mark.parametrize("javascript", [True, False])
def test_a_person_answers_in_a_browser(village, receiver, number, javascript, browser):
    phone = number()
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(village.url)
    village.send(phone, "Ban co muon di lam khong?")
    if not javascript:
        village.until(lambda: village.state()["idle"])
        page.reload()
    screen = page.locator(f'[data-phone="{phone}"]')
    expect(screen).to_contain_text("Ban co muon di lam khong?")
    screen.locator('input[name="text"]').fill("1")
    screen.get_by_role("button", name="Gửi").click()
    expect(screen.locator(".out")).to_contain_text("1")
    if javascript:
        expect(screen.locator(".out")).to_contain_text("đã tới văn phòng")
        expect(screen.locator('input[name="text"]')).to_have_value("")
        screen.locator('[data-key="5"]').click()
        expect(screen.locator('input[name="text"]')).to_have_value("5")
    assert complaints == []
    context.close()
    village.until(lambda: [post for post in receiver.at(SMS_PATH) if post.fields["From"] == phone])
