"""An import: a list is read and checked first, and stored only when it is right or its problems were accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import columns, matching, problems, sheets, storing
from service.registry.areas import Area
from service.registry.entries import Entry, Reading, from_row
from service.registry.problems import Problem, noted
from service.registry.storing import Source, Stored
from service.staff import history
from service.staff.accounts import Staff
from service.text.phone_numbers import MOBILE
from service.text.vietnamese import one_line
from service.text.words import VIETNAM

CHECKED, STORED, REFUSED = "checked", "stored", "refused"
LEAVES_OUT = ("no_name", "bad_name")
LEAST_WORDS = 10  # letters of a sentence that says how people agreed


class ImportBatch(db.Base):
    """``file`` and ``rows`` (its people) are kept until the list is stored or refused; ``problems`` stay, to be read again.

    ``choices``: what staff said about the file (encoding, sheet, which column is what); ``edits``: cells mended on the
    page, ``{"D12": "0912 000 345"}``.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_state", "state", "id"),)

    id: Mapped[int] = mapped_column(db.Id, primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default=CHECKED)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    edits: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, deferred=True)
    problems: Mapped[list[list[Any]]] = mapped_column(JSON, deferred=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    consent_heading: Mapped[str] = mapped_column(
        String(200), default=""
    )  # empty: the list does not say who agreed
    consent_words: Mapped[str] = mapped_column(String(500), default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]

    @property
    def has_errors(self) -> bool:
        """Must a person accept its problems before it is stored?"""
        return self.counts["errors"] > 0

    @property
    def noted(self) -> list[Problem]:
        return [problems.from_row(row) for row in self.problems]


def check(filename: str, data: bytes, commune: Area | None, by: Staff | None) -> ImportBatch:
    """Read a list and say what is in it and what is wrong. ``commune``: for rows that name none.

    Nothing of it is in the registry yet. Raises Refused("import.…") when the file cannot be read at all.
    """
    sheet = sheets.read(data, filename)
    where = columns.find(sheet)
    now = db.clock()
    reading = Reading(where, commune, now.astimezone(VIETNAM).date())
    read = [(row, reading.read(row)) for row in columns.villagers(sheet, where)]
    if not read:
        raise Refused("import.no_rows")
    people, doubles = matching.unite([entry for _row, entry in read if entry is not None])
    name_column = sheets.letters(where.name_column())
    found = reading.problems + [
        noted(again.row, name_column, "duplicate_person", again.name, str(first.row))
        for again, first in doubles
    ]
    found.sort(key=lambda problem: problem.row)
    batch = ImportBatch(
        filename=one_line(filename)[-200:], commune_id=commune.id if commune is not None else None,
        rows=[entry.as_row() for entry in people], problems=[problem.as_row() for problem in found],
        counts=_counts(len(read), people, reading.numbers, found), consent_heading=where.headings.get(columns.CONSENT, "")[:200],
        staff_id=by.id if by is not None else None, created_at=now,
    )  # fmt: skip
    db.session().add(batch)
    db.session().flush()
    history.record("people.checked", by, batch=batch.id, rows=len(read), errors=batch.counts["errors"])
    return batch


def _counts(
    rows: int, people: Sequence[Entry], numbers: dict[str, str], found: Sequence[Problem]
) -> dict[str, int]:
    behind: Counter[str] = Counter(number for entry in people for number in entry.numbers)
    severities = Counter(problem.severity for problem in found)
    known = len(set(matching.known(people).values()))
    return {
        "rows": rows,
        "people": len(people),
        "new": len(people) - known,
        "known": known,
        "phones": sum(kind == MOBILE for kind in numbers.values()),
        "landlines": sum(kind != MOBILE for kind in numbers.values()),
        "shared_phones": sum(count > 1 for count in behind.values()),
        "without_phone": sum(not entry.phones for entry in people),
        "left_out": len({problem.row for problem in found if problem.kind in LEAVES_OUT}),
        "doubles": sum(problem.kind == "duplicate_person" for problem in found),
        "consent_yes": sum(entry.consent is True for entry in people),
        "consent_no": sum(entry.consent is False for entry in people),
        "errors": severities["error"],
        "warnings": severities["warn"],
        "infos": severities["info"],
    }


def store(batch_id: int, accept_problems: bool, consent_words: str | None, by: Staff | None) -> Stored:
    """Put the people of a checked list into the registry, once. Raises Refused, and then nothing is stored.

    ``consent_words``: how everybody on the list agreed to job notices; only for a list that does not say who did.
    """
    batch = find(batch_id)
    if batch is None:
        raise Refused("import.already_done")
    words = one_line(consent_words or "")[:500]
    if words and batch.consent_heading:
        raise Refused("import.consent_in_list", heading=batch.consent_heading)
    if consent_words is not None and len(words) < LEAST_WORDS:
        raise Refused("import.no_consent_words")
    if batch.has_errors and not accept_problems:
        raise Refused("import.not_accepted", errors=batch.counts["errors"])
    entries = [from_row(row) for row in batch.rows]
    now = db.clock()
    _leave(batch, STORED, now)
    batch.consent_words = words
    if words:
        for entry in entries:
            entry.consent = True
    said = words or f"{batch.consent_heading} ({batch.filename})"
    source = Source(
        said[:500], f"{batch.filename[:200]}, #{batch.id}, row", by.id if by is not None else None, now
    )
    stored = storing.store(entries, source)
    batch.counts = {**batch.counts, **{f"stored_{name}": count for name, count in stored.as_row().items()}}
    history.record("people.imported", by, batch=batch.id, **stored.as_row())
    db.session().flush()
    return stored


def _leave(batch: ImportBatch, state: str, now: datetime) -> None:
    """Checked → stored or refused, once, whoever clicks twice. The people of the list are kept in the registry alone."""
    query = update(ImportBatch).where(ImportBatch.id == batch.id, ImportBatch.state == CHECKED)
    if db.change(query.values(state=state, stored_at=now if state == STORED else None, rows=[])) == 0:
        raise Refused("import.already_done")


def forget(batch: ImportBatch, by: Staff) -> None:
    """This list is not to be stored."""
    _leave(batch, REFUSED, db.clock())
    history.record("people.import_refused", by, batch=batch.id)


def find(batch_id: int) -> ImportBatch | None:
    return db.session().get(ImportBatch, batch_id)


def recent(limit: int = 50) -> list[ImportBatch]:
    """The newest imports first, without their rows."""
    return list(db.session().scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)))


def as_json(batch: ImportBatch, stored: Stored | None) -> dict[str, Any]:
    """What ``./loa people import --json`` prints. ``stored``: how many people were stored, new and known; 0 if none."""
    counts = batch.counts
    return {
        "rows": counts["rows"],
        "people": counts["people"],
        "phones": counts["phones"],
        "shared_phones": counts["shared_phones"],
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "kind": problem.kind,
                "severity": problem.severity,
                "seen": problem.seen,
                "advice": problems.advice(problem),
            }
            for problem in batch.noted
        ],
        "stored": stored.people + stored.updated if stored is not None else 0,
    }
