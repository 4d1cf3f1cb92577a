"""Ways round the approval. Each is tried with a campaign that needs one; after each, nothing may have been sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from service import db, settings
from service.campaigns import approvals, campaigns, employers, lawful
from service.campaigns.approvals import Approval
from service.campaigns.campaigns import Campaign
from service.refused import Refused
from service.sending import launch, messages
from tests import world
from tests.campaigns.story import draft, fresh, me, press, press_send, villagers
from tests.web.conftest import Visitor

Enter = Callable[[str], Visitor]


@dataclass
class Scene:
    """A campaign to three phones that nobody has approved, its writer, and somebody who may approve."""

    made: Campaign
    manager: Visitor
    approver: Visitor
    enter: Enter
    monkeypatch: pytest.MonkeyPatch

    @property
    def path(self) -> str:
        return f"/campaigns/{self.made.id}"

    def approve(self) -> str:
        """As it should be: the approver opens the page and says yes."""
        self.approver.get(self.path)
        return press(
            self.approver,
            f"{self.path}/approve",
            seen=seen(self.made),
        )

    def send(self) -> str:
        """The writer presses the button, or sends what the button would send."""
        self.manager.get(self.path)
        view = launch.outlook(fresh(self.made.id))
        return press_send(
            self.manager, self.made, seen=view.content_hash, recipients=str(view.count.recipients)
        )

    def edit(self, **changes: Any) -> None:
        with db.transaction():
            campaigns.edit(held(self.made), world.content(self.made.employer_id, **changes), me())


def held(made: Campaign) -> Campaign:
    found = campaigns.find(made.id)
    assert found is not None
    return found


def seen(made: Campaign) -> str:
    return launch.outlook(fresh(made.id)).content_hash


@pytest.fixture
def scene(
    manager: Visitor, approver: Visitor, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    villagers(3)
    yield Scene(draft(), manager, approver, enter, monkeypatch)
    settings.get.cache_clear()


def nobody_was_asked(scene: Scene) -> None:
    assert "cần người thứ hai duyệt" in scene.send()


def his_own_campaign(scene: Scene) -> None:
    """The approver's own, made before the role was changed."""
    with db.transaction():
        db.change(update(Campaign).where(Campaign.id == scene.made.id).values(created_by=me("approver").id))
    assert "Không thể tự duyệt" in scene.approve()
    scene.send()


def edited_by_the_approver(scene: Scene) -> None:
    with db.transaction():
        campaigns.edit(
            held(scene.made), world.content(scene.made.employer_id, post="thợ hàn"), me("approver")
        )
        campaigns.edit(held(scene.made), world.content(scene.made.employer_id), me())
    assert "Không thể tự duyệt" in scene.approve()
    scene.send()


def the_writer_presses_approve(scene: Scene) -> None:
    scene.manager.get(scene.path)
    assert scene.manager.post(f"{scene.path}/approve", seen=seen(scene.made)).status_code == 403
    scene.send()


def approved_by_get(scene: Scene) -> None:
    assert scene.approver.get(f"{scene.path}/approve?seen={seen(scene.made)}&law_class=").status_code == 405
    scene.send()


def approved_without_a_token(scene: Scene) -> None:
    answer = scene.approver.client.post(f"{scene.path}/approve", data={"seen": seen(scene.made)})
    assert answer.status_code == 400
    scene.send()


def approved_with_an_old_fingerprint(scene: Scene) -> None:
    old = seen(scene.made)
    scene.edit(post="thợ hàn")
    scene.approver.get(scene.path)
    assert "vừa được sửa sau khi bạn mở trang" in press(scene.approver, f"{scene.path}/approve", seen=old)
    scene.send()


def approved_with_no_fingerprint(scene: Scene) -> None:
    scene.approver.get(scene.path)
    assert scene.approver.post(f"{scene.path}/approve", seen="").status_code == 400
    scene.send()


def another_campaigns_fingerprint(scene: Scene) -> None:
    other = draft(post="thợ hàn")
    scene.approver.get(scene.path)
    press(scene.approver, f"{scene.path}/approve", seen=seen(other))
    scene.send()


def edited_after_the_yes(scene: Scene) -> None:
    scene.approve()
    scene.edit(text=world.TEXT + " thêm")
    assert "cần người thứ hai duyệt" in scene.send()


def edited_and_back_again(scene: Scene) -> None:
    """The same words as were approved, but the yes was void in between."""
    scene.approve()
    scene.edit(post="thợ hàn")
    scene.edit()
    scene.send()


def two_days_later(scene: Scene) -> None:
    scene.approve()
    with db.transaction():
        then = db.clock() - approvals.HOLDS_FOR
        db.change_many(update(Approval).where(Approval.campaign_id == scene.made.id).values(at=then))
    assert "quá 48 giờ" in scene.send()


def one_more_recipient(scene: Scene) -> None:
    scene.approve()
    with db.transaction():
        world.person("Vàng Thị Mỷ", world.number(50))
    assert "Hãy nhờ duyệt lại" in scene.send()


