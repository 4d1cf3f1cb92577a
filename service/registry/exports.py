"""A list of people as an Excel file that our own import reads back without changing anything.

Texts are string cells marked as text, so that no spreadsheet takes ``=…`` for a formula, not even after editing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter
from sqlalchemy import select

from service import db
from service.refused import Refused
from service.registry import areas, choosing, tags
from service.registry.choosing import Choice
from service.registry.consent import JOB_NOTICES, Consent
from service.registry.people import Person
from service.registry.phones import PersonPhone, Phone
from service.registry.tags import SKILL, WISH
from service.staff import history
from service.staff.accounts import Staff
from service.text.phone_numbers import shown
from service.text.vietnamese import one_line
from service.text.words import moment

CHUNK = 1_000
LEAST_REASON = 5  # letters
# Heading and width, in the order of the cells of _row. The import knows these headings.
COLUMNS = (
    ("Họ và tên", 28), ("Năm sinh", 9), ("Giới tính", 9), ("Số điện thoại", 32), ("Thôn", 18), ("Xã", 16), ("Ngôn ngữ", 18),
    ("Kỹ năng", 24), ("Nguyện vọng", 24), ("Kênh ưa thích", 14), ("Đồng ý nhận tin", 15),
)  # fmt: skip
YES, NO = "Có", "Không"
# Not empty, and for a commune not a dash either: to who reads the list, our import among them, that means "as above".
NO_HAMLET, NO_COMMUNE = "–", "Chưa rõ"


@dataclass(frozen=True)
class Words:
    """How codes are written in the file."""

    genders: Mapping[str, str]
    languages: Mapping[str, str]
    skills: Mapping[str, str]
    wishes: Mapping[str, str]
    channels: Mapping[str, str]


def reason_of(typed: str) -> str:
    """Why somebody takes a list out of the house. Raises Refused when nothing is said."""
    reason = one_line(typed)[:200]
    if sum(char.isalpha() for char in reason) < LEAST_REASON:
        raise Refused("export.no_reason")
    return reason


def write(choice: Choice, reason: str, words: Words, by: Staff) -> tuple[IO[bytes], int]:
    """The file, ready to be read from its beginning, and how many people are in it. Memory stays flat.

    Only reads; tell the history with noted(), and give the file away after that.
    """
    file = tempfile.TemporaryFile(prefix="loa-export-")  # noqa: SIM115  (closed by the answer that sends it)
    with tempfile.TemporaryDirectory(prefix="loa-export-") as folder:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "tmpdir": folder,
        }
        book = xlsxwriter.Workbook(file, options)
        said = f"{by.name}, {moment(db.clock())}: {reason}"
        book.set_properties({"title": "Người dân", "author": by.name, "comments": said})
        count = _fill(book, said, choice, words, by)
        book.close()
    file.seek(0)
    return file, count


def noted(people: int, reason: str, by: Staff) -> None:
    """The history keeps who took how many people out of the house, and why."""
    history.record("people.exported", by, people=people, reason=reason)


def _fill(book: Any, said: str, choice: Choice, words: Words, by: Staff) -> int:
    sheet = book.add_worksheet("Danh sách")
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    heading = book.add_format({"bold": True, "bottom": 1})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, heading)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.set_footer(
        "&L&8" + said.replace("&", "&&")[:200] + "&R&8&P/&N"
    )  # on paper; the list itself stays clean
    number = 0
    for number, row in enumerate(rows(choice, words, by), start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            elif value:
                sheet.write_string(number, column, value, text)
    return number


def rows(choice: Choice, words: Words, by: Staff) -> Iterator[list[str | int]]:
    """The cells of each person, in Vietnamese order of names."""
    ordered = choosing.ids(choice, by).order_by(Person.sort_key, Person.id)
    ids = list(db.session().scalars(ordered))  # 100,000 numbers are little; their people come in chunks
    for start in range(0, len(ids), CHUNK):
        yield from _rows(ids[start : start + CHUNK], words)


def _rows(ids: Sequence[int], words: Words) -> Iterator[list[str | int]]:
    columns = (
        Person.id, Person.name, Person.birth_year, Person.gender, Person.area_id, Person.hamlet_id, Person.language,
        Person.channel, Person.consents,
    )  # fmt: skip
    people = {row.id: row for row in db.session().execute(select(*columns).where(Person.id.in_(ids)))}
    numbers, asked = _numbers(ids), _asked(ids)
    skills, wishes = tags.of_people(ids, SKILL), tags.of_people(ids, WISH)
    places = areas.names({area for row in people.values() for area in (row.area_id, row.hamlet_id) if area})
    for person in ids:
        with suppress(KeyError):  # gone since the ids were read
            row = people[person]
            consent = YES if row.consents else NO if person in asked else ""
            yield [
                row.name, row.birth_year or "", words.genders.get(row.gender, ""), "; ".join(numbers.get(person, ())),
                places.get(row.hamlet_id, NO_HAMLET), places.get(row.area_id, NO_COMMUNE), words.languages.get(row.language, ""),
                "; ".join(words.skills[code] for code in skills[person]),
                "; ".join(words.wishes[code] for code in wishes[person]), words.channels.get(row.channel, ""), consent,
            ]  # fmt: skip


def _numbers(ids: Sequence[int]) -> dict[int, list[str]]:
    """``0912 000 345`` and ``0913 000 777 (vợ)``, in their order."""
    query = (
        select(PersonPhone.person_id, Phone.e164, PersonPhone.owner)
        .join(Phone, Phone.id == PersonPhone.phone_id)
        .where(PersonPhone.person_id.in_(ids))
        .order_by(PersonPhone.person_id, PersonPhone.position, Phone.id)
    )
    found: dict[int, list[str]] = {}
    for person, e164, owner in db.session().execute(query):
        found.setdefault(person, []).append(shown(e164) + (f" ({owner})" if owner else ""))
    return found


def _asked(ids: Sequence[int]) -> set[int]:
    query = select(Consent.person_id).where(Consent.person_id.in_(ids), Consent.purpose == JOB_NOTICES)
    return {person for person in db.session().scalars(query) if person is not None}
