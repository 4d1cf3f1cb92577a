"""Places in the database, lists as an office would send them, and visitors to the registry's pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
import xlsxwriter
from sqlalchemy import Engine

from service import db
from service.refused import Refused
from service.registry import areas, imports
from service.registry.areas import Area
from service.registry.imports import ImportBatch
from service.registry.people import Person
from service.registry.storing import Stored
from service.staff.accounts import Staff
from tests.web.conftest import Visitor, app, employ, visitor

__all__ = ["app", "visitor"]

HEADER = ("Họ và tên", "Năm sinh", "Giới tính", "Số điện thoại", "Thôn", "Xã", "Đồng ý nhận tin")
PAO = ("Sùng Mí Páo", "1990", "Nam", "0912 000 345", "Trà Mần", "Sơn Vĩ", "Có")


@pytest.fixture
def places(connected: Engine) -> None:
    """The communes of today and of before."""
    with db.transaction():
        areas.load_data()


@pytest.fixture
def manager(app: object, visitor: Visitor) -> Visitor:
    """A logged-in manager."""
    employ("manager")
    visitor.log_in("manager@vidu.vn")
    return visitor


def commune(name: str) -> Area:
    found = areas.commune_by_name(name)
    assert found is not None
    return found


def as_csv(
    *rows: Sequence[str], header: Sequence[str] = HEADER, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: Sequence[object]) -> bytes:
    """A workbook with these rows, which bring their own header."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Danh sách")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return file.getvalue()


def check(
    data: bytes, name: str = "list.csv", where: Area | None = None, by: Staff | None = None
) -> ImportBatch:
    with db.transaction():
        batch = imports.check(name, data, where, by)
        if batch.state == imports.COLUMNS:
            raise Refused(f"import.{batch.found.problem}", row=max(batch.found.header_rows, default=1))
        return batch


def store(
    batch: ImportBatch, accept: bool = False, consent_words: str | None = None, by: Staff | None = None
) -> Stored:
    with db.transaction():
        return imports.store(batch.id, accept, consent_words, by)


def kinds(batch: ImportBatch) -> list[tuple[str, str]]:
    """(cell, kind) of everything that was found, in the order of the rows."""
    return [(f"{problem.column}{problem.row}", problem.kind) for problem in batch.noted]


def everybody() -> list[Person]:
    db.end_reading()
    return list(db.session().query(Person).order_by(Person.id))