def more_recipients_by_filters(scene: Scene) -> None:
    with db.transaction():
        world.person("Vàng Thị Mỷ", world.number(50), gender="female")
    scene.edit(audience=world.Audience(genders=("male",)))
    scene.approve()
    scene.edit(audience=world.Audience())
    scene.send()


def a_dearer_price(scene: Scene) -> None:
    scene.approve()
    scene.monkeypatch.setenv("LOA_SMS_PRICE_VND", "1200")
    settings.get.cache_clear()
    assert "Hãy nhờ duyệt lại" in scene.send()


def the_cap_raised(scene: Scene) -> None:
    scene.edit(cap_vnd=100_000)
    scene.approve()
    scene.edit(cap_vnd=9_000_000)
    scene.send()


def the_window_widened(scene: Scene) -> None:
    scene.edit(window_from=480, window_to=1020)
    scene.approve()
    scene.edit()
    scene.send()


def the_employer_renamed(scene: Scene) -> None:
    scene.approve()
    with db.transaction():
        known = employers.find(scene.made.employer_id or 0)
        renamed = employers.save(known, "Công ty Khác", "", "", ("", None), me())
        employers.mark_checked(renamed, me(), "giấy đăng ký kinh doanh, bản gốc")
    scene.send()


def the_office_renamed(scene: Scene) -> None:
    scene.approve()
    scene.monkeypatch.setenv("LOA_OFFICE_NAME", "Phòng Khác")
    settings.get.cache_clear()
    scene.send()


def another_class_under_the_law(scene: Scene) -> None:
    scene.approve()
    with db.transaction():
        lawful.classify(held(scene.made), lawful.PUBLIC_NOTICE, "theo công văn số 12/SNV", me())
    scene.send()


def another_class_while_the_approver_reads(scene: Scene) -> None:
    scene.approver.get(scene.path)
    with db.transaction():
        lawful.classify(held(scene.made), lawful.PUBLIC_NOTICE, "theo công văn số 12/SNV", me())
    press(scene.approver, f"{scene.path}/approve")
    scene.send()


def turned_down(scene: Scene) -> None:
    scene.approver.get(scene.path)
    press(scene.approver, f"{scene.path}/turn-down", seen=seen(scene.made), note="lương chưa đúng")
    assert "cần người thứ hai duyệt" in scene.send()


def a_no_after_the_yes(scene: Scene) -> None:
    scene.approve()
    scene.approver.get(scene.path)
    press(
        scene.approver, f"{scene.path}/turn-down", seen=seen(scene.made), note="xem lại thì lương chưa đúng"
    )
    scene.send()


def the_yes_form_sent_again_after_an_edit(scene: Scene) -> None:
    form = {"seen": seen(scene.made)}
    scene.approve()
    scene.edit(post="thợ hàn")
    scene.approver.get(scene.path)
    press(scene.approver, f"{scene.path}/approve", **form)
    scene.send()


def the_launch_form_of_before_the_edit(scene: Scene) -> None:
    form = {"seen": seen(scene.made), "recipients": "3"}
    scene.approve()
    scene.edit(post="thợ hàn")
    scene.manager.get(scene.path)
    assert "vừa được sửa" in press_send(scene.manager, scene.made, **form)


def a_copy_of_what_was_approved(scene: Scene) -> None:
    scene.approve()
    scene.manager.get(scene.path)
    press(scene.manager, f"{scene.path}/copy")
    copy = campaigns.listed()[0]
    assert copy.id != scene.made.id
    view = launch.outlook(copy)
    scene.manager.get(f"/campaigns/{copy.id}")
    press_send(scene.manager, copy, seen=view.content_hash, recipients="3")
    assert messages.counts(copy.id) == {}


def an_old_version_taken_back(scene: Scene) -> None:
    scene.edit(post="thợ hàn")
    scene.approve()
    old = launch.campaigns.versions.of_campaign(scene.made.id)[-1]
    scene.manager.get(scene.path)
    press(scene.manager, f"{scene.path}/versions/{old.id}/restore")
    scene.send()


def roles_that_may_not(scene: Scene) -> None:
    for role in ("admin", "officer", "caller", "viewer", "auditor"):
        visitor = scene.enter(role)
        visitor.get("/password")
        assert visitor.post(f"{scene.path}/approve", seen=seen(scene.made)).status_code == 403, role
        visitor.get("/password")
        assert (
            visitor.post(f"{scene.path}/launch", seen=seen(scene.made), recipients="3").status_code == 403
        ), role
    scene.approve()
    scene.approver.get("/password")
    assert (
        scene.approver.post(f"{scene.path}/launch", seen=seen(scene.made), recipients="3").status_code == 403
    )


def an_approver_who_left(scene: Scene) -> None:
    scene.approver.get(scene.path)
    with db.transaction():
        gone = me("approver")
        gone.active = False
        db.session().merge(gone)
    assert scene.approver.post(f"{scene.path}/approve", seen=seen(scene.made)).status_code in (
        302,
        303,
    )
    scene.send()


