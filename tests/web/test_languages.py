"""Every sentence in both languages, and the switch between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from service.staff import accounts
from service.web import forms, translate
from service.web.deeds import DEEDS
from service.web.sentences import SENTENCES
from tests.web.conftest import Visitor, employ, words

PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")


def pairs() -> Iterator[tuple[str, str]]:
    for message in translate.catalogue():
        if message.id:
            many = isinstance(message.id, tuple)
            yield from zip(
                message.id if many else [message.id],
                message.string if many else [message.string],
                strict=True,
            )


def test_every_sentence_of_the_screens_has_its_english() -> None:
    new, _written = translate.renewed()
    assert translate.empty(new) == [], "python -m service.web.translate adds them to en.po"


def test_the_catalogue_is_kept_whole_and_sorted() -> None:
    _new, written = translate.renewed()
    assert translate.CATALOGUE.read_bytes() == written, "run python -m service.web.translate"


def test_both_languages_have_the_same_placeholders() -> None:
    checked = 0
    for vietnamese, english in pairs():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(vietnamese)), vietnamese
        checked += 1
    assert checked > 150


def test_the_extraction_sees_tables_forms_and_templates() -> None:
    known = {message.id for message in translate.sentences()}
    assert set(SENTENCES.values()) <= known
    assert set(DEEDS.values()) <= known
    assert set(forms.MESSAGES.values()) <= known
    assert {"Mật khẩu đang dùng", "Quên mật khẩu? Hãy nhờ người quản trị cấp lại.", "Trang chủ"} <= known


def test_english_is_kept_for_the_session_and_for_the_account(app: Flask, visitor: Visitor) -> None:
    manager = employ("manager")
    assert "Đăng nhập" in words(visitor.get("/login"))
    visitor.log_in("manager@vidu.vn")
    visitor.get("/password")
    assert visitor.post("/language", language="en").headers["Location"] == "/password"
    assert "Change password" in words(visitor.follow())
    kept = accounts.find(manager.id)
    assert kept is not None
    assert kept.language == "en"
    elsewhere = Visitor(app)
    elsewhere.log_in("manager@vidu.vn")
    assert '<html lang="en">' in elsewhere.get("/password").text


def test_the_login_page_speaks_both(visitor: Visitor) -> None:
    visitor.get("/login")
    visitor.post("/language", language="en")
    assert "Forgotten your password?" in words(visitor.follow())
    visitor.post("/language", language="vi")
    assert "Quên mật khẩu?" in words(visitor.follow())


@pytest.mark.parametrize("language", ["fr", "", "../etc"])
def test_an_unknown_language_is_vietnamese(visitor: Visitor, language: str) -> None:
    visitor.get("/login")
    visitor.post("/language", language=language)
    assert '<html lang="vi">' in visitor.follow().text


def test_forms_complain_in_plain_vietnamese(visitor: Visitor) -> None:
    visitor.get("/login")
    assert words(visitor.post("/login", email="", password="x")).count("Xin điền ô này.") == 1
