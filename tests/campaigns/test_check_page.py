"""Kiểm tra tin: somebody who was told of a code asks whether it is true."""

from __future__ import annotations

import pytest
from flask import Flask

from service import db
from service.campaigns import campaigns, employers, genuine
from service.campaigns.campaigns import Campaign
from tests import world
from tests.web.conftest import Visitor, words

HOTLINE = "0219 300 0000"


def sent(**facts: object) -> str:
    """A campaign that was sent; its code."""
    with db.transaction():
        by = world.staff()
        campaign = world.campaign(by)
        campaign.state, campaign.frozen = campaigns.RUNNING, {"doanh_nghiep": "Công ty May Hoa Đào"}
        for name, value in facts.items():
            setattr(campaign, name, value)
        return campaign.code


def ask(app: Flask, code: str) -> Visitor:
    visitor = Visitor(app)
    visitor.get("/kiem-tra", query_string={"ma": code})
    return visitor


def test_a_true_code_says_who_what_where_until_when_and_whom_to_ask(app: Flask) -> None:
    page = words(ask(app, sent()).last)
    for said in (
        "Đúng là tin của Phòng Văn hóa - Xã hội Mèo Vạc", "Công ty May Hoa Đào", "công nhân may", "Tuyên Quang",
        "8-11 triệu đồng/tháng", "Hạn đăng ký", f"gọi {HOTLINE} hoặc gặp công chức xã", "Không nộp tiền",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize("typed", ["{}", " {} ", "mã {}", "Mã: {}.", "{lower}", "{spaced}", "{dotted}"])
def test_a_code_is_read_as_people_type_it(app: Flask, typed: str) -> None:
    code = sent()
    asked = typed.format(code, lower=code.lower(), spaced=" ".join(code), dotted="-".join(code))
    assert "Đúng là tin của" in words(ask(app, asked).last)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("V12O", "V120"),  # the letter O for a nought
        ("v-lI2", "V112"),
        ("mã A120", "A120"),
        ("M120", "M120"),
        ("MA120", "MA120"),  # no letter before the figures: no code
        ("a" * 500, "A" * 20),
        ("", ""),
        ("Ｖ１２０", "V120"),  # full width
    ],
)
def test_codes_are_tidied(typed: str, code: str) -> None:
    assert genuine.read_code(typed) == code


@pytest.mark.parametrize(
    "typed", ["Z999", "' OR 1=1 --", "{{ 7*7 }}", "<script>alert(1)</script>", "\0", "9" * 900]
)
def test_an_unknown_code_is_a_warning(app: Flask, typed: str) -> None:
    answer = ask(app, typed).last
    assert answer.status_code == 200
    assert "Có thể là lừa đảo." in words(answer) or not genuine.read_code(typed)
    assert HOTLINE in words(answer)
    assert "<script" not in answer.text
    assert "49" not in words(answer)


def test_a_draft_is_not_true_yet(app: Flask) -> None:
    for state in (campaigns.DRAFT, campaigns.APPROVED):
        with db.transaction():
            code = world.campaign(world.staff("manager", f"{state}@loaban.example")).code
            campaign = campaigns.find_by_code(code)
            assert campaign is not None
            campaign.state = state
        assert "Có thể là lừa đảo." in words(ask(app, code).last)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": campaigns.STOPPED}, "Cơ quan đã dừng đợt tuyển này."),
        ({"deadline": world.TUESDAY_10.date().replace(year=2020)}, "Đã hết hạn đăng ký."),
        ({"state": campaigns.FINISHED}, "Đúng là tin của"),
        ({"country": "Nhật Bản"}, "Tuyên Quang, Nhật Bản"),
    ],
)
def test_what_is_over_is_said(app: Flask, facts: dict[str, object], said: str) -> None:
    assert said in words(ask(app, sent(**facts)).last)


def test_the_employer_is_called_as_in_the_message(app: Flask) -> None:
    code = sent()
    with db.transaction():
        [employer] = employers.listed()
        employers.save(employer, "Tên khác", "", "", ("", None), world.staff("manager", "b@loaban.example"))
    page = words(ask(app, code).last)
    assert "Công ty May Hoa Đào" in page
    assert "Tên khác" not in page


def test_the_page_is_light_needs_no_account_and_leaves_nothing_behind(app: Flask) -> None:
    visitor = ask(app, sent())
    assert "Set-Cookie" not in visitor.last.headers
    assert len(visitor.last.data) < 4_000
    for word in ("/login", "<script", "bootstrap", "hx-", "csrf"):
        assert word not in visitor.last.text
    style = visitor.get("/static/check.css")
    assert len(style.data) < 3_000


def test_nothing_personal_is_on_it(app: Flask) -> None:
    code = sent()
    with db.transaction():
        [employer] = employers.listed()
        employer.contact, employer.address = "Chị Hồng 0912 000 345", "Số 1 đường A"
    page = words(ask(app, code).last)
    for word in ("Hồng", "0912", "đường A", "loaban.example"):
        assert word not in page


def test_a_machine_that_tries_all_codes_is_slowed_and_still_told_whom_to_call(app: Flask) -> None:
    visitor = Visitor(app)
    answers = [visitor.get(f"/kiem-tra?ma=A{number:03d}").status_code for number in range(125)]
    assert answers == [200] * 120 + [429] * 5
    assert HOTLINE in words(visitor.last)
    assert "/login" not in visitor.last.text


def test_an_empty_page_asks_for_the_code(app: Flask) -> None:
    page = words(Visitor(app).get("/kiem-tra"))
    assert "Mã trong tin nhắn hoặc trên giấy" in page
    assert "lừa đảo" not in page


def test_only_sent_campaigns_are_found_by_the_verb(app: Flask) -> None:
    code = sent()
    found = genuine.find(code)
    assert found is not None
    assert (found.code, found.standing) == (code, genuine.OPEN)
    assert genuine.find("") is None
    assert genuine.find(code * 3) is None
    assert db.session().query(Campaign).count() == 1
