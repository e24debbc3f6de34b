"""A connection that follows the city one is in: compared before each statement, whoever held it before."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from django_tenants.postgresql_backend import base as tenants
from psycopg import ClientCursor
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from xinglin.cities import current

ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Following:
    """A cursor that looks where one is before each way of executing something: it may be older than the last change
    of city, or than a rollback."""

    db: Any
    cursor: Any

    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        db = self.db
        if db.search_path_set_schemas != current.schema():
            if db.goes_alone(sql, self.cursor):
                return self._execute_with_path(sql, params)
            db.follow()
        return super()._execute(sql, params)  # type: ignore[misc]

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        self.db.follow()
        return super()._executemany(sql, param_list)  # type: ignore[misc]

    def _execute_with_path(self, sql: str, params: Any) -> Any:
        """The path and the statement on one way to the server. They stand or fall together, so an error forgets it."""
        schema = current.schema()
        self.db.search_path_set_schemas = None
        answer = super()._execute(f"{_command_to_follow(schema)}; {sql}", params)  # type: ignore[misc]
        self.cursor.nextset()  # past the answer about the path
        self.db.search_path_set_schemas = schema
        return answer

    def callproc(self, *arguments: Any, **named: Any) -> Any:
        self.db.follow()
        return super().callproc(*arguments, **named)  # type: ignore[misc]

    def copy(self, *arguments: Any, **named: Any) -> Any:
        self.db.follow()
        return self.cursor.copy(*arguments, **named)

    def stream(self, *arguments: Any, **named: Any) -> Any:
        self.db.follow()
        return self.cursor.stream(*arguments, **named)


class Cursor(Following, CursorWrapper):
    """As each page has it."""


class DebugCursor(Following, CursorDebugWrapper):
    """As tests have it, which count and read statements."""


class DatabaseWrapper(tenants.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no hints
    """django-tenants keeps a tenant in each connection; here a connection asks `current`, and remembers only its path.

    The path is forgotten whenever the server may have another one: on connecting (the pool hands connections from
    thread to thread), on closing, and on each rollback, which takes back a SET made in the transaction.
    """

    search_path_set_schemas: str | None  # the schema that stands first in the path of this connection, if known

    @property
    def tenant(self) -> Any:
        return current.city()

    @tenant.setter
    def tenant(self, value: Any) -> None:
        assert value is None, "a connection is led by cities.current.entered()"

    @property
    def schema_name(self) -> str:
        return current.schema()

    @schema_name.setter
    def schema_name(self, value: Any) -> None:
        assert value is None, "a connection is led by cities.current.entered()"

    def set_schema_to_public(self) -> None:
        """Nothing to set: `current` says where one is."""

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        raise AssertionError("enter a city by cities.current.entered()")

    def init_connection_state(self) -> None:
        self.search_path_set_schemas = None
        super().init_connection_state()

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Not yet: each way of executing something follows by itself, and may do so in one message with it."""

    def make_cursor(self, cursor: Any) -> Cursor:
        return Cursor(cursor, self)

    def make_debug_cursor(self, cursor: Any) -> DebugCursor:
        return DebugCursor(cursor, self)

    def goes_alone(self, sql: Any, cursor: Any) -> bool:
        """Is this one statement outside of a transaction, that may share its message with the path?

        Only what reads and writes rows may: some commands refuse to run beside another. The values must be part of
        the text, as Django hands them over unless told otherwise.
        """
        if self.connection is None or not isinstance(sql, str) or sql.lstrip()[:6].upper() not in ROWS:
            return False
        link = self.connection
        is_plain = isinstance(cursor, ClientCursor) and link.autocommit
        return is_plain and link.info.transaction_status == TransactionStatus.IDLE

    def follow(self) -> None:
        """Send the path of the city one is in, unless this connection has it."""
        schema = current.schema()
        if self.search_path_set_schemas == schema or self.connection is None:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # nothing but a rollback can be executed now, and that forgets the path
        self.search_path_set_schemas = None
        command = _command_to_follow(schema)
        with self.wrap_database_errors:
            if self._is_about_to_begin():
                self._begin_and(command)
            else:  # by a cursor of its own, so that Django counts the statements of the page and not this one
                with self.connection.cursor() as raw:
                    raw.execute(command)
        self.search_path_set_schemas = schema

    def _is_about_to_begin(self) -> bool:
        """Would psycopg send a plain BEGIN before the next statement?"""
        link = self.connection
        is_plain = link.isolation_level is None and link.read_only is None and link.deferrable is None
        return is_plain and not link.autocommit and link.info.transaction_status == TransactionStatus.IDLE

    def _begin_and(self, command: str) -> None:
        """BEGIN and the path on one way to the server: a change of the city costs a transaction no way of its own.

        psycopg then finds the transaction begun. A rollback takes the path back, and it is forgotten there as ever.
        """
        with self.connection.lock:
            answer = self.connection.pgconn.exec_(f"BEGIN; {command}".encode())
        if answer.status != ExecStatus.COMMAND_OK:
            if self.connection.pgconn.status != ConnStatus.OK:  # nobody there who could say what is wrong
                raise OperationalError(answer.error_message)
            raise error_from_result(answer)


@cache
def _command_to_follow(schema: str) -> str:
    paths = dict.fromkeys((schema, current.PUBLIC))
    for path in paths:
        tenants._check_schema_name(path)
    return "SET search_path = " + ", ".join(tenants.quote_schema_name(path) for path in paths)