def written_into_the_table(scene: Scene) -> None:
    """Even past all verbs: the database knows that nobody approves his own, and a yes needs its row."""
    own = update(Campaign).where(Campaign.id == scene.made.id)
    with pytest.raises(IntegrityError), db.transaction():
        db.change(own.values(state="approved", approved_by=scene.made.created_by))
    with db.transaction():
        db.change(own.values(state="approved", approved_by=me("approver").id))
    scene.send()


WAYS = [
    nobody_was_asked, his_own_campaign, edited_by_the_approver, the_writer_presses_approve, approved_by_get,
    approved_without_a_token, approved_with_an_old_fingerprint, approved_with_no_fingerprint,
    another_campaigns_fingerprint, edited_after_the_yes, edited_and_back_again, two_days_later, one_more_recipient,
    more_recipients_by_filters, a_dearer_price, the_cap_raised, the_window_widened, the_employer_renamed,
    the_office_renamed, another_class_under_the_law, another_class_while_the_approver_reads, turned_down,
    a_no_after_the_yes, the_yes_form_sent_again_after_an_edit, the_launch_form_of_before_the_edit,
    a_copy_of_what_was_approved, an_old_version_taken_back, roles_that_may_not, an_approver_who_left,
    written_into_the_table,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_no_way_leads_round_the_approval(scene: Scene, way: Callable[[Scene], None]) -> None:
    way(scene)
    assert messages.counts(scene.made.id) == {}
    assert fresh(scene.made.id).state in ("draft", "approved")


def test_the_straight_way_sends(scene: Scene) -> None:
    scene.approve()
    scene.send()
    assert messages.counts(scene.made.id) == {"ready": 3}


def test_a_yes_pressed_twice_and_a_launch_pressed_twice_send_once(scene: Scene) -> None:
    scene.approve()
    scene.approve()
    scene.send()
    assert "đã gửi lúc" in press_send(scene.manager, scene.made, seen=seen(scene.made), recipients="3")
    assert messages.counts(scene.made.id) == {"ready": 3}


def test_just_before_two_days_are_over_the_yes_still_holds(scene: Scene) -> None:
    scene.approve()
    with db.transaction():
        then = db.clock() - approvals.HOLDS_FOR + timedelta(minutes=5)
        db.change_many(update(Approval).where(Approval.campaign_id == scene.made.id).values(at=then))
    scene.send()
    assert messages.counts(scene.made.id) == {"ready": 3}


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Run these at the same time, each in a transaction of its own. Returns what each came to."""
    start, results = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        start.wait()
        try:
            with db.transaction():
                results[place] = deed() or "done"
        except Refused as refused:
            results[place] = refused.code

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.parametrize("round_", range(5))
def test_edit_and_approve_at_the_same_moment(scene: Scene, round_: int) -> None:
    """Whoever comes first: a yes never stands over words that the approver did not see."""
    before, writer, second = seen(scene.made), me(), me("approver")
    campaign_id, employer_id = scene.made.id, scene.made.employer_id
    db.end_reading()

    def approve() -> None:
        approvals.approve(held(scene.made), before, 3, 4_800, second)

    def edit() -> None:
        campaigns.edit(held(scene.made), world.content(employer_id, post=f"thợ hàn {round_}"), writer)

    approved, edited = at_once(approve, edit)
    assert edited == "done"
    assert approved in ("done", "campaign.changed_meanwhile")
    after = fresh(campaign_id)
    assert after.post == f"thợ hàn {round_}"
    assert approvals.standing(after, db.clock()) is None
    scene.send()
    assert messages.counts(campaign_id) == {}


@pytest.mark.parametrize("round_", range(5))
def test_edit_and_launch_at_the_same_moment(scene: Scene, round_: int) -> None:
    """What goes out is what was approved, or nothing does."""
    scene.approve()
    before, writer, employer_id = seen(scene.made), me(), scene.made.employer_id
    path = scene.path
    scene.manager.get(path)
    card = scene.manager.last
    db.end_reading()
    start = threading.Barrier(2)

    def send() -> None:
        with scene.manager.app.app_context():
            start.wait()
            visitor = Visitor(scene.manager.app)
            visitor.client = scene.manager.client
            visitor.last = card
            visitor.post(f"{path}/launch", seen=before, recipients="3")

    def edit() -> None:
        start.wait()
        try:
            with db.transaction():
                one = held(scene.made)
                campaigns.edit(one, world.content(employer_id, post=f"thợ hàn {round_}"), writer)
        except Refused:
            pass

    threads = [threading.Thread(target=send), threading.Thread(target=edit)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    after = fresh(scene.made.id)
    sent = messages.counts(scene.made.id)
    if sent:
        assert (after.state, after.content_hash) == ("running", before)
        assert after.post == "công nhân may"
    else:
        assert after.state == "draft"
