"""The pages of recordings: bringing one, a second speaker's word, and the address at which a carrier fetches it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from service import db, settings
from service.campaigns import recording_files, recordings
from service.campaigns.recordings import Place, Recording
from service.sending import messages, recording_calls
from service.sending.messages import Message
from service.staff import accounts
from service.web import recording_words
from tests import world
from tests.campaigns.test_sound import BAD
from tests.campaigns.voices import MP3, WEBM, as_wav, encoded, speech
from tests.web.conftest import Visitor, words

PAGE = "/recordings/opening/hmn"
OPENING = Place("opening", "hmn")
MEANING = "Đây là cuộc gọi tự động của phòng văn hóa, xin gặp gia đình."
Enter = Callable[[str], Visitor]


def bring(visitor: Visitor, data: bytes, page: str = PAGE, name: str = "ghi âm.wav") -> int:
    visitor.get(page)
    return visitor.post(page, file=(io.BytesIO(data), name)).status_code


def kept(where: Place = OPENING) -> list[Recording]:
    db.end_reading()
    return recordings.versions(where)


def files() -> list[Path]:
    folder = settings.get().data / "recordings"
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def brought(manager: Visitor) -> Recording:
    assert bring(manager, as_wav(speech(2))) == 303
    [one] = kept()
    return one


def test_brought_by_one_and_confirmed_by_another(manager: Visitor, enter: Enter) -> None:
    assert "Chưa có" in words(manager.get("/recordings"))
    assert bring(manager, encoded(speech(2), *MP3), name="ghi âm.mp3") == 303
    page = words(manager.follow())
    assert "Đã lưu bản ghi." in page
    assert "nhờ một người khác biết tiếng này" in page
    assert "2,0 giây" in page
    assert manager.last.text.count("<rect x=") == 120
    [one] = kept()
    officer = enter("officer")
    assert "Nghe, xác nhận" in words(officer.get("/recordings?language=hmn"))
    officer.get(PAGE)
    assert officer.post(f"/recordings/{one.id}/confirm", meaning="đúng").status_code == 422
    assert "gõ bằng tiếng Việt bản ghi nói gì" in words(officer.last)
    assert officer.post(f"/recordings/{one.id}/confirm", meaning=MEANING).status_code == 303
    assert MEANING in words(officer.follow())
    assert "Dùng được" in words(manager.get("/recordings"))
    log = words(enter("auditor").get("/history"))
    assert "Ghi âm “Câu mở đầu cuộc gọi”, Tiếng Mông, bản 1: 2 giây" in log
    assert "Xác nhận nghĩa của bản ghi “Câu mở đầu cuộc gọi”, Tiếng Mông, bản 1" in log


def test_who_brought_it_is_not_offered_to_confirm_it_and_cannot(manager: Visitor, brought: Recording) -> None:
    assert "Xác nhận lời nói đúng" not in words(manager.get(PAGE))
    assert manager.post(f"/recordings/{brought.id}/confirm", meaning=MEANING).status_code == 422
    assert kept()[0].state == "draft"


def test_a_withdrawn_one_stays_among_the_versions(manager: Visitor, brought: Recording) -> None:
    manager.get(PAGE)
    assert manager.post(f"/recordings/{brought.id}/withdraw").status_code == 303
    assert "Đã rút bản 1" in words(manager.follow())
    assert kept()[0].state == "withdrawn"
    manager.get(PAGE)
    manager.post(f"/recordings/{brought.id}/withdraw")
    assert "vừa có người xác nhận hoặc rút" in words(manager.follow())


TOLD = {
    "a page": "một trang web, không phải tệp âm thanh",
    "empty": "Tệp trống",
    "silence": "không nghe thấy tiếng nói",
    "just too long": "dài hơn 3 phút",
    "cut wav": "bị cắt giữa chừng",
    "11 MB": "Tệp lớn hơn 10 MB",
    "a video": "Đây là phim",
    "a zip": "Đây là tệp nén",
}


def test_anything_else_ends_in_a_sentence_and_nothing_is_kept(manager: Visitor) -> None:
    for name, sentence in TOLD.items():
        assert bring(manager, BAD[name][0]()) == 422, name
        assert sentence in words(manager.last), name
    assert (kept(), files()) == ([], [])


def test_no_file_or_more_than_a_form_may_hold(manager: Visitor) -> None:
    manager.get(PAGE)
    assert manager.post(PAGE).status_code == 422
    assert "Xin chọn một tệp, hoặc bấm “Ghi âm”." in words(manager.last)
    assert bring(manager, b"RIFF" + b"\0" * (12 * 2**20)) == 413
    assert "bản ghi âm thì ghi ngắn lại" in words(manager.last)


def test_the_notice_of_a_campaign_has_a_page_of_its_own(manager: Visitor, app: Flask) -> None:
    with db.transaction():
        me = accounts.find_by_email("manager@vidu.vn")
        assert me is not None
        campaign = world.campaign(me)
    page = f"/recordings/notice-{campaign.id}/hmn"
    assert page in manager.get("/recordings").text
    assert "công nhân may" in words(manager.get(page))
    assert bring(manager, encoded(speech(1), *WEBM), page) == 303
    assert len(kept(Place("notice", "hmn", campaign.id))) == 1
    assert manager.get("/recordings/notice-999/hmn").status_code == 404
    assert manager.get(f"/recordings/notice-{campaign.id}/fr").status_code == 404


MAY = {
    # role: sees, adds, withdraws
    "viewer": (False, False, False),
    "admin": (False, False, False),
    "auditor": (True, False, False),
    "officer": (True, True, False),
    "caller": (True, True, False),
    "approver": (True, False, True),
}


def test_who_may_do_what(brought: Recording, enter: Enter) -> None:
    for role, (sees, adds, withdraws) in MAY.items():
        visitor = enter(role)
        assert (visitor.get(PAGE).status_code == 200) == sees, role
        assert (visitor.get(f"/recordings/{brought.id}/sound.wav").status_code == 200) == sees, role
        visitor.get("/password")
        assert (visitor.post(PAGE, file=(io.BytesIO(b""), "a.wav")).status_code == 422) == adds, role
        visitor.get("/password")
        assert (visitor.post(f"/recordings/{brought.id}/withdraw").status_code == 303) == withdraws, role


def test_only_the_page_that_records_may_ask_for_the_microphone(manager: Visitor) -> None:
    assert "microphone=(self)" in manager.get(PAGE).headers["Permissions-Policy"]
    assert "microphone=()" in manager.get("/recordings").headers["Permissions-Policy"]


# ---------------------------------------------------------------------------------------------- what a carrier gets


@pytest.fixture
def address(brought: Recording) -> str:
    whole = recording_files.address(brought.sha256, db.clock())
    return whole.removeprefix(settings.get().public_url)


def test_a_carrier_fetches_it_without_an_account(app: Flask, brought: Recording, address: str) -> None:
    stranger, data = Visitor(app), recording_files.path_of(brought.sha256).read_bytes()
    answer = stranger.get(address)
    assert (answer.status_code, answer.data) == (200, data)
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Length"] == str(len(data))
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    head = stranger.client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(data))
    assert stranger.client.post(address).status_code in (400, 405)
    again = stranger.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


PARTS = {
    # what is asked for: from, to
    "bytes=0-99": (0, 100),
    "bytes=100-": (100, None),
    "bytes=-50": (-50, None),
    "bytes=0-99999999": (0, None),
}
NO_PARTS = ("bytes=99999999-", "bytes=9-3", "bytes=x", "bytes=0-1,5-9", "lines=1-2")


def test_a_part_of_it(app: Flask, brought: Recording, address: str) -> None:
    data = recording_files.path_of(brought.sha256).read_bytes()
    for asked, (start, end) in PARTS.items():
        answer = Visitor(app).get(address, headers={"Range": asked})
        part, first = data[start:end], start if start >= 0 else len(data) + start
        assert (answer.status_code, answer.data) == (206, part), asked
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(data)}"
        assert answer.headers["Content-Type"] == "audio/wav"


def test_a_part_that_is_not_there(app: Flask, brought: Recording, address: str) -> None:
    size = recording_files.path_of(brought.sha256).stat().st_size
    for asked in NO_PARTS:
        answer = Visitor(app).get(address, headers={"Range": asked})
        assert answer.status_code == 416, asked
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        assert "Set-Cookie" not in answer.headers


def test_an_address_whose_time_is_up_or_that_was_made_up_leads_nowhere(
    app: Flask, brought: Recording, address: str
) -> None:
    past = recording_files.token_of(brought.sha256, 20_000)
    for wrong in (f"/recordings/{past}.wav", address.replace("-", "_"), f"/recordings/{brought.sha256}.wav"):
        answer = Visitor(app).get(wrong)
        assert (answer.status_code, answer.text) == (404, "not found")
        assert "Set-Cookie" not in answer.headers
    recording_files.path_of(brought.sha256).unlink()
    assert Visitor(app).get(address).status_code == 404


# ------------------------------------------------------------------------------------------------------- by phone


def call_me(visitor: Visitor, phone: str) -> int:
    visitor.get(PAGE)
    return visitor.post(PAGE + "/call", phone=phone).status_code


def test_whoever_records_is_called_at_his_own_phone(manager: Visitor) -> None:
    assert call_me(manager, "0912 999 001") == 303
    page = words(manager.follow())
    assert "Máy của bạn sẽ đổ chuông trong vài phút" in page
    assert "Đang gọi tới máy của bạn" in page
    db.end_reading()
    (message,) = db.session().scalars(select(Message))
    assert (message.kind, message.channel, message.state) == ("recording", "voice", "ready")
    assert call_me(manager, "0912 999 001") == 422
    assert "Đang có một cuộc gọi tới máy của bạn" in words(manager.last)


@pytest.mark.parametrize("phone", ["", "abc", "0219 387 1234", "0912 999 001 / 0912 999 002", "9" * 500])
def test_a_number_that_is_none_is_said_and_nobody_is_called(manager: Visitor, phone: str) -> None:
    assert call_me(manager, phone) == 422
    assert "Hãy ghi một số di động của bạn" in words(manager.last)
    db.end_reading()
    assert list(db.session().scalars(select(Message))) == []


def test_how_the_call_ended_stands_on_the_page(manager: Visitor) -> None:
    for state, said in {
        "busy": "Máy bận",
        "completed": "Đã gác máy, chưa giữ bản nào",
        "failed": "Không gọi được tới máy",
    }.items():
        with db.transaction():
            made = recording_calls.order(OPENING, "0912 999 001", world.staff("officer"))
            messages.hear_back(made.message_id, messages.Status(state, state))
        assert said in words(manager.get(PAGE))


def test_every_state_of_a_call_has_a_word() -> None:
    assert set(recording_words.CALLS) >= set(messages.STATES) - {"delivered"}


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_who_may_not_record_is_not_called(enter: Enter, role: str) -> None:
    visitor = enter(role)
    assert "Gọi cho tôi để ghi" not in visitor.get(PAGE).text
    assert call_me(visitor, "0912 999 001") == 403


def test_no_call_for_what_is_not_there(manager: Visitor) -> None:
    manager.get(PAGE)
    for page in (
        "/recordings/nothing/hmn/call",
        "/recordings/opening/xx/call",
        "/recordings/notice-99/hmn/call",
    ):
        assert manager.post(page, phone="0912 999 001").status_code == 404
