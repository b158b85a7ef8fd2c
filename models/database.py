"""The database: sessions, column types, and when a transaction ends.

`db` is Flask-SQLAlchemy's; nothing else imports it. Services receive a session,
the edge opens the transaction and enqueues work with `after_commit`.
"""

from __future__ import annotations

import enum
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from models.reads import forget_reads, keep_reads
from models.writers import PATIENCE_MS, begin_to_write

log = logging.getLogger(__name__)

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A moment: stored in UTC, handed out aware of UTC on every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: sa.Dialect
    ) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: sa.Dialect,  # noqa: ARG002 - as SQLAlchemy calls it
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


def words(members: type[enum.StrEnum], name: str = "") -> sa.Enum:
    """A column of one of these words: stored by value, CHECKed by the database.

    A second column of the same words in one table gives its own name.
    """
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or members.__name__.lower(),
        values_callable=lambda e: [m.value for m in e],
    )


def new_public_id() -> str:
    """128 random bits, safe in a URL: nobody finds a record by counting up."""
    return secrets.token_urlsafe(16)


Id = Annotated[int, mapped_column(primary_key=True)]
PublicId = Annotated[
    str, mapped_column(sa.String(22), unique=True, default=new_public_id)
]
Kilograms = Annotated[int, mapped_column(sa.BigInteger)]
Dong = Annotated[int, mapped_column(sa.BigInteger)]
Hectares = Annotated[Decimal, mapped_column(sa.Numeric(10, 4))]
Name = Annotated[str, mapped_column(sa.String(200))]
Code = Annotated[str, mapped_column(sa.String(64))]
Words = Annotated[str, mapped_column(sa.Text)]
Digest = Annotated[str, mapped_column(sa.String(64))]


def utc_now() -> datetime:
    """The clock of rows that only say when they were written."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Plain declarative base; every constraint has a name."""

    metadata = sa.MetaData(naming_convention=CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        datetime: Instant(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }


class Timestamped:
    """When the row was written and when it last changed."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


# Models inherit from Base itself, so that type checkers know them.
db = SQLAlchemy(metadata=Base.metadata)


def tune(engine: sa.Engine) -> None:
    """SQLite as a safe store for several processes; other databases unchanged.

    The driver's own transactions begin too late: a read before the first write
    lies outside them, and updates get lost without an error. So we begin every
    transaction ourselves, and a writer takes the write lock at once.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",  # readers never wait for the writer
            # a writer waits in line instead of failing
            f"busy_timeout={PATIENCE_MS}",
            "foreign_keys=ON",  # off by default in SQLite
            "synchronous=FULL",  # a contract survives a power cut
            "trusted_schema=OFF",
            "cell_size_check=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("read_only"):
            connection.exec_driver_sql("BEGIN")
        else:
            begin_to_write(connection)


@contextmanager
def transaction(
    *, read_only: bool = False, snapshot: bool = False
) -> Iterator[Session]:
    """Commit when the outermost block ends, roll back when it raises.

    A block inside another joins it: one request or task is one transaction.
    With `snapshot` all its queries see the database in one state, which what
    only reads does on SQLite anyway.
    """
    session: Session = db.session()
    if session.info.get("transaction_depth"):
        yield session
        return
    session.info["transaction_depth"] = 1
    try:
        if read_only and not session.in_transaction():
            options: dict[str, Any] = {"read_only": True}
            if snapshot and session.get_bind().dialect.name == "postgresql":
                options["isolation_level"] = "REPEATABLE READ"
            session.connection(execution_options=options)
            keep_reads(session)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("transaction_depth", None)
        forget_reads(session)


def after_commit(session: Session, action: Callable[[], object]) -> None:
    """Run `action` once this transaction is stored, and never if it is not."""
    session.info.setdefault("after_commit", []).append(action)


@event.listens_for(Session, "after_commit")
def _run_actions(session: Session) -> None:
    if session.in_nested_transaction():  # releasing a savepoint is no commit
        return
    for action in session.info.pop("after_commit", []):
        try:
            action()
        except Exception:
            # The data is safe; the sweeper finds what was not announced.
            log.exception("An action after commit failed")


@event.listens_for(Session, "after_rollback")
def _drop_actions(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("after_commit", None)


def db_now(session: Session) -> datetime:
    """The database's clock: leases and expiries never trust a worker's."""
    if session.get_bind().dialect.name == "sqlite":
        text = session.scalar(sa.select(sa.func.strftime("%Y-%m-%dT%H:%M:%f", "now")))
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    moment = session.scalar(sa.select(sa.func.clock_timestamp()))
    assert isinstance(moment, datetime)
    return moment.astimezone(UTC)


__all__ = [
    "Base",
    "Code",
    "Digest",
    "Dong",
    "Hectares",
    "Id",
    "Instant",
    "Kilograms",
    "Mapped",
    "Name",
    "PublicId",
    "Timestamped",
    "Words",
    "after_commit",
    "db",
    "db_now",
    "mapped_column",
    "new_public_id",
    "transaction",
    "tune",
    "utc_now",
    "words",
]
