"""The letterbox: one engine, sessions that read, and transaction() for everything that writes.

Verbs never commit; doors do, with ``with db.transaction():``. Inside, ``db.session()`` is that transaction; outside,
it is a reading session that ``db.end_reading()`` closes (after each web request).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    CursorResult,
    DateTime,
    Engine,
    Executable,
    Integer,
    MetaData,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from service import engines

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only for INTEGER


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Always with a time zone in Python, always UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _WrittenArray(UserDefinedType[str]):
    """PostgreSQL's array of ids, as it is written in SQL: psycopg takes ten times as long to write down a list."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "BIGINT[]"


class Ids(TypeDecorator[Iterable[int]]):
    """Many ids as one parameter: an array, or JSON where there are no arrays."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else _WrittenArray())

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> str:
        ids = ",".join(map(str, map(int, value or ())))
        return f"[{ids}]" if dialect.name == "sqlite" else f"{{{ids}}}"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime()}  # noqa: RUF012  (SQLAlchemy reads it as a plain attribute)


class _State:
    engine: Engine | None = None
    # Threads of one process queue here instead of in SQLite's busy handler, which sleeps up to 0.1 s between tries.
    writing = threading.Lock()


_writer: ContextVar[Session | None] = ContextVar("writer", default=None)
_reader: ContextVar[Session | None] = ContextVar("reader", default=None)


def connect(url: str) -> Engine:
    """Use this database from now on. Returns the engine; connections open when first needed."""
    if _State.engine is not None:
        _State.engine.dispose()
    _State.engine = engines.make(url)
    return _State.engine


def engine() -> Engine:
    if _State.engine is None:
        raise RuntimeError("db.connect() was not called")
    return _State.engine


def after_fork() -> None:
    """In a forked child: forget the parent's connections without closing them, and its lock."""
    _State.writing = threading.Lock()
    engine().dispose(close=False)
    _writer.set(None)
    _reader.set(None)


def session() -> Session:
    """The open transaction, or else a reading session."""
    current = _writer.get() or _reader.get()
    if current is None:
        current = Session(engine(), expire_on_commit=False, autoflush=True)
        _reader.set(current)
    return current


def end_reading() -> None:
    """Close the reading session of this request or loop, if any. What was read is read, whatever the database says now."""
    current = _reader.get()
    if current is not None:
        _reader.set(None)
        try:
            current.close()
        except DBAPIError:  # cut off, or restarted
            current.invalidate()


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything inside is committed together at the end, or not at all. Not to be nested."""
    if _writer.get() is not None:
        raise RuntimeError("a transaction is already open: verbs do not commit, doors do")
    end_reading()
    sqlite = engine().dialect.name == "sqlite"
    if sqlite:
        _State.writing.acquire()
    try:
        with Session(engine().execution_options(writing=True), expire_on_commit=False) as writer:
            token = _writer.set(writer)
            try:
                with writer.begin():
                    yield writer
            finally:
                _writer.reset(token)
    finally:
        if sqlite:
            _State.writing.release()


def among(column: Any, ids: Iterable[int] | BindParameter[Any]) -> ColumnElement[bool]:
    """Is the column one of these ids (or of a parameter of the type Ids)? For batches: a parameter for each id takes
    longer to write down than the query takes to run."""
    these = ids if isinstance(ids, BindParameter) else bindparam(None, ids, type_=Ids())
    listed = select(func.json_each(these).table_valued("value").c.value)
    is_one = column.in_(listed) if engine().dialect.name == "sqlite" else column == any_(these)
    return cast(ColumnElement[bool], is_one)


def change(statement: Executable) -> int:
    """Run an UPDATE, DELETE or INSERT in the open transaction. Returns how many rows it changed.

    Objects of the session that it changed are read anew.
    """
    return _run(statement, "fetch")


def change_many(statement: Executable) -> int:
    """Like change(), for many rows that are not held as objects."""
    return _run(statement, False)


def _run(statement: Executable, synchronize: str | bool) -> int:
    # Without preserve_rowcount an INSERT on PostgreSQL says -1, which counts as true.
    options = {"synchronize_session": synchronize, "preserve_rowcount": True}
    result = session().execute(statement.execution_options(**options))
    return int(getattr(result, "rowcount", 0))


def run(statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """Run a statement on plain tables that was made once, with these values, in the open transaction.

    For what is done for every batch: to make a statement, and to have it go through mapped objects, takes longer than
    to run it. Objects of the session that it changes are not read anew.
    """
    return session().connection().execute(statement, dict(values))


def insert_new(table: type[Base], row: dict[str, Any]) -> bool:
    """Insert this row unless one that may not be there twice is there already. True when it was inserted."""
    return change_many(upsert(table).values(row).on_conflict_do_nothing()) == 1


def insert_which(table: Table, column: Column[Any], rows: Sequence[dict[str, Any]]) -> set[Any]:
    """Insert those of these rows that may be there and are not yet. Returns what they hold in this column."""
    if not rows:
        return set()
    names = tuple(rows[0])
    execute = session().connection().execute
    if engine().dialect.name == "sqlite":
        found = execute(_insert_listed(table, column), rows)
    else:
        arrays = {name: [row[name] for row in rows] for name in names}
        found = execute(_insert_unnested(table, column, names), arrays)
    return set(found.scalars().all())


@cache
def _insert_listed(table: Table, column: Column[Any]) -> Any:
    return sqlite.insert(table).on_conflict_do_nothing().returning(column)


@cache
def _insert_unnested(table: Table, column: Column[Any], names: tuple[str, ...]) -> Any:
    """An array for each column: psycopg takes longer to write down a parameter for each value than to run this."""
    arrays = [bindparam(name, type_=postgresql.ARRAY(table.c[name].type)) for name in names]
    rows = func.unnest(*arrays).table_valued(*names).render_derived()
    insert = postgresql.insert(table).from_select(names, select(rows), include_defaults=False)
    return insert.on_conflict_do_nothing().returning(column)


def insert_many(table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows, all with the same columns; the columns' own plain defaults fill the rest.

    By the driver itself, with COPY on PostgreSQL: less than half of the CPU that SQLAlchemy's INSERTs cost this process.
    """
    dialect = engine().dialect
    defaults: list[tuple[str, Any]] = [(column.name, column.default) for column in table.c]
    plain = {name: default.arg for name, default in defaults if default is not None and default.is_scalar}
    told = list(rows[0])
    write = {name: _as_driver_takes(table.c[name].type, dialect) for name in {*plain, *told}}
    same = {name: write[name](value) for name, value in plain.items() if name not in rows[0]}
    names, writers = [*told, *same], [(name, write[name]) for name in told]
    lines = ((*[write_one(row[name]) for name, write_one in writers], *same.values()) for row in rows)
    raw: Any = session().connection().connection.driver_connection
    if dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        raw.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", lines)  # noqa: S608
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)


def _as_driver_takes(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """What the driver is given for a value of this type."""
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    if write is None:
        return lambda value: value
    # Rows of one batch share their instants, and to write one down takes longer than all the rest of its row.
    return cast(
        Callable[[Any], Any], lru_cache(maxsize=16)(write) if isinstance(kind, UtcDateTime) else write
    )


def upsert(table: Any) -> Any:
    """An INSERT that knows ON CONFLICT, of the database's own kind."""
    return (sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert)(table)


def clock() -> datetime:
    """The database's own clock: the one clock that all machines share."""
    if engine().dialect.name == "sqlite":
        return datetime.now(UTC)  # SQLite's clock is this machine's
    value: datetime = session().execute(text("SELECT clock_timestamp()")).scalar_one()
    return value.astimezone(UTC)
