"""Languages of the screens: Vietnamese stands in the source, English comes from one catalogue read at the start.

In Python: ``from service.web.languages import gettext as _`` for sentences shown now, ``lazy_gettext`` for labels of
form classes, ``N_`` for words kept in tables (translate them with ``_`` when they are shown). In templates: ``_("…")``,
``ngettext("%(count)s người", "%(count)s người", n, count=n|number)``. Templates always treat the sentence as a format,
so a percent sign is written ``%%`` there.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import flask_babel  # type: ignore[import-untyped, unused-ignore]
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, session

VIETNAMESE, ENGLISH = "vi", "en"
LANGUAGES = {VIETNAMESE: "Tiếng Việt", ENGLISH: "English"}
CATALOGUE = Path(__file__).parent / "translations" / "en.po"
TIME_ZONE = "Asia/Ho_Chi_Minh"


def gettext(sentence: str, **values: Any) -> str:
    """The sentence in the reader's language, with its values filled in."""
    return str(flask_babel.gettext(sentence, **values))


def ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """The sentence for this count. Vietnamese has one form; English has two. ``%(num)s`` is the count."""
    return str(flask_babel.ngettext(one, many, count, **values))


def lazy_gettext(sentence: str, **values: Any) -> Any:
    """Like gettext, but translated only when it is shown: for labels and messages of form classes."""
    return flask_babel.lazy_gettext(sentence, **values)


def N_(sentence: str) -> str:
    """Marks a sentence kept in a table for translation. Returns it as it is."""
    return sentence


def current() -> str:
    """The language of this request: what the person chose, else Vietnamese."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else VIETNAMESE


def choose(language: str) -> None:
    """Use this language from now on in this session."""
    session["language"] = language if language in LANGUAGES else VIETNAMESE
    flask_babel.refresh()


class Catalogue:
    """What Flask-Babel calls a domain: gives the translations for this request."""

    def get_translations(self) -> NullTranslations:
        return english() if current() == ENGLISH else _AS_WRITTEN

    def gettext(self, sentence: str, **values: Any) -> str:
        translated = self.get_translations().ugettext(sentence)
        return translated % values if values else translated

    def ngettext(self, one: str, many: str, count: int, **values: Any) -> str:
        values.setdefault("num", count)
        return self.get_translations().ungettext(one, many, count) % values


_AS_WRITTEN = NullTranslations()


@cache
def english() -> Translations:
    """The English catalogue, compiled in memory from en.po, so that no binary file is kept."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale=ENGLISH))
    compiled.seek(0)
    return Translations(compiled)


def install(app: Flask) -> None:
    """Give the app its languages and the time zone of Vietnam."""
    english()  # a broken catalogue must stop the start, not the first English reader
    babel = flask_babel.Babel()
    babel.domain_instance = Catalogue()
    babel.init_app(app, default_locale=VIETNAMESE, default_timezone=TIME_ZONE, locale_selector=current)
