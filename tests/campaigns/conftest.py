"""The pages of campaigns are visited as all pages are, by people of every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from service.staff import accounts
from tests.web.conftest import Visitor, app, employ

__all__ = ["app"]


@pytest.fixture
def enter(app: Flask) -> Callable[[str], Visitor]:
    """``enter("manager")``: somebody of this role, logged in."""

    def come_in(role: str) -> Visitor:
        if accounts.find_by_email(f"{role}@vidu.vn") is None:
            employ(role)
        visitor = Visitor(app)
        visitor.log_in(f"{role}@vidu.vn")
        return visitor

    return come_in


@pytest.fixture
def manager(enter: Callable[[str], Visitor]) -> Visitor:
    return enter("manager")


@pytest.fixture
def approver(enter: Callable[[str], Visitor]) -> Visitor:
    return enter("approver")
