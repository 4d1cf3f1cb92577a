"""Keeps the English catalogue whole: ``python -m service.web.translate`` adds what the screens say and drops the rest.

New sentences get an empty translation, to be filled in by hand; sentences that no screen uses any more disappear.
"""

from __future__ import annotations

import sys
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from service import settings
from service.web.languages import CATALOGUE, ENGLISH

KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}
SOURCES = (
    (settings.ROOT / "service", [("**.py", "python")]),
    (settings.ROOT / "templates" / "pages", [("**.html", "jinja2")]),
)
HEADER = """\
# English for the screens of Loa Bản. Sorted; kept whole by python -m service.web.translate.
msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def sentences() -> Catalog:
    """Everything the screens can say, as the sources have it."""
    found = Catalog()
    for folder, methods in SOURCES:
        for _file, _line, sentence, _notes, context in extract_from_dir(
            folder, methods, {}, keywords=KEYWORDS
        ):
            found.add(sentence, context=context)
    return found


def catalogue() -> Catalog:
    """The English catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=ENGLISH)


def renewed() -> tuple[Catalog, bytes]:
    """The catalogue with today's sentences, and how it is written."""
    new = catalogue() if CATALOGUE.exists() else Catalog(locale=ENGLISH)
    new.update(sentences(), no_fuzzy_matching=True)
    new.obsolete.clear()
    written = BytesIO()
    write_po(
        written, new, sort_output=True, no_location=True, omit_header=True, ignore_obsolete=True, width=0
    )
    return new, HEADER.encode() + written.getvalue()


def empty(kept: Catalog) -> list[str]:
    """Sentences that have no English yet, or only a fuzzy one, which is never shown."""
    return [
        str(message.id) for message in kept if message.id and (message.fuzzy or not _filled(message.string))
    ]


def _filled(translation: object) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


def main() -> int:
    new, written = renewed()
    CATALOGUE.write_bytes(written)
    missing = empty(new)
    sys.stdout.write(f"{len(new)} sentences, {len(missing)} without English\n")
    for sentence in missing:
        sys.stdout.write(f"  {sentence}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
