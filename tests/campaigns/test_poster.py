"""The sheet for the board of a hamlet: what stands on it, and that it is one sheet of A4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from service import db, settings
from service.campaigns import campaigns, employers
from tests import world
from tests.web.conftest import Visitor, words


def made(**facts: object) -> int:
    with db.transaction():
        campaign = world.campaign(world.staff("manager", "lan@loaban.example"))
        for name, value in facts.items():
            setattr(campaign, name, value)
        return campaign.id


def code_of(campaign_id: int) -> str:
    campaign = campaigns.find(campaign_id)
    assert campaign is not None
    return campaign.code


def test_it_says_all_that_a_villager_asks(manager: Visitor) -> None:
    number = made(
        state=campaigns.RUNNING,
        lodging="ở ký túc xá, không mất tiền",
        food="ăn ca trưa",
        requirements="18 đến 40 tuổi",
        papers="căn cước, giấy khám sức khỏe",
        departs_on=date(2027, 1, 15),
    )
    page = words(manager.get(f"/campaigns/{number}/poster"))
    for said in (
        "Phòng Văn hóa - Xã hội Mèo Vạc", "Tuyển 20 công nhân may", "Lương 8-11 triệu đồng/tháng", "Công ty May Hoa Đào",
        "Tuyên Quang", "ký túc xá", "ăn ca trưa", "18 đến 40 tuổi", "giấy khám sức khỏe", "15/01/2027", "0219 300 0000",
        code_of(number), "Không nộp tiền cho bất kỳ ai trước khi ký hợp đồng.",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize(
    ("state", "live", "said"),
    [
        (campaigns.RUNNING, True, ""),
        (campaigns.FINISHED, True, ""),
        (campaigns.DRAFT, True, "CHƯA DÁN"),
        (campaigns.STOPPED, True, "ĐÃ DỪNG – KHÔNG DÁN"),
        (campaigns.RUNNING, False, "DIỄN TẬP – KHÔNG DÁN"),
    ],
)
def test_what_must_not_hang_on_a_wall_says_so(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch, state: str, live: bool, said: str
) -> None:
    number = made(state=state)
    if live:
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "1" * 32)
        monkeypatch.setenv("TWILIO_SMS_FROM", "LAODONG MV")
        settings.get.cache_clear()
    page = words(manager.get(f"/campaigns/{number}/poster"))
    assert said in page
    assert bool(said) == ("DÁN" in page)


def test_work_abroad_shows_the_licence(manager: Visitor) -> None:
    number = made(reach=campaigns.ABROAD, country="Nhật Bản")
    with db.transaction():
        [employer] = employers.listed()
        employer.licence_number = "12/LĐTBXH"
    page = words(manager.get(f"/campaigns/{number}/poster"))
    assert "giấy phép số 12/LĐTBXH" in page
    assert "Tuyên Quang, Nhật Bản" in page


@pytest.mark.parametrize(("url", "shown"), [("https://loa.vidu.vn", True), ("http://127.0.0.1:8000", False)])
def test_the_address_to_check_at_only_where_one_can_reach_it(
    manager: Visitor, monkeypatch: pytest.MonkeyPatch, url: str, shown: bool
) -> None:
    number = made()
    monkeypatch.setenv("PUBLIC_URL", url)
    settings.get.cache_clear()
    assert ("/kiem-tra" in words(manager.get(f"/campaigns/{number}/poster"))) is shown


def test_an_empty_draft_does_not_break_it(manager: Visitor) -> None:
    number = made(employer_id=None, post="", headcount=None, wage_from=None, wage_to=None, deadline=None)
    answer = manager.get(f"/campaigns/{number}/poster")
    assert answer.status_code == 200
    assert "Lương thỏa thuận" in words(answer)


def test_who_may_print_it(manager: Visitor, enter: Callable[[str], Visitor]) -> None:
    number = made()
    assert enter("approver").get(f"/campaigns/{number}/poster").status_code == 200
    assert enter("caller").get(f"/campaigns/{number}/poster").status_code == 403
    assert manager.get(f"/campaigns/{number + 1}/poster").status_code == 404
