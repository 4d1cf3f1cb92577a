"""The doors of carriers over HTTP: each thing that may stand before them gets the right answer, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from service import db, settings
from service.carriers import directory
from service.hooks import CHECK_PATH, FORM, MOST_BYTES, MOST_FIELDS
from service.replies import events
from service.replies.events import CarrierEvent
from service.replies.inbox import Reply
from service.sending import tokens
from service.sending.messages import Message
from tests import world
from tests.replies.talk import all_of, sent_campaign
from tests.web.conftest import app

__all__ = ["app"]
STATUS, SMS = "/hooks/twilio/status/", "/hooks/twilio/sms"
DELIVERED = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": world.number(1)}


@pytest.fixture
def sent(app: Flask) -> str:
    """One message that was accepted. Gives the address at which the carrier reports on it."""
    with db.transaction():
        world.person("Vàng Mí Páo", world.number(1))
    sent_campaign()
    directory.forget()
    return STATUS + tokens.token_of(1)


def post(app: Flask, path: str, form: Mapping[str, str], **more: str) -> TestResponse:
    """What Twilio would send, signed over the form."""
    headers = {**directory.get("twilio").sign(path, form), **more}
    return app.test_client().post(path, data=urlencode(form), content_type=FORM, headers=headers)


def message() -> Message:
    (found,) = all_of(Message)
    assert isinstance(found, Message)
    return found


def test_a_report_is_stored_and_folded_before_it_is_answered(app: Flask, sent: str) -> None:
    answer = post(app, sent, DELIVERED)
    assert (answer.status_code, answer.data) == (200, b"")
    assert message().state == "delivered"
    assert len(all_of(CarrierEvent)) == 1


def test_what_is_said_twice_is_kept_once(app: Flask, sent: str) -> None:
    assert [post(app, sent, DELIVERED).status_code for _ in range(3)] == [200, 200, 200]
    assert len(all_of(CarrierEvent)) == 1


def test_an_answer_of_a_villager_comes_in_by_its_own_door(app: Flask, sent: str) -> None:
    form = {"MessageSid": "SMin1", "From": world.number(1), "Body": "1"}
    answer = post(app, SMS, form)
    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.data.endswith(b"<Response/>")
    assert [reply.meaning for reply in all_of(Reply) if isinstance(reply, Reply)] == ["interested"]


@pytest.mark.parametrize(
    ("form", "word"),
    [
        pytest.param({"MessageStatus": "teleported"}, "teleported", id="a word we do not know"),
        pytest.param({"MessageStatus": "tele\0ported"}, "teleported", id="NUL"),
        pytest.param({"MessageStatus": "đã đến 😀"}, "đã đến 😀", id="not ASCII"),
        pytest.param({"MessageStatus": "w" * 5_000}, "w" * 30, id="a long word"),
        pytest.param({"MessageStatus": ""}, "", id="no word"),
        pytest.param({"MessageSid": "S" * 5_000, "MessageStatus": "odd"}, "odd", id="a long id"),
        pytest.param({"MessageSid": "S\0M", "MessageStatus": "odd"}, "odd", id="NUL in the id"),
        pytest.param({"MessageStatus": "odd", "ErrorCode": "e" * 5_000}, "odd", id="a long code"),
        pytest.param({f"f{n}": "x" for n in range(150)} | {"MessageStatus": "odd"}, "odd", id="many fields"),
    ],
)
def test_strange_reports_are_kept_and_shown(app: Flask, sent: str, form: dict[str, str], word: str) -> None:
    assert post(app, sent, form).status_code == 200
    assert (message().state, message().word) == ("accepted", word)
    assert (len(all_of(CarrierEvent)), events.spool_size()) == (1, 0)


@pytest.mark.parametrize("token", ["", "x", "NoTokenOfOurs", "a.b", "%00", "đ", "x" * 2_000])
def test_a_report_on_a_message_nobody_knows_is_kept(app: Flask, sent: str, token: str) -> None:
    form = {"MessageSid": "SMnobody", "MessageStatus": "delivered"}
    client, path = app.test_client(), STATUS + token
    signed = directory.get("twilio").sign(path.replace("%00", "\0"), form)
    assert client.post(path, data=urlencode(form), content_type=FORM, headers=signed).status_code == 200
    assert message().state == "accepted"
    assert (len(all_of(CarrierEvent)), events.spool_size()) == (1, 0)


def test_a_token_of_ours_for_a_message_that_is_gone_is_kept(app: Flask, sent: str) -> None:
    assert post(app, STATUS + tokens.token_of(10**12), DELIVERED).status_code == 200
    assert (len(all_of(CarrierEvent)), events.spool_size()) == (1, 0)


BODY = urlencode(DELIVERED)
FILES = '--x\r\nContent-Disposition: form-data; name="MessageStatus"; filename="x.txt"\r\n\r\ndelivered\r\n--x--\r\n'
JUNK = {
    "100 kB": (413, {"data": "a=" + "x" * 100_000, "content_type": FORM}),
    "100 kB of unknown length": (413, {"input_stream": BytesIO(b"a=" + b"x" * 100_000), "content_type": FORM}),
    "a byte too much": (413, {"data": "a=" + "x" * (MOST_BYTES - 1), "content_type": FORM}),
    "thousands of fields": (413, {"data": "&".join("a=1" for _ in range(5_000)), "content_type": FORM}),
    "a field too much": (413, {"data": "&".join("a=1" for _ in range(MOST_FIELDS + 1)), "content_type": FORM}),
    "nothing": (403, {}),
    "an empty form": (403, {"data": "", "content_type": FORM}),
    "not a form": (403, {"data": b"\x00\xff" * 500, "content_type": FORM}),
    "JSON": (403, {"data": '{"MessageStatus": "delivered"}', "content_type": "application/json"}),
    "a form by another name": (403, {"data": BODY, "content_type": "text/plain"}),
    "files": (403, {"data": FILES, "content_type": "multipart/form-data; boundary=x"}),
    "percent signs": (403, {"data": "%%%=%zz&MessageStatus=%00%ff", "content_type": FORM}),
    "no signature": (403, {"data": BODY, "content_type": FORM}),
    "a wrong signature": (403, {"data": BODY, "content_type": FORM, "headers": {"X-Twilio-Signature": "x"}}),
    "a signature with accents": (
        403,
        {"data": BODY, "content_type": FORM, "headers": {"X-Twilio-Signature": "chữ ký".encode().decode("latin-1")}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "request_"), JUNK.values(), ids=list(JUNK))
def test_junk_is_refused_and_the_next_report_is_heard(
    app: Flask, sent: str, status: int, request_: dict[str, object]
) -> None:
    for path in (STATUS, SMS, CHECK_PATH):
        wanted = {key: BytesIO(v.getvalue()) if isinstance(v, BytesIO) else v for key, v in request_.items()}
        assert app.test_client().post(path, **wanted).status_code == status
    assert all_of(CarrierEvent) == []
    assert post(app, sent, DELIVERED).status_code == 200
    assert message().state == "delivered"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_carriers_only_post(app: Flask, method: str) -> None:
    answer = app.test_client().open(SMS, method=method)
    assert (answer.status_code, answer.headers["Allow"], answer.data) == (405, "POST", b"")


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/twilio", "/hooks/twilio/smsx", "/hooks/other/sms", "/hooks/../login"])  # fmt: skip
def test_there_are_no_other_doors(app: Flask, path: str) -> None:
    assert app.test_client().post(path).status_code == 404


def test_the_doctors_question_keeps_nothing(app: Flask, sent: str) -> None:
    assert post(app, CHECK_PATH, {"Body": "kiểm tra"}).data == b"fits"
    assert all_of(CarrierEvent) == []


def test_the_signature_holds_for_this_address_alone(app: Flask, sent: str) -> None:
    signed = directory.get("twilio").sign(sent, DELIVERED)
    client = app.test_client()
    for path in (sent + "?x=1", STATUS + tokens.token_of(2)):
        answer = client.post(path, data=BODY, content_type=FORM, headers=signed)
        assert answer.status_code == 403
    assert message().state == "accepted"


def test_the_address_is_ours_whatever_host_the_caller_names(app: Flask, sent: str) -> None:
    assert (
        post(app, sent, DELIVERED, Host="evil.example", **{"X-Forwarded-Host": "evil.example"}).status_code
        == 200
    )
    assert settings.get().public_url.startswith("http")


def test_people_are_let_through_to_the_pages(app: Flask) -> None:
    assert app.test_client().get("/login").status_code == 200
