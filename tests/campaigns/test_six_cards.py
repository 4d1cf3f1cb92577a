"""The six cards: filled in any order, each saved alone, and nothing that was typed is ever lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from service import db, settings
from service.campaigns import campaigns, versions
from service.campaigns.campaigns import Campaign
from service.registry import groups
from service.registry.choosing import Choice
from service.sending import messages
from tests import world
from tests.campaigns.story import draft, employer, fresh, me, newest, press, ready, villagers
from tests.web.conftest import Visitor, words


def begin(visitor: Visitor, **fields: str) -> Campaign:
    visitor.get("/campaigns/new")
    visitor.post("/campaigns/new", **{"reach": "in_province", **fields})
    visitor.follow()
    return newest()


def job(**changes: Any) -> dict[str, Any]:
    facts = {
        "employer_id": "", "post": "công nhân may", "headcount": "20", "wage_from": "8 triệu", "wage_to": "11.000.000",
        "reach": "in_province", "place": "Tuyên Quang", "country": "", "deadline": "30/12/2099", "departs_on": "",
        "lodging": "", "food": "", "requirements": "", "papers": "",
    }  # fmt: skip
    return {**facts, **changes}


def hours(**changes: str) -> dict[str, str]:
    return {
        "window_from": "00:00",
        "window_to": "24:00",
        "starts_at": "",
        "waves": "",
        "cap_vnd": "",
        **changes,
    }


CARDS: dict[str, dict[str, Any]] = {
    "job": job(),
    "audience": {"communes": [], "genders": ["female"], "age_from": "18", "age_to": "", "group": ""},
    "text": {"notice": "", "text": world.TEXT, "encoding": "plain"},
    "sending": hours(),
}


def save(visitor: Visitor, campaign: Campaign, card: str, /, **fields: Any) -> TestResponse:
    """The card with what stands in it, and these fields changed."""
    return visitor.post(f"/campaigns/{campaign.id}/{card}", **{**CARDS[card], **fields})


def save_quietly(visitor: Visitor, campaign: Campaign, card: str, **fields: Any) -> TestResponse:
    """As the page does by itself while somebody writes."""
    visitor.client.environ_base["HTTP_HX_REQUEST"] = "true"
    page = visitor.last
    try:
        return save(visitor, campaign, card, **fields)
    finally:
        del visitor.client.environ_base["HTTP_HX_REQUEST"]
        visitor.last = page


# ----------------------------------------------------------------------------------------------------- a new draft


def test_one_click_makes_a_draft_with_a_notice_and_the_lawful_hours(manager: Visitor) -> None:
    made = begin(manager, reach="abroad", post="hộ lý")
    assert (made.state, made.reach, made.post, made.notice) == ("draft", "abroad", "hộ lý", "recruit_abroad")
    assert "Không nộp tiền" in made.text
    assert (made.window_from, made.window_to) == settings.get().sms_hours
    page = words(manager.last)
    for said in (
        "Chưa chọn doanh nghiệp.",
        "Chưa ghi số người cần tuyển.",
        "Chưa ghi nơi làm việc",
        "Không có ai để gửi",
    ):
        assert said in page, said
    assert "Gửi 0 tin" not in page


@pytest.mark.parametrize(
    "order", [("job", "audience", "text", "sending"), ("sending", "text", "audience", "job")]
)
def test_cards_can_be_filled_in_any_order(manager: Visitor, order: tuple[str, ...]) -> None:
    with db.transaction():
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
    employer_id, made = employer(), begin(manager)
    for card in order:
        manager.get(f"/campaigns/{made.id}")
        changes = {"employer_id": str(employer_id)} if card == "job" else {}
        answer = save(manager, made, card, **changes)
        assert answer.headers["Location"] == f"/campaigns/{made.id}?card={card}#card-{card}"
    now = fresh(made.id)
    assert (now.post, now.wage_from, now.wage_to, now.text) == (
        "công nhân may",
        8_000_000,
        11_000_000,
        world.TEXT,
    )
    assert (now.who.genders, now.who.age_from, now.window_to) == (("female",), 18, 1440)
    assert "Đạt hết" in words(manager.follow())
    for kept in ('value="8.000.000"', 'value="30/12/2099"', 'value="24:00"', 'value="18"'):
        assert kept in manager.last.text, kept
    assert re.search(r'id="genders-female" value="female" checked', manager.last.text)


def test_a_card_changes_only_its_own_fields(manager: Visitor) -> None:
    made = draft()
    before = campaigns.content_of(made)
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "sending", window_from="07:00", window_to="20:00")
    after = campaigns.content_of(fresh(made.id))
    assert (after.window_from, after.window_to) == (420, 1200)
    assert (after.post, after.text, after.audience) == (before.post, before.text, before.audience)


# -------------------------------------------------------------------------------------------------------- mistakes


MISTAKES = [
    ("job", "wage_from", "8", "Chưa đọc được số tiền."),
    ("job", "wage_from", "thỏa thuận", "Chưa đọc được số tiền."),
    ("job", "wage_to", "7tr", "Mức “đến” phải bằng hoặc cao hơn mức “từ”."),
    ("job", "headcount", "hai mươi", "Xin điền một số nguyên"),
    ("job", "headcount", "0", "Số phải từ 1 đến"),
    ("job", "headcount", "99999999999999999999", "Số phải từ 1 đến"),
    ("job", "deadline", "31/02/2099", "Chưa đọc được ngày."),
    ("job", "deadline", "01/01/2020", "Ngày này đã qua."),
    ("job", "departs_on", "29/12/2099", "Ngày đi sớm hơn hạn đăng ký (30/12/2099)."),
    ("job", "post", "x" * 121, "Nhiều nhất 120 ký tự."),
    ("job", "post", "thợ {viec}", "Xin bỏ dấu { và }"),
    ("job", "place", "{name.__class__}", "Xin bỏ dấu { và }"),
    ("job", "reach", "moon", "Xin chọn một mục trong danh sách."),
    ("job", "employer_id", "999", "Xin chọn một mục trong danh sách."),
    ("job", "employer_id", "abc", "Xin chọn một mục trong danh sách."),
    ("audience", "age_from", "-1", "Số phải từ 0 đến 120."),
    ("audience", "age_to", "999999999999999999999", "Số phải từ 0 đến 120."),
    ("audience", "age_to", "17", "Tuổi “đến” phải bằng hoặc lớn hơn tuổi “từ”."),
    ("audience", "communes", "99999999999999999999", "Xin chọn trong danh sách."),
    ("audience", "communes", "x", "Xin chọn trong danh sách."),
    ("audience", "group", "77", "Xin chọn một mục trong danh sách."),
    ("text", "text", "a" * 5000, "Lời tin dài 5.000 ký tự, chỉ giữ được 4.000. Hãy bỏ bớt 1.000 ký tự"),
    ("text", "encoding", "morse", "Xin chọn một mục trong danh sách."),
    ("sending", "window_from", "25:00", "Chưa đọc được giờ."),
    ("sending", "window_from", "", "Xin điền ô này."),
    ("sending", "window_to", "00:00", "Chỉ được gửi từ 00:00 đến 24:00."),
    ("sending", "starts_at", "mai", "Chưa đọc được ngày giờ. Ghi như 07:00 25/11/2026."),
    ("sending", "starts_at", "07:00 01/01/2020", "Thời điểm này đã qua."),
    ("sending", "starts_at", "07:00 01/01/2999", "Xa quá một năm."),
    ("sending", "waves", "many", "Xin chọn một mục trong danh sách."),
    ("sending", "cap_vnd", "nhiều", "Chưa đọc được số tiền."),
]  # fmt: skip


@pytest.mark.parametrize(("card", "field", "typed", "sentence"), MISTAKES)
def test_a_mistake_gets_a_sentence_and_nothing_typed_is_lost(
    manager: Visitor, card: str, field: str, typed: str, sentence: str
) -> None:
    made = draft()
    before = fresh(made.id)
    kept = getattr(before, field, None)
    manager.get(f"/campaigns/{made.id}")
    answer = save(manager, made, card, **{field: typed})
    assert answer.status_code == 422
    assert sentence in words(answer)
    if field not in ("reach", "encoding", "employer_id", "communes", "waves", "group"):
        assert typed in answer.text
    now = fresh(made.id)
    assert getattr(now, field, None) == kept
    assert messages_of(made) == 0


def messages_of(campaign: Campaign) -> int:
    return len(messages.counts(campaign.id))


def test_a_mistake_in_one_field_does_not_hold_back_the_others(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "job", post="thợ hàn", wage_from="tám", place="Lào Cai")
    now = fresh(made.id)
    assert (now.post, now.place, now.wage_from) == ("thợ hàn", "Lào Cai", 8_000_000)
    assert 'value="tám"' in manager.last.text


def test_the_end_before_the_start_is_said_and_not_kept(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    answer = save(manager, made, "sending", window_from="20:00", window_to="08:00")
    assert "Giờ kết thúc phải sau giờ bắt đầu." in words(answer)
    assert (fresh(made.id).window_from, fresh(made.id).window_to) == (1200, 1440)


def test_a_window_that_never_opens_cannot_be_sent(manager: Visitor) -> None:
    villagers(1)
    made = draft(window_from=600, window_to=600)
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Giờ gửi: giờ kết thúc phải sau giờ bắt đầu." in page
    assert "Gửi 1 tin" not in page


def test_a_villager_whose_name_is_html_or_very_long_breaks_nothing(manager: Visitor) -> None:
    with db.transaction():
        world.person("</b>", world.number(1))
        world.person("Sùng " + "A" * 190, world.number(2))
    made = draft()
    page = manager.get(f"/campaigns/{made.id}")
    assert page.status_code == 200
    assert "<strong></b>" not in page.text
    assert "&lt;/b&gt;" in page.text
    assert "2 số điện thoại, mỗi số một tin" in words(page)


def test_text_from_a_mac_or_with_odd_characters_is_tidied(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "job", post=" thơ\u0323  may\0\n")
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "text", text="Cha\u0300o\0 {ma}\r\nhai  \r\n")
    assert (fresh(made.id).post, fresh(made.id).text) == ("thợ may", "Chào {ma}\nhai")


def test_smart_quotes_and_emoji_are_kept_and_what_is_sent_instead_is_shown(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    answer = save_quietly(manager, made, "text", text="“Chào”\t🙂 {ma}")
    assert answer.status_code == 200
    manager.get(f"/campaigns/{made.id}")
    assert "Khi gửi, máy tự thay:" in words(manager.last)
    assert fresh(made.id).text == "“Chào”\t🙂 {ma}"


# --------------------------------------------------------------------------------------------------- two open tabs


def test_two_tabs_do_not_overwrite_each_other(manager: Visitor) -> None:
    made = draft()
    first = manager.get(f"/campaigns/{made.id}")
    second = manager.get(f"/campaigns/{made.id}")
    manager.last = first
    save(manager, made, "job", employer_id=str(made.employer_id), post="thợ hàn")
    manager.last = second  # it still shows the old post
    save(manager, made, "job", employer_id=str(made.employer_id), headcount="7")
    manager.last = second
    save(manager, made, "sending", window_to="20:00")
    now = fresh(made.id)
    assert (now.post, now.headcount, now.window_to, now.employer_id) == ("thợ hàn", 7, 1200, made.employer_id)


def test_two_tabs_may_choose_people_at_the_same_time(manager: Visitor) -> None:
    made = draft()
    first = manager.get(f"/campaigns/{made.id}")
    second = manager.get(f"/campaigns/{made.id}")
    chosen = {"genders": [], "age_from": ""}
    manager.last = first
    save(manager, made, "audience", **{**chosen, "genders": ["female"]})
    manager.last = second
    save(manager, made, "audience", **{**chosen, "age_from": "20"})
    assert (fresh(made.id).who.genders, fresh(made.id).who.age_from) == (("female",), 20)


# ------------------------------------------------------------------------------------------------- the page itself


def test_saving_by_itself_answers_with_the_parts_that_changed(manager: Visitor) -> None:
    villagers(2)
    made = draft(post="")
    manager.get(f"/campaigns/{made.id}")
    answer = save_quietly(manager, made, "job", employer_id=str(made.employer_id), wage_to="7tr")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    for part in (
        "#ticks",
        "#checklist",
        "#summary-job",
        "#wage_to-errors",
        "#plan",
        "#approval",
        "#words-in",
    ):
        assert f'hx-swap-oob="innerHTML:{part}"' in answer.text, part
    # What is typed into the third card may be further than what is saved, so the browser asks for that part itself.
    assert "facts-changed" in answer.headers["HX-Trigger"]
    assert "#studio" not in answer.text
    assert "Đã lưu các ô khác lúc" in words(answer)
    assert fresh(made.id).post == "công nhân may"
    assert (
        f'id="was-job" name="was" type="hidden" value="{versions.of_campaign(made.id, 1)[0].id}"'
        in answer.text
    )


def test_an_edit_of_an_approved_campaign_says_at_once_that_the_approval_is_void(manager: Visitor) -> None:
    villagers(2)
    made = ready()
    assert "Nếu sửa nội dung thì cần duyệt lại" in words(manager.get(f"/campaigns/{made.id}"))
    quiet = save_quietly(manager, made, "sending", window_to="20:00")
    assert "lần duyệt trước không còn hiệu lực" in words(quiet)
    assert fresh(made.id).state == "draft"


def test_the_same_without_script(manager: Visitor) -> None:
    villagers(2)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "sending", window_to="20:00")
    assert "lần duyệt trước không còn hiệu lực" in words(manager.follow())


def test_saving_the_same_again_keeps_the_approval(manager: Visitor) -> None:
    villagers(2)
    made = ready()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "sending")
    assert fresh(made.id).state == "approved"


def test_a_start_in_the_future_keeps_its_approval_when_it_is_read_again(manager: Visitor) -> None:
    villagers(2)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "sending", starts_at=later())
    assert fresh(made.id).starts_at is not None
    with db.transaction():
        world.approved(fresh(made.id))
    db.end_reading()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "đã duyệt lúc" in page
    assert "Gửi 2 tin" in page


def later() -> str:
    at = datetime.now(UTC) + timedelta(days=3)
    return f"07:00 {at:%d/%m/%Y}"


def test_a_group_narrows_the_audience(manager: Visitor) -> None:
    people = villagers(3)
    with db.transaction():
        group = groups.save("Thợ may", "fixed", Choice(persons=(people[0].id,)), me())
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "audience", genders=[], age_from="", group=str(group.id))
    assert "1 số điện thoại, mỗi số một tin" in words(manager.follow())


def test_some_hamlets_of_one_commune_and_the_whole_of_another_add_up(manager: Visitor) -> None:
    one, two = (world.areas.commune_by_name(name) for name in ("Sơn Vĩ", "Khâu Vai"))
    assert one is not None
    assert two is not None
    with db.transaction():
        hamlet = world.areas.hamlet(one, "Há Chế").id
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "audience", communes=[str(one.id), str(two.id)], hamlets=[str(hamlet)])
    assert (fresh(made.id).who.communes, fresh(made.id).who.hamlets) == ((two.id,), (hamlet,))


# -------------------------------------------------------------------------------------------------------- the text


def test_an_unchanged_notice_follows_the_reach_and_a_changed_one_does_not(manager: Visitor) -> None:
    made = begin(manager)
    save(manager, made, "job", reach="abroad", country="Nhật Bản")
    assert (fresh(made.id).notice, "Không nộp tiền" in fresh(made.id).text) == ("recruit_abroad", True)
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "text", text="lời của tôi")
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "job", reach="in_province")
    assert (fresh(made.id).text, fresh(made.id).country) == ("lời của tôi", "")


def test_a_notice_is_taken_with_one_click(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "text", notice="reminder", do="notice")
    assert fresh(made.id).notice == "reminder"
    assert fresh(made.id).text.startswith("{van_phong} nhắc {xung_ho_ten}")


def test_a_fault_is_mended_with_one_click(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "text", text=world.TEXT + " Xem http://vidu.vn")
    page = manager.follow()
    assert 'name="fix" value="lint.link"' in page.text
    save(manager, made, "text", text=world.TEXT + " Xem http://vidu.vn", fix="lint.link")
    assert "vidu.vn" not in fresh(made.id).text
    assert "{ma}" in fresh(made.id).text


def test_the_studio_answers_while_somebody_writes_and_saves_nothing(manager: Visitor) -> None:
    villagers(3)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    page = manager.last
    text = "Chào {xung_ho_ten}, thợ mỏ " + "a" * 60
    said = words(manager.post(f"/campaigns/{made.id}/studio", text=text, encoding="plain"))
    assert "Tất cả 3 tin: 3 phần, khoảng 2.400 đ" in said
    assert "Tất cả 3 tin: 6 phần, khoảng 4.800 đ" in said
    assert "“mỏ” thành “mo”" in said
    assert "chữ nữa là còn 1 phần." in said
    assert "Sửa giúp" in said
    manager.last = page
    wrong = manager.post(f"/campaigns/{made.id}/studio", text="Chào {ten}", encoding="plain")
    assert wrong.status_code == 200
    assert "{ten}" in words(wrong)
    assert fresh(made.id).text == world.TEXT


# ----------------------------------------------------------------------------------------------------------- count


def test_the_live_count_is_of_the_ticks_as_they_are_now(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(1), gender="female")
        world.person("Sùng Thị Say", world.number(2), agrees=False, gender="female")
        world.person("Vàng Mí Trẻ", world.number(3), birth_year=2010)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    page = manager.last
    here = words(manager.post(f"/campaigns/{made.id}/count", group=""))
    assert "2 số điện thoại, mỗi số một tin 3 người nhận được tin 4 người hợp điều kiện" in here
    assert "Sùng Mí Páo · Vàng Thị Mỷ · Vàng Mí Trẻ" in here
    manager.last = page
    women = words(manager.post(f"/campaigns/{made.id}/count", group="", genders=["female"]))
    assert "2 người hợp điều kiện" in women
    link = re.search(rf'href="(/campaigns/{made.id}/excluded/no_consent)"', manager.last.text)
    assert link is not None
    assert "Sùng Thị Say" in words(manager.get(link[1]))
    assert f"Chiến dịch {made.code}" in words(manager.last)  # the way back
    assert "Vàng Thị Mỷ" in words(manager.get(f"/campaigns/{made.id}/excluded/household"))
    assert manager.get(f"/campaigns/{made.id}/excluded/x").status_code == 404


def test_counting_with_nonsense_in_the_fields_does_not_break(manager: Visitor) -> None:
    villagers(1)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    odd = {
        "communes": ["99999999999999999999", "x"],
        "age_from": "9999999999999999",
        "genders": ["other"],
        "group": "z",
    }
    assert "1 người hợp điều kiện" in words(manager.post(f"/campaigns/{made.id}/count", **odd))


def test_fairness_sets_recipients_beside_the_registry(manager: Visitor) -> None:
    with db.transaction():
        world.person("Sùng Mí Páo", world.number(1))
        world.person("Vàng Thị Mỷ", world.number(2), gender="female", agrees=False)
    made = draft()
    page = words(manager.get(f"/campaigns/{made.id}/fairness"))
    assert "Nữ 50% → 0% 0 trên 1 người" in page
    assert "Nam 50% → 100% 1 trên 1 người" in page


# -------------------------------------------------------------------------------------------- versions, copy, waste


def test_an_old_version_is_looked_at_and_taken_back(manager: Visitor) -> None:
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "text", text="lời mới")
    manager.get(f"/campaigns/{made.id}")
    save(manager, made, "sending", starts_at=later(), window_to="20:00")
    old = versions.of_campaign(made.id)[-1]
    page = words(manager.get(f"/campaigns/{made.id}/versions/{old.id}"))
    assert "Khác bản hiện nay." in page
    assert "muốn đi trả lời 1" in page
    press(manager, f"/campaigns/{made.id}/versions/{old.id}/restore")
    now = fresh(made.id)
    assert (now.text, now.window_to, now.starts_at) == (world.TEXT, 1440, None)
    assert len(versions.of_campaign(made.id)) == 4
    assert manager.get(f"/campaigns/{made.id}/versions/99999").status_code == 404


def test_a_version_of_another_campaign_is_not_found(manager: Visitor) -> None:
    one, two = draft(), draft(post="thợ hàn")
    foreign = versions.of_campaign(two.id)[0]
    assert manager.get(f"/campaigns/{one.id}/versions/{foreign.id}").status_code == 404


def test_any_campaign_can_be_copied(manager: Visitor) -> None:
    villagers(1)
    with db.transaction():
        sent = world.launched(me())
    manager.get("/campaigns/new")
    assert f"bản sao của {sent.code}" in press(manager, f"/campaigns/{sent.id}/copy")
    copy = newest()
    assert copy.id != sent.id
    assert (copy.state, copy.text, copy.post) == ("draft", sent.text, sent.post)
    assert copy.code != sent.code


def test_a_draft_is_thrown_away_after_a_question(manager: Visitor) -> None:
    made = draft()
    assert f"Bỏ hẳn bản nháp {made.code}?" in words(manager.get(f"/campaigns/{made.id}"))
    assert f"Đã bỏ bản nháp {made.code}." in press(manager, f"/campaigns/{made.id}/discard")
    db.end_reading()
    assert campaigns.find(made.id) is None


# ------------------------------------------------------------------------------------------------------------- law


def test_the_class_under_the_law_is_recorded_with_its_reason(manager: Visitor) -> None:
    villagers(1)
    made = draft()
    page = words(manager.get(f"/campaigns/{made.id}"))
    assert "Chưa ai xếp loại, nên giữ giờ và số lần chặt nhất." in page
    short = words(manager.post(f"/campaigns/{made.id}/law", law_class="advertising", law_reason="vì"))
    assert manager.last.status_code == 422
    assert "Xin ghi lý do" in short
    assert 'value="vì"' in manager.last.text
    manager.get(f"/campaigns/{made.id}")
    after = press(
        manager, f"/campaigns/{made.id}/law", law_class="advertising", law_reason="có tên công ty, theo ý Sở"
    )
    assert "Người manager xếp loại lúc" in after
    assert "[QC]" in after  # the text now has to begin with it


# ----------------------------------------------------------------------------------------------------------- trial


def test_a_trial_goes_to_my_own_phone_and_a_wrong_number_stays_in_its_field(manager: Visitor) -> None:
    villagers(1)
    made = draft()
    manager.get(f"/campaigns/{made.id}")
    wrong = words(manager.post(f"/campaigns/{made.id}/trial", phone="0912 OOO"))
    assert manager.last.status_code == 422
    assert "Hãy ghi một số di động của bạn" in wrong
    assert 'value="0912 OOO"' in manager.last.text
    assert "Đã xếp một tin thử vào hàng gửi" in press(
        manager, f"/campaigns/{made.id}/trial", phone="0912 000 999"
    )
    assert messages_of(made) == 0
