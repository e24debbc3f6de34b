"""A connection that follows the city one is in: compared before each statement, whoever held it before."""

from __future__ import annotations

from typing import Any

from django_tenants.postgresql_backend import base as tenants
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from xinglin.cities import current


class DatabaseWrapper(tenants.DatabaseWrapper):  # type: ignore[misc]  # django-tenants has no hints
    """django-tenants keeps a tenant in each connection; here a connection asks `current`, and remembers only its path.

    The path is forgotten whenever the server may have another one: on connecting (the pool hands connections from
    thread to thread), on closing, and on each rollback, which takes back a SET made in the transaction.
    """

    search_path_set_schemas: str | None  # the schema that stands first in the path of this connection, if known

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._follow_and_execute)

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
        self._follow()

    def _follow_and_execute(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        # A cursor may be older than the last change of city, or than a rollback.
        self._follow()
        return execute(sql, params, many, context)

    def _follow(self) -> None:
        schema = current.schema()
        if self.search_path_set_schemas == schema or self.connection is None:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # nothing but a rollback can be executed now, and that forgets the path
        self.search_path_set_schemas = None
        paths = dict.fromkeys((schema, current.PUBLIC))
        for path in paths:
            tenants._check_schema_name(path)
        command = "SET search_path = " + ", ".join(tenants.quote_schema_name(path) for path in paths)
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
