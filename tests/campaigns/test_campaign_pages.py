"""The way of a campaign from the form to the button, as people walk it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from service import db, settings
from service.campaigns import campaigns, employers
from service.campaigns.campaigns import Campaign
from service.registry.people import Person
from service.sending import launch, messages
from service.staff import accounts
from service.staff.accounts import Staff
from tests import world
from tests.web.conftest import Visitor, words

Enter = Callable[[str], Visitor]


def me(role: str = "manager") -> Staff:
    found = accounts.find_by_email(f"{role}@vidu.vn")
    assert found is not None
    return found


def employer(name: str = "Công ty May Hoa Đào") -> int:
    with db.transaction():
        made = employers.save(None, name, "", "", ("", None), me())
        employers.mark_checked(made, me())
        return made.id


def filled(**changes: Any) -> dict[str, Any]:
    facts = {
        "employer_id": "", "post": "công nhân may", "headcount": "20", "wage_from": "8 triệu", "wage_to": "11.000.000",
        "reach": "in_province", "place": "Tuyên Quang", "country": "", "deadline": "30/12/2099", "text": world.TEXT,
        "encoding": "plain", "window_from": "00:00", "window_to": "24:00",
    }  # fmt: skip
    return {**facts, **changes}


def villagers(size: int) -> list[Person]:
    with db.transaction():
        return world.village_of(size)


def draft(**changes: Any) -> Campaign:
    with db.transaction():
        return world.campaign(me(), **changes)


def fresh(campaign_id: int) -> Campaign:
    db.end_reading()
    found = campaigns.find(campaign_id)
    assert found is not None
    return found


def saved() -> Campaign:
    db.end_reading()
    [only] = campaigns.listed()
    return only


# ------------------------------------------------------------------------------------------------------------ form


def test_a_filled_form_becomes_a_draft_and_keeps_everything(manager: Visitor) -> None:
    employer_id = employer()
    manager.get("/campaigns/new")
    answer = manager.post(
        "/campaigns/new", **filled(employer_id=str(employer_id), age_from="18", genders=["female"])
    )
    made = saved()
    assert answer.headers["Location"] == f"/campaigns/{made.id}"
    assert (made.state, made.post, made.wage_from, made.wage_to) == (
        "draft",
        "công nhân may",
        8_000_000,
        11_000_000,
    )
    assert (made.who.genders, made.who.age_from, made.window_to) == (("female",), 18, 1440)
    page = manager.get(f"/campaigns/{made.id}/edit").text
    for kept in ('value="8.000.000"', 'value="30/12/2099"', 'value="24:00"', 'value="18"', "công nhân may"):
        assert kept in page, kept
    assert re.search(r'id="genders-female" value="female" checked', page)


def test_an_empty_form_is_a_draft_too_and_its_page_says_what_is_missing(manager: Visitor) -> None:
    manager.get("/campaigns/new")
    manager.post(
        "/campaigns/new",
        **filled(post="", headcount="", wage_from="", wage_to="", place="", deadline="", text=""),
    )
    page = words(manager.follow())
    for sentence in (
        "Chưa chọn doanh nghiệp.",
        "Chưa ghi công việc",
        "Chưa có lời tin",
        "Không có ai để gửi",
    ):
        assert sentence in page, sentence
    assert "Gửi 0 tin" not in page


MISTAKES = [
    ("wage_from", "8", "Chưa đọc được số tiền."),
    ("wage_from", "thỏa thuận", "Chưa đọc được số tiền."),
    ("wage_to", "7tr", "Mức “đến” phải bằng hoặc cao hơn mức “từ”."),
    ("headcount", "hai mươi", "Xin điền một số nguyên"),
    ("headcount", "0", "Số phải từ 1 đến"),
    ("headcount", "99999999999999999999", "Số phải từ 1 đến"),
    ("deadline", "31/02/2099", "Chưa đọc được ngày."),
    ("deadline", "01/01/2020", "Ngày này đã qua."),
    ("post", "x" * 121, "Nhiều nhất 120 ký tự."),
    ("post", "thợ {viec}", "Xin bỏ dấu { và }"),
    ("place", "}", "Xin bỏ dấu { và }"),
    ("reach", "moon", "Xin chọn một mục trong danh sách."),
    ("encoding", "morse", "Xin chọn một mục trong danh sách."),
    ("employer_id", "999", "Xin chọn một mục trong danh sách."),
    ("employer_id", "abc", "Xin chọn một mục trong danh sách."),
    ("age_from", "-1", "Số phải từ 0 đến 120."),
    ("age_to", "999999999999999999999", "Số phải từ 0 đến 120."),
    ("communes", "99999999999999999999", "Xin chọn trong danh sách."),
    ("communes", "x", "Xin chọn trong danh sách."),
    ("window_from", "25:00", "Chưa đọc được giờ."),
    ("window_from", "", "Xin điền ô này."),
    ("window_to", "00:00", "Chỉ được gửi từ 00:00 đến 24:00."),
    ("text", "a" * 1001, "Nhiều nhất 1000 ký tự."),
]


@pytest.mark.parametrize(("field", "typed", "sentence"), MISTAKES)
def test_a_mistake_gets_a_sentence_and_nothing_typed_is_lost(
    manager: Visitor, field: str, typed: str, sentence: str
) -> None:
    manager.get("/campaigns/new")
    answer = manager.post("/campaigns/new", **filled(**{"contact": "", "country": "Lào", field: typed}))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="Lào"' in answer.text
    if field not in ("reach", "encoding", "employer_id", "communes"):
        assert typed in answer.text.replace("&#39;", "'")
    assert campaigns.listed() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"window_from": "20:00", "window_to": "08:00"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"age_from": "40", "age_to": "30"}, "Tuổi “đến” phải bằng hoặc lớn hơn tuổi “từ”."),
    ],
)
def test_two_fields_that_contradict_each_other(
    manager: Visitor, fields: dict[str, str], sentence: str
) -> None:
    manager.get("/campaigns/new")
    assert manager.post("/campaigns/new", **filled(**fields)).status_code == 422
    assert sentence in words(manager.last)


def test_the_window_stays_within_the_lawful_hours(manager: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_SMS_HOURS", "07:00-22:00")
    settings.get.cache_clear()
    assert 'value="07:00"' in manager.get("/campaigns/new").text
    assert manager.post("/campaigns/new", **filled(window_from="06:59", window_to="22:00")).status_code == 422
    assert "Chỉ được gửi từ 07:00 đến 22:00." in words(manager.last)


def test_some_hamlets_of_one_commune_and_the_whole_of_another_add_up(manager: Visitor) -> None:
    one, two = (world.areas.commune_by_name(name) for name in ("Sơn Vĩ", "Khâu Vai"))
    assert one is not None
    assert two is not None
    with db.transaction():
        hamlet = world.areas.hamlet(one, "Há Chế").id
    manager.get("/campaigns/new")
    manager.post("/campaigns/new", **filled(communes=[str(one.id), str(two.id)], hamlets=[str(hamlet)]))
    assert (saved().who.communes, saved().who.hamlets) == ((two.id,), (hamlet,))


def test_an_unchanged_sample_text_follows_the_reach(manager: Visitor) -> None:
    manager.get("/campaigns/new")
    shown = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", manager.last.text, re.DOTALL)
    assert shown is not None
    manager.post("/campaigns/new", **filled(reach="abroad", country="Nhật Bản", text=shown[1]))
    made = saved()
    assert "Không nộp tiền" in made.text
    manager.get(f"/campaigns/{made.id}/edit")
    manager.post(f"/campaigns/{made.id}/edit", **filled(text="lời của tôi"))
    assert fresh(made.id).text == "lời của tôi"


def test_buttons_inside_the_form_save_nothing_and_lose_nothing(manager: Visitor) -> None:
    villagers(3)
    manager.get("/campaigns/new")
    counted = manager.post("/campaigns/new", **filled(do="count", post="thợ hàn", wage_from="tám"))
    assert counted.status_code == 200
    assert "3 số điện thoại, mỗi số một tin" in words(counted)
    assert 'value="thợ hàn"' in counted.text
    assert 'value="tám"' in counted.text
    sample = manager.post("/campaigns/new", **filled(do="sample", reach="abroad", text="cũ"))
    assert "Không nộp tiền cho bất kỳ ai" in sample.text
    assert campaigns.listed() == []


def test_text_from_a_mac_or_with_odd_characters_is_tidied(manager: Visitor) -> None:
    manager.get("/campaigns/new")
    manager.post(
        "/campaigns/new", **filled(post=" thơ\u0323  may\0\n", text="Cha\u0300o\0 {ma}\r\nhai  \r\n")
    )
    assert (saved().post, saved().text) == ("thợ may", "Chào {ma}\nhai")


# ----------------------------------------------------------------------------------------------------------- count


def test_the_count_says_who_is_left_out_and_why(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
        world.person("Sùng Thị Say", world.number(2), agrees=False)
        world.person("Vàng Mí Trẻ", world.number(3), birth_year=2010)
    manager.get("/campaigns/new")
    here = words(manager.post("/campaigns/count", **filled()))
    assert "4 người hợp điều kiện 3 nhận tin được 2 số điện thoại" in here
    manager.get("/campaigns/new")
    away = manager.post("/campaigns/count", **filled(reach="elsewhere"))
    assert "Chưa chắc đủ 18 tuổi: 1" in words(away)
    link = re.search(r'href="(/campaigns/excluded\?reason=no_consent[^"]*)"', away.text)
    assert link is not None
    assert "Sùng Thị Say" in words(manager.get(link[1].replace("&amp;", "&")))
    assert "Vàng Mí Trẻ" not in words(manager.last)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "reason=x",
        "reason=no_phone&communes=99999999999999999999&age_from=9999999999999&languages=x",
        "reason=no_phone&age_to=a",
    ],
)
def test_a_list_with_an_odd_address_is_empty_not_broken(manager: Visitor, query: str) -> None:
    assert "Không còn ai" in words(manager.get(f"/campaigns/excluded?{query}"))


def test_counting_with_nonsense_in_the_fields_does_not_break(manager: Visitor) -> None:
    villagers(1)
    manager.get("/campaigns/new")
    odd = filled(
        communes=["99999999999999999999", "x"], age_from="9999999999999999", genders=["other"], reach="moon"
    )
    assert "1 người hợp điều kiện" in words(manager.post("/campaigns/count", **odd))


def test_the_price_shows_both_encodings_for_a_real_person(manager: Visitor) -> None:
    villagers(3)
    manager.get("/campaigns/new")
    page = words(manager.post("/campaigns/price", **filled(text="Chào {xung_ho_ten}, thợ mỏ " + "a" * 60)))
    assert "Không dấu Chao anh 0, tho mo" in page
    assert "Tất cả 3 tin: 3 phần, khoảng 2.400 đ" in page
    assert "Có dấu Chào anh 0, thợ mỏ" in page
    assert "Tất cả 3 tin: 6 phần, khoảng 4.800 đ" in page
    assert "“mỏ” thành “mo”" in page
    manager.get("/campaigns/new")
    wrong = manager.post("/campaigns/price", **filled(text="Chào {ten}"))
    assert "trong lời tin có ô {…} mà không ai điền được" in words(wrong)


# --------------------------------------------------------------------------------------------------------- preview


def test_a_shared_phone_gets_one_message_with_both_names(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
    made = draft(encoding="accents")
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Chào anh Páo, chị Mỷ, muốn đi" in page
    assert "2 người chung một máy" in page
    assert world.number(1)[-9:] not in manager.last.text.replace(" ", "")


def test_any_person_can_be_looked_for_with_or_without_accents(manager: Visitor) -> None:
    people = villagers(8)
    with db.transaction():
        world.person("Giàng Thị Xa", agrees=False)
    made = draft(encoding="accents")
    manager.get(f"/campaigns/{made.id}?q=sung+mi+7")
    assert f"person={people[7].id}" in manager.last.text
    assert "Chào anh 7, muốn đi" in words(manager.get(f"/campaigns/{made.id}?q=sung&person={people[7].id}"))
    assert "Chưa có số điện thoại" in words(manager.get(f"/campaigns/{made.id}?q=giang"))
    assert "Không có ai tên như “zzz”" in words(manager.get(f"/campaigns/{made.id}?q=zzz"))
    assert manager.get(f"/campaigns/{made.id}?person=99999999999999999999").status_code == 200


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


def press_send(visitor: Visitor, campaign: Campaign, **changes: Any) -> str:
    """Press the button of the page that is open; returns what the next page says."""
    visitor.post(f"/campaigns/{campaign.id}/launch", **changes)
    while visitor.last.status_code in (302, 303):
        visitor.follow()
    return words(visitor.last)


def test_the_button_names_its_number_and_sends_once(manager: Visitor) -> None:
    villagers(3)
    made = draft()
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
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    with db.transaction():
        campaigns.edit(fresh(made.id), world.content(made.employer_id, post="thợ hàn"), me())
    assert "vừa được sửa sau khi bạn mở trang" in press_send(manager, made)
    assert messages.counts(made.id) == {}


def test_a_new_person_after_the_page_was_opened_is_seen_before_sending(manager: Visitor) -> None:
    villagers(2)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    with db.transaction():
        world.person("Vàng Thị Mỷ", world.number(50))
    assert "bạn đã xem 2, hiện nay là 3" in press_send(manager, made)
    assert fresh(made.id).state == "draft"


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


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch, manager: Visitor) -> None:
    monkeypatch.setenv("LOA_APPROVAL_ABOVE", "2")
    settings.get.cache_clear()


@pytest.mark.usefixtures("small_limit")
def test_above_the_limit_a_second_person_approves_exactly_what_was_seen(
    manager: Visitor, approver: Visitor
) -> None:
    villagers(3)
    made = draft()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Trên 2 tin thì cần một người thứ hai duyệt. Người duyệt: Người approver." in page
    assert "Gửi 3 tin" not in page
    forced = press_send(manager, made, recipients="3", seen=made.content_hash)
    assert "Trên 2 tin thì cần người thứ hai duyệt" in forced
    assert "Duyệt gửi 3 tin, khoảng 4.800 đ" in words(approver.get(f"/campaigns/{made.id}"))
    approver.post(f"/campaigns/{made.id}/approve")
    assert fresh(made.id).state == "approved"
    assert "Người approver đã duyệt lúc" in words(approver.follow())
    manager.get(f"/campaigns/{made.id}")
    assert "Đang chạy" in press_send(manager, made)


@pytest.mark.usefixtures("small_limit")
def test_what_the_approver_did_not_see_is_not_approved(manager: Visitor, approver: Visitor) -> None:
    villagers(3)
    made = draft()
    approver.get(f"/campaigns/{made.id}")
    with db.transaction():
        campaigns.edit(fresh(made.id), world.content(made.employer_id, post="thợ hàn"), me())
    approver.post(f"/campaigns/{made.id}/approve")
    assert "vừa được sửa sau khi bạn mở trang" in words(approver.follow())
    assert fresh(made.id).state == "draft"


@pytest.mark.usefixtures("small_limit")
def test_an_edit_voids_the_approval_and_says_so(manager: Visitor, approver: Visitor) -> None:
    villagers(3)
    made = draft()
    approver.get(f"/campaigns/{made.id}")
    approver.post(f"/campaigns/{made.id}/approve")
    assert "Nếu sửa nội dung thì cần duyệt lại" in words(manager.get(f"/campaigns/{made.id}/edit"))
    manager.post(f"/campaigns/{made.id}/edit", **filled(employer_id=str(made.employer_id), post="thợ hàn"))
    assert fresh(made.id).state == "draft"
    assert "lần duyệt trước không còn hiệu lực" in words(manager.follow())


def test_nobody_approves_his_own_campaign(manager: Visitor, approver: Visitor) -> None:
    villagers(1)
    with db.transaction():
        made = world.campaign(me("approver"))
    approver.get(f"/campaigns/{made.id}")
    approver.post(f"/campaigns/{made.id}/approve")
    assert "approve" not in fresh(made.id).state
    assert fresh(made.id).approved_by is None
    assert "Không thể tự duyệt" in words(approver.follow()) or "người khác" in words(approver.last)


def test_a_campaign_with_problems_is_not_approved(manager: Visitor, approver: Visitor) -> None:
    made = draft(text="")
    approver.get(f"/campaigns/{made.id}")
    assert "Duyệt gửi" not in words(approver.last)
    approver.post(f"/campaigns/{made.id}/approve", seen=made.content_hash)
    assert fresh(made.id).state == "draft"


def test_a_sent_campaign_is_not_edited(manager: Visitor) -> None:
    villagers(1)
    with db.transaction():
        made = world.launched(me())
    for answer in (manager.get(f"/campaigns/{made.id}/edit"), manager.get(f"/campaigns/{made.id}")):
        assert answer.status_code in (302, 409)
    manager.get(f"/campaigns/{made.id}/live")
    manager.post(f"/campaigns/{made.id}/edit", **filled(post="khác"))
    assert fresh(made.id).post == "công nhân may"


# ------------------------------------------------------------------------------------------------------- who may do


PAGES = (
    "",
    "/{id}",
    "/{id}/live",
    "/{id}/messages",
    "/{id}/replies",
    "/{id}/interests",
    "/excluded?reason=no_phone",
)
READERS = {"manager", "approver", "auditor"}
DEEDS = {
    "/{id}/approve": {"approver"},
    "/{id}/launch": {"manager"},
    "/{id}/pause": {"manager", "approver"},
    "/{id}/resume": {"manager", "approver"},
    "/{id}/stop": {"manager", "approver"},
    "/{id}/edit": {"manager"},
    "/new": {"manager"},
    "/count": {"manager"},
    "/price": {"manager"},
}


@pytest.mark.parametrize("role", ["admin", "manager", "approver", "officer", "caller", "viewer", "auditor"])
def test_each_role_opens_its_pages_and_no_others(enter: Enter, manager: Visitor, role: str) -> None:
    villagers(1)
    with db.transaction():
        made = world.launched(me())
    visitor = enter(role)
    for path in PAGES:
        allowed = visitor.get("/campaigns" + path.format(id=made.id)).status_code in (200, 302)
        assert allowed is (role in READERS), path
    for path, roles in DEEDS.items():
        visitor.get("/password")
        refused = (
            visitor.post("/campaigns" + path.format(id=made.id), recipients="1", seen="x").status_code == 403
        )
        assert refused is (role not in roles), path


@pytest.mark.parametrize("campaign_id", ["7", "0", "99999999999999999999999"])
def test_a_campaign_that_does_not_exist_is_a_clear_page(manager: Visitor, campaign_id: str) -> None:
    for path in ("", "/edit", "/live", "/stop", "/messages", "/replies", "/interests"):
        assert manager.get(f"/campaigns/{campaign_id}{path}").status_code == 404, path
    manager.get("/password")
    for path in ("/edit", "/launch", "/pause", "/resume", "/stop"):
        answer = manager.post(f"/campaigns/{campaign_id}{path}", recipients="1", seen="x")
        assert answer.status_code == 404, path


def test_the_list_says_what_to_do_first_and_then_shows_campaigns(manager: Visitor, approver: Visitor) -> None:
    assert "Soạn chiến dịch đầu tiên" in words(manager.get("/campaigns"))
    assert "Soạn chiến dịch đầu tiên" not in words(approver.get("/campaigns"))
    villagers(2)
    made = draft()
    with db.transaction():
        view = launch.outlook(made)
        launch.launch(made.id, view.count.recipients, view.content_hash, me())
    draft(post="")
    page = words(manager.get("/campaigns"))
    assert f"{made.code} công nhân may" in page
    assert "còn 2 người" in page
    assert "(chưa ghi công việc)" in page
