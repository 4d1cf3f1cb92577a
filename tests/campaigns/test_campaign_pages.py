"""The way of a campaign from the finished cards to the button, as people walk it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service import db, settings
from service.campaigns import campaigns, versions
from service.refused import Refused
from service.registry import consent
from service.sending import launch, messages
from tests import world
from tests.campaigns.story import draft, fresh, me, press, press_send, ready, villagers
from tests.web.conftest import Visitor, words

Enter = Callable[[str], Visitor]

# --------------------------------------------------------------------------------------------------------- preview


def test_a_shared_phone_gets_one_message_with_both_names(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
    made = draft(encoding="accents")
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Chào anh Páo, chị Mỷ, muốn đi" in page
    assert "2 người chung một máy" in page
    assert "Chung máy với người nhà, nhận chung một tin: 1" in page
    assert world.number(1)[-9:] not in manager.last.text.replace(" ", "")


def test_any_person_can_be_looked_for_with_or_without_accents(manager: Visitor) -> None:
    people = villagers(8)
    with db.transaction():
        world.person("Giàng Thị Xa", agrees=False)
    made = draft(encoding="accents")
    preview = f"/campaigns/{made.id}/preview"
    manager.get(f"{preview}?q=sung+mi+7")
    assert f"person={people[7].id}" in manager.last.text
    assert "Chào anh Mí, muốn đi" in words(manager.get(f"{preview}?q=sung&person={people[7].id}"))
    assert "Chưa có số điện thoại" in words(manager.get(f"{preview}?q=giang"))
    assert "Không có ai tên như “zzz”" in words(manager.get(f"{preview}?q=zzz"))
    assert manager.get(f"{preview}?person=99999999999999999999").status_code == 200


def test_names_and_texts_are_shown_as_text_not_as_html(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng </b><script>x", world.number(1))
    made = draft(post="<b>may", text=world.TEXT + "<i>{name.__class__}")
    page = manager.get(f"/campaigns/{made.id}")
    assert "<script>x" not in page.text
    assert "<b>may" not in page.text
    assert "&lt;/b&gt;&lt;script&gt;x" in page.text
    assert "{name.__class__}" in words(page)
    assert "Gửi 1 tin" not in words(page)  # the checklist holds it back


# ---------------------------------------------------------------------------------------------------------- launch


def test_the_button_names_its_number_and_sends_once(manager: Visitor) -> None:
    villagers(3)
    made = ready()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Gửi 3 tin (6 phần, khoảng 4.800 đ)" in page
    opened = manager.last
    live = press_send(manager, made)
    assert "Đang chạy" in live
    assert "Redis" in live  # nobody hears the bell in a test; the page says that sending waits
    assert messages.counts(made.id) == {"ready": 3}
    manager.last = opened  # the back button
    again = press_send(manager, made)
    assert f"Chiến dịch {made.code} đã gửi lúc" in again
    assert messages.counts(made.id) == {"ready": 3}


def test_a_change_after_the_page_was_opened_is_seen_before_sending(manager: Visitor) -> None:
    villagers(2)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    with db.transaction():
        campaigns.edit(fresh(made.id), world.content(made.employer_id, post="thợ hàn"), me())
    assert "vừa được sửa sau khi bạn mở trang" in press_send(manager, made)
    assert messages.counts(made.id) == {}


def test_a_new_person_after_the_page_was_opened_is_seen_before_sending(manager: Visitor) -> None:
    villagers(2)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    with db.transaction():
        world.person("Vàng Thị Mỷ", world.number(50))
    assert "Hãy nhờ duyệt lại" in press_send(manager, made)
    assert messages.counts(made.id) == {}


def test_somebody_fewer_than_on_the_page_is_seen_before_sending(manager: Visitor) -> None:
    people = villagers(2)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    with db.transaction():
        consent.record(db.session().merge(people[0]), False, "call", "không nhận nữa", None)
    assert "bạn đã xem 2, hiện nay là 1" in press_send(manager, made)
    assert messages.counts(made.id) == {}


@pytest.mark.parametrize("fields", [{"recipients": ""}, {"recipients": "x"}, {"seen": ""}])
def test_a_launch_without_what_was_seen_is_refused(manager: Visitor, fields: dict[str, str]) -> None:
    villagers(1)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    assert manager.post(f"/campaigns/{made.id}/launch", **fields).status_code == 400
    assert messages.counts(made.id) == {}


def test_an_audience_of_zero_cannot_be_sent(manager: Visitor) -> None:
    made = draft()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Không có ai để gửi" in page
    answer = press_send(manager, made, recipients="0", seen=made.content_hash)
    assert "còn 1 ô chưa đạt" in answer
    assert messages.counts(made.id) == {}


def test_a_second_person_approves_exactly_what_was_seen(manager: Visitor, approver: Visitor) -> None:
    villagers(3)
    made = draft()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert (
        "Cần một người thứ hai duyệt, vì: lời tin này chưa gửi lần nào; lần đầu gửi cho doanh nghiệp này."
        in page
    )
    assert "Người duyệt được: Người approver." in page
    assert "Gửi 3 tin" not in page
    assert "Duyệt gửi 3 tin, khoảng 4.800 đ" in words(approver.get(f"/campaigns/{made.id}"))
    assert "đã duyệt lúc" in press(approver, f"/campaigns/{made.id}/approve")
    assert fresh(made.id).state == "approved"
    manager.get(f"/campaigns/{made.id}")
    assert "Đang chạy" in press_send(manager, made)


def test_many_messages_need_an_approval_even_with_a_known_text(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOA_APPROVAL_ABOVE", "2")
    settings.get.cache_clear()
    villagers(3)
    with db.transaction():
        world.launched(me())
    page = words(manager.get(f"/campaigns/{draft().id}"))
    assert "Cần một người thứ hai duyệt, vì: gửi trên 2 tin." in page


def test_a_known_text_of_a_known_employer_to_a_few_needs_nobody(manager: Visitor) -> None:
    villagers(3)
    with db.transaction():
        world.launched(me())
    page = words(manager.get(f"/campaigns/{draft().id}"))
    assert "không cần người thứ hai duyệt" in page
    assert "Gửi 3 tin (6 phần, khoảng 4.800 đ)" in page


def test_a_no_holds_also_for_what_needs_no_approval_until_it_is_edited(
    manager: Visitor, approver: Visitor
) -> None:
    villagers(3)
    with db.transaction():
        world.launched(me())
    made = draft()
    approver.get(f"/campaigns/{made.id}")
    press(approver, f"/campaigns/{made.id}/turn-down", note="Lương trong thư là 9 triệu, không phải 8.")
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "vì: lãnh đạo đã xem và chưa duyệt nội dung này" in page
    assert "Gửi 3 tin" not in page
    with db.transaction():
        view = launch.outlook(fresh(made.id))
        with pytest.raises(Refused, match=r"campaign\.needs_approval"):
            launch.launch(made.id, view.count.recipients, view.content_hash, me())
    with db.transaction():
        campaigns.edit(fresh(made.id), world.content(made.employer_id, wage_from=9_000_000), me())
    assert "không cần người thứ hai duyệt" in words(manager.get(f"/campaigns/{made.id}"))


def test_the_approver_reads_everything_and_changes_nothing(manager: Visitor, approver: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
    made = draft(encoding="accents", waves="first", food="nuôi ăn hai bữa")
    page = words(approver.get(f"/campaigns/{made.id}"))
    for said in ("Chào anh Páo, chị Mỷ, muốn đi", "1 số điện thoại, mỗi số một tin", "20 người đầu, rồi tất cả",
                 "nuôi ăn hai bữa", "Chưa xếp loại", "Bấm gửi là bắt đầu ngay: 1 tin."):  # fmt: skip
        assert said in page, said
    assert "Lưu thẻ" not in page


def test_a_no_says_why_and_the_writer_reads_it(manager: Visitor, approver: Visitor) -> None:
    villagers(2)
    made = draft()
    approver.get(f"/campaigns/{made.id}")
    too_short = press(approver, f"/campaigns/{made.id}/turn-down", note="ko")
    assert approver.last.status_code == 422
    assert "Hãy ghi vì sao, để người soạn biết sửa gì." in too_short
    assert "ko</textarea>" in approver.last.text
    press(approver, f"/campaigns/{made.id}/turn-down", note="Lương trong thư là 9 triệu, không phải 8.")
    assert "Người approver chưa duyệt" in words(manager.get(f"/campaigns/{made.id}"))
    assert "Lương trong thư là 9 triệu" in words(manager.last)


def test_nobody_approves_his_own_campaign(manager: Visitor, approver: Visitor) -> None:
    villagers(1)
    with db.transaction():
        made = world.campaign(me("approver"))
    page = words(approver.get(f"/campaigns/{made.id}"))
    assert "Bạn đã soạn hoặc sửa chiến dịch này nên cần người khác duyệt." in page
    assert "Chưa có tài khoản nào có vai trò lãnh đạo duyệt" in page  # nobody else may


def test_a_campaign_with_problems_is_not_approved(manager: Visitor, approver: Visitor) -> None:
    made = draft(text="")
    approver.get(f"/campaigns/{made.id}")
    assert "Duyệt gửi" not in words(approver.last)
    approver.post(f"/campaigns/{made.id}/approve", seen=made.content_hash)
    assert fresh(made.id).state == "draft"


def test_a_sent_campaign_is_not_edited(manager: Visitor) -> None:
    villagers(1)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    card = manager.last
    press_send(manager, made)
    manager.last = card  # another tab
    for name in ("job", "audience", "text", "sending", "law", "discard"):
        manager.last = card
        answer = press(manager, f"/campaigns/{made.id}/{name}", post="khác", text="khác", law_class="advertising",
                       law_reason="một lý do đủ dài")  # fmt: skip
        assert "không sửa được" in answer, (name, answer)
    assert (fresh(made.id).post, fresh(made.id).text, fresh(made.id).law_class) == (
        "công nhân may",
        world.TEXT,
        "",
    )


# ------------------------------------------------------------------------------------------------------- who may do


PAGES = (
    "",
    "/{id}",
    "/{id}/live",
    "/{id}/messages",
    "/{id}/replies",
    "/{id}/interests",
    "/{id}/excluded/no_phone",
    "/{id}/fairness",
    "/{id}/preview",
    "/{id}/versions/{version}",
)
READERS = {"manager", "approver", "auditor"}
DEEDS = {
    "/{id}/approve": {"approver"},
    "/{id}/turn-down": {"approver"},
    "/{id}/launch": {"manager"},
    "/{id}/pause": {"manager", "approver"},
    "/{id}/resume": {"manager", "approver"},
    "/{id}/stop": {"manager", "approver"},
    "/new": {"manager"},
} | {
    f"/{{id}}/{name}": {"manager"}
    for name in ("job", "audience", "text", "sending", "law", "count", "studio", "copy", "discard", "versions/{version}/restore")
}  # fmt: skip


@pytest.mark.parametrize("role", ["admin", "manager", "approver", "officer", "caller", "viewer", "auditor"])
def test_each_role_opens_its_pages_and_no_others(enter: Enter, manager: Visitor, role: str) -> None:
    villagers(1)
    with db.transaction():
        made = world.launched(me())
        version = versions.of_campaign(made.id)[0].id
    visitor = enter(role)
    for path in PAGES:
        allowed = visitor.get("/campaigns" + path.format(id=made.id, version=version)).status_code in (
            200,
            302,
        )
        assert allowed is (role in READERS), path
    for path, roles in DEEDS.items():
        visitor.get("/password")
        refused = (
            visitor.post(
                "/campaigns" + path.format(id=made.id, version=version), recipients="1", seen="x"
            ).status_code
            == 403
        )
        assert refused is (role not in roles), path


@pytest.mark.parametrize("campaign_id", ["7", "0", "99999999999999999999999"])
def test_a_campaign_that_does_not_exist_is_a_clear_page(manager: Visitor, campaign_id: str) -> None:
    for path in ("", "/live", "/stop", "/messages", "/replies", "/interests", "/excluded/capped", "/fairness", "/preview",
                 "/versions/1", "/poster"):  # fmt: skip
        assert manager.get(f"/campaigns/{campaign_id}{path}").status_code == 404, path
    manager.get("/password")
    for path in ("/job", "/text", "/law", "/count", "/studio", "/copy", "/discard", "/launch", "/pause", "/resume", "/stop",
                 "/versions/1/restore"):  # fmt: skip
        answer = manager.post(f"/campaigns/{campaign_id}{path}", recipients="1", seen="x")
        assert answer.status_code == 404, path


def test_the_list_says_what_to_do_first_and_then_shows_campaigns(manager: Visitor, approver: Visitor) -> None:
    assert "Soạn chiến dịch đầu tiên" in words(manager.get("/campaigns"))
    assert "Soạn chiến dịch đầu tiên" not in words(approver.get("/campaigns"))
    villagers(2)
    with db.transaction():
        made = world.launched(me())
    draft(post="")
    page = words(manager.get("/campaigns"))
    assert f"{made.code} công nhân may" in page
    assert "còn 2 người" in page
    assert "(chưa ghi công việc)" in page
    assert "đã điền 3 trên 4 thẻ · Người manager" in page
