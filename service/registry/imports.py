"""An import: a list is read and checked first, and stored only when it is right or its problems were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from service import db
from service.refused import Refused
from service.registry import areas, checking, problems, shapes, storing
from service.registry.areas import Area
from service.registry.checking import Checked
from service.registry.problems import Problem
from service.registry.seen import Choices, Seen
from service.registry.storing import Source, Stored
from service.staff import history
from service.staff.accounts import Staff
from service.text.vietnamese import one_line

COLUMNS, CHECKED, STORED, REFUSED, UNDONE = "columns", "checked", "stored", "refused", "undone"
OPEN = (COLUMNS, CHECKED)
LEFT_OUT = (
    "left_out"  # beside the deeds of planning: rows of nobody, and rows of somebody who stands there already
)
# Then the file of an open list, with all its people, is not kept any longer.
UNFINISHED_FOR = timedelta(days=30)
LEAST_WORDS = 10  # letters of a sentence that says how people agreed
ONE_AT_A_TIME = 260_703  # the number of PostgreSQL's lock for storing; any number that nobody else uses


class ImportBatch(db.Base):
    """``file``, ``seen`` and ``rows`` (its people) are kept until the list is stored or refused; ``problems`` stay, to be
    read again.

    ``choices``: what staff said about the file (encoding, sheet, which column is what); ``edits``: cells mended on the
    page, ``{"D12": "0912 000 345"}``; ``seen``: what was found in the file. ``state``: columns (staff must say which is
    which), checked, stored, refused, undone.
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
    seen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, deferred=True)
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
        return self.counts.get("errors", 0) > 0

    @property
    def noted(self) -> list[Problem]:
        return [problems.from_row(row) for row in self.problems]

    @property
    def chosen(self) -> Choices:
        return Choices(**self.choices)

    @property
    def found(self) -> Seen:
        return Seen.from_json(self.seen)


def check(
    filename: str, data: bytes, commune: Area | None, by: Staff | None, choices: Choices | None = None
) -> ImportBatch:
    """Read a list and keep what was found, to be looked at. Nothing of it is in the registry yet.

    A door that must not keep others from writing meanwhile calls checking.look() first and keep() afterwards.
    Raises Refused("import.…") when the file cannot be read at all.
    """
    return keep(checking.look(filename, data, commune, choices), by)


def keep(checked: Checked, by: Staff | None) -> ImportBatch:
    """A new batch with what was found in a file."""
    batch = ImportBatch(
        filename=one_line(checked.filename)[-200:], file=checked.data, created_at=db.clock(),
        commune_id=checked.commune.id if checked.commune is not None else None,
        staff_id=by.id if by is not None else None, **_as_kept(checked),
    )  # fmt: skip
    db.session().add(batch)
    db.session().flush()
    if batch.state == CHECKED:
        history.record(
            "people.checked", by, batch=batch.id, rows=batch.counts["rows"], errors=batch.counts["errors"]
        )
    return batch


def _as_kept(checked: Checked) -> dict[str, Any]:
    return {
        "state": COLUMNS if checked.seen.problem else CHECKED,
        "choices": checked.choices.as_json(),
        "edits": dict(checked.edits),
        "seen": checked.seen.as_json(),
        "rows": list(checked.rows),
        "problems": [problem.as_row() for problem in checked.problems],
        "counts": dict(checked.counts),
        "consent_heading": checked.consent_heading,
    }


def look_again(
    batch: ImportBatch, choices: Choices | None = None, edits: Mapping[str, str] | None = None
) -> Checked:
    """Read the file of an open batch once more, with other choices or more mended cells. Writes nothing.

    On another sheet the cells are others, so what was mended on this one is left behind.
    """
    if batch.state not in OPEN or batch.file is None:
        raise Refused("import.already_done")
    choices = choices or batch.chosen
    kept = batch.edits if choices.sheet in (batch.chosen.sheet, batch.found.sheet) else {}
    commune = areas.find(batch.commune_id) if batch.commune_id is not None else None
    return checking.look(batch.filename, batch.file, commune, choices, {**kept, **(edits or {})})


def keep_again(batch_id: int, before: Mapping[str, Any], checked: Checked, by: Staff | None) -> ImportBatch:
    """Put what look_again() found in the place of what was known. ``before``: the edits and choices that it began with.

    Raises Refused when the list was stored or mended by somebody else meanwhile.
    """
    query = select(ImportBatch).where(ImportBatch.id == batch_id).with_for_update()
    batch = db.session().scalar(query.execution_options(populate_existing=True))
    if batch is None or batch.state not in OPEN:
        raise Refused("import.already_done")
    if state_of(batch) != before:
        raise Refused("import.changed_meanwhile")
    mended = len(checked.edits) - len(batch.edits)
    for name, value in _as_kept(checked).items():
        setattr(batch, name, value)
    db.session().flush()
    counts = {"rows": batch.counts.get("rows", 0), "errors": batch.counts.get("errors", 0)}
    history.record("people.rechecked", by, batch=batch.id, mended=max(mended, 0), **counts)
    return batch


