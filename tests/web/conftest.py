"""The app over HTTP, in this process: visitors with cookies who fill in forms as a browser does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from html import unescape

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from service import db, engines
from service.app import create_app
from service.refused import Refused
from service.registry import areas
from service.staff.accounts import Staff, StaffArea
from service.web.access import needs, public, signed_in
from tests import world

PASSWORD = "con trau di truoc cai cay"


class Compiled(BytecodeCache):
    """Templates that an app before this one compiled: the apps of all tests have the same."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@dataclass
class Visitor:
    """Somebody with a browser: keeps cookies, and sends forms from the page that was opened last."""

    app: Flask
    last: TestResponse = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str, **more: object) -> TestResponse:
        self.last = self.client.get(path, **more)
        return self.last

    def post(self, path: str, **fields: object) -> TestResponse:
        """Send a form of the page that is open."""
        self.last = self.client.post(path, data={**hidden(self.last), **fields})
        return self.last

    def follow(self) -> TestResponse:
        return self.get(self.last.headers["Location"])

    def log_in(self, email: str, password: str = PASSWORD, next: str = "") -> TestResponse:
        self.get(f"/login?next={next}")
        return self.post("/login", email=email, password=password)


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of the last form of a page (all our forms carry the same ones)."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    pairs = [
        (re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in reversed(found)
    ]
    return {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}


def words(page: TestResponse) -> str:
    """What a person reads on the page."""
    text = re.sub(r"<(script|head).*?</\1>|<[^>]+>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(text).split())


@pytest.fixture
def app(connected: Engine) -> Flask:
    """The whole app with an empty database, and a few rooms in which things go wrong."""
    app = create_app()
    app.jinja_env.bytecode_cache = COMPILED
    app.register_blueprint(_rooms_where_things_go_wrong())
    with db.transaction():
        areas.load_data()
    return app


def _rooms_where_things_go_wrong() -> Blueprint:
    bp = Blueprint("wrong", __name__, url_prefix="/wrong")

    @bp.get("/forgotten")
    def forgotten() -> str:
        return "a route that nobody marked"

    @bp.get("/trap")
    @signed_in("a bug for everybody")
    def trap() -> str:
        raise ValueError("Vàng Thị Mỷ 0912000345")

    @bp.get("/no")
    @signed_in("a verb that says no")
    def no() -> str:
        raise Refused("campaign.already_sent", code="MV-07", at=db.clock())

    @bp.post("/no")
    @signed_in("a verb that says no")
    def no_to_a_form() -> str:
        raise Refused("campaign.audience_changed", seen=412, now=13250)

    @bp.get("/dead-database")
    @public("to see the page when the database is away")
    def dead_database() -> str:
        db.end_reading()
        engine = engines.make("sqlite:////nowhere/at/all.sqlite3")
        with engine.connect():
            return "connected"

    @bp.post("/upload")
    @needs("people.import")
    def upload() -> str:
        return "taken"

    return bp


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app)


def employ(role: str, *communes: int) -> Staff:
    """An account of this role that has already chosen its password."""
    with db.transaction():
        staff = world.staff(role, f"{role}@vidu.vn")
        staff.name, staff.password_hash = f"Người {role}", _hash_of_password()
        for commune in communes:
            db.session().merge(StaffArea(staff_id=staff.id, area_id=commune))
    return staff


@cache
def _hash_of_password() -> str:
    """A true hash that is checked in no time: how much work it is stands in it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def admin(visitor: Visitor) -> Visitor:
    """A logged-in administrator."""
    employ("admin")
    visitor.log_in("admin@vidu.vn")
    return visitor