def state_of(batch: ImportBatch) -> dict[str, Any]:
    """What staff said about it so far."""
    return {"choices": dict(batch.choices), "edits": dict(batch.edits)}


# ------------------------------------------------------------------------------------------------------- stored or not


def store(batch_id: int, accept_problems: bool, consent_words: str | None, by: Staff | None) -> Stored:
    """Put the people of a checked list into the registry, once. Raises Refused, and then nothing is stored.

    ``consent_words``: how everybody on the list agreed to job notices; only for a list that does not say who did.
    """
    batch = find(batch_id)
    if batch is None:
        raise Refused("import.already_done")
    words = _may_be_stored(batch, accept_problems, consent_words)
    _one_at_a_time()
    entries = [checking.entry_of(row) for row in batch.rows]
    if words:
        checking.agree(entries)
    shape, choices, now = batch.found.shape, batch.chosen, db.clock()
    _leave(batch, STORED, now)
    batch.consent_words = words
    said = (words or f"{batch.consent_heading} ({batch.filename})")[:500]
    proof = f"{batch.filename[:200]}, #{batch.id}, row"
    stored = storing.store(entries, Source(batch.id, said, proof, by.id if by is not None else None, now))
    if shape and (choices.columns or choices.header_row):
        shapes.keep(shape, {"columns": dict(choices.columns or {}), "header_row": choices.header_row}, by)
    batch.counts = {**batch.counts, **{f"stored_{name}": count for name, count in stored.as_row().items()}}
    history.record("people.imported", by, batch=batch.id, **stored.as_row())
    db.session().flush()
    return stored


def _may_be_stored(batch: ImportBatch, accept_problems: bool, consent_words: str | None) -> str:
    """How everybody agreed, or nothing. Raises Refused."""
    if batch.state == COLUMNS:
        raise Refused("import.columns_first")
    words = one_line(consent_words or "")[:500]
    if words and batch.consent_heading:
        raise Refused("import.consent_in_list", heading=batch.consent_heading)
    if consent_words is not None and len(words) < LEAST_WORDS:
        raise Refused("import.no_consent_words")
    if batch.has_errors and not accept_problems:
        raise Refused("import.not_accepted", errors=batch.counts["errors"])
    return words


def _one_at_a_time() -> None:
    """Two lists with the same people, stored at once, would double them. SQLite has one writer anyway."""
    if db.engine().dialect.name == "postgresql":
        db.session().execute(text("SET LOCAL lock_timeout = '60s'"))
        db.session().execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))


def _leave(batch: ImportBatch, state: str, now: datetime) -> None:
    """Open → stored or refused, once, whoever clicks twice. The people of the list are kept in the registry alone."""
    query = update(ImportBatch).where(ImportBatch.id == batch.id, ImportBatch.state.in_(OPEN))
    emptied: dict[str, Any] = {"rows": [], "seen": {}, "edits": {}, "file": None}
    if db.change(query.values(state=state, stored_at=now if state == STORED else None, **emptied)) == 0:
        raise Refused("import.already_done")


def forget(batch: ImportBatch, by: Staff | None) -> None:
    """This list is not to be stored. Nothing of its people is kept. ``by`` none: nobody finished it in time."""
    _leave(batch, REFUSED, db.clock())
    batch.problems = []
    history.record("people.import_refused", by, batch=batch.id)


def forget_unfinished(now: datetime) -> int:
    """Forget the open lists that nobody finished within UNFINISHED_FOR. Returns how many."""
    query = select(ImportBatch).where(
        ImportBatch.state.in_(OPEN), ImportBatch.created_at < now - UNFINISHED_FOR
    )
    late = list(db.session().scalars(query))
    for batch in late:
        forget(batch, None)
    return len(late)


def find(batch_id: int) -> ImportBatch | None:
    return db.session().get(ImportBatch, batch_id)


def recent(limit: int = 50) -> list[ImportBatch]:
    """The newest imports first, without their rows."""
    return list(db.session().scalars(select(ImportBatch).order_by(ImportBatch.id.desc()).limit(limit)))


def figures(batch: ImportBatch) -> dict[str, int]:
    """How many people are behind each list: as it would be, or as it was when it was stored."""
    counts = batch.counts
    names = {"added": "new", "updated": "updated", "unchanged": "unchanged"}
    if "stored_people" in counts:
        names = {"added": "stored_people", "updated": "stored_updated", "unchanged": "stored_unchanged"}
    found = {which: counts.get(name, 0) for which, name in names.items()}
    return {**found, LEFT_OUT: counts.get("left_out", 0) + counts.get("doubles", 0)}
