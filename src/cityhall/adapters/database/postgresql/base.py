"""The engine Django is given. Django's own asks the server before each request whether it is still there; we look."""

from __future__ import annotations

import re
import select
import time
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus, abc

ASK_AFTER = 30.0
"""Seconds after which the server is asked again: a firewall may have dropped a silent connection without a word."""

_ONLY_ASKED = 1_000_000_000
"""How often a statement must run before psycopg prepares it unasked; Django's None would turn asking off, too."""

_MOST_PREPARED = 200
"""How many statements a connection keeps prepared. A statement's text is one of few."""

_PLACE = re.compile("%[s%]")
_NUMBERS = count()


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    health_check_done: bool  # Django's own
    _asked = 0.0
    _prepared_on: Any = None
    _names: dict[tuple[str, tuple[int, ...]], tuple[bytes, Any]]
    _writing: Any  # one that dumps parameters: what it looked up of their types it keeps

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters, with prepared statements allowed where we ask for them and nowhere else."""
        return {**super().get_connection_params(), "prepare_threshold": _ONLY_ASKED}

    def is_usable(self) -> bool:
        """Say whether the connection can be used.

        A server that ended, or that was told to end this session, has closed the socket or said so on it: then there
        is something to read. Looking costs microseconds, asking a tenth of a millisecond and a switch of processes.
        """
        now = time.monotonic()
        if self.connection is None or self.connection.closed:
            return False
        if now - self._asked < ASK_AFTER and not select.select([self.connection.fileno()], [], [], 0)[0]:
            return True
        self._asked = now
        return super().is_usable()

    def close_if_unusable_or_obsolete(self) -> None:
        """Do what Django does before each request; where nothing is wrong, that is a look at the clock."""
        fine = self.connection is not None and not self.errors_occurred
        if not fine or not self.autocommit or not self.settings_dict["AUTOCOMMIT"]:
            super().close_if_unusable_or_obsolete()
        elif self.close_at is not None and time.monotonic() >= self.close_at:
            self.close()
        else:
            self.health_check_done = False

    def prepared(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run a prepared statement with binary results; its plan is made once for each connection.

        Under Django's debugging or capturing of queries it goes through Django's cursor, so that it is seen.
        """
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        if self.connection is not None and not self.health_check_done and self.is_usable():
            self.health_check_done = True
        if self.connection is None or not self.health_check_done:
            self.close_if_health_check_failed()
            self.ensure_connection()
        if self.needs_rollback:
            self.validate_no_broken_transaction()
        try:
            with self.connection.lock:
                return self._run(self.connection, sql, parameters)
        except psycopg.Error:
            with self.wrap_database_errors:
                raise

    def _run(self, connection: Any, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run a prepared statement through libpq itself: psycopg's cursor costs half as much again."""
        server: abc.PGconn = connection.pgconn
        if not connection.autocommit and server.transaction_status == TransactionStatus.IDLE:
            _checked(server, server.exec_(b"BEGIN"))
        if self._prepared_on is not connection:
            self._prepared_on, self._names, self._writing = connection, {}, Transformer(connection)
        adapting = self._writing
        values: Any = adapting.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
        types = adapting.types or ()
        known = self._names.get((sql, types))
        if known is None:
            if len(self._names) >= _MOST_PREPARED:
                _checked(server, server.exec_(b"DEALLOCATE ALL"))
                self._names.clear()
            name = b"cityhall_%d" % next(_NUMBERS)
            _checked(server, server.prepare(name, _numbered(sql), types))
            reading = Transformer(connection)
        else:
            name, reading = known
        try:
            done = _checked(server, server.exec_prepared(name, values, adapting.formats, Format.BINARY))
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.InvalidSqlStatementName):
            # Its tables were changed meanwhile, or somebody else threw it away: the next call prepares it anew.
            self._names.pop((sql, types), None)
            raise
        # How a column is read is looked up the first time: the columns of a statement stay what they are, or it fails.
        reading.set_pgresult(done, set_loaders=known is None)
        self._names[sql, types] = name, reading
        found = reading.load_rows(0, done.ntuples, tuple) if done.nfields else []
        reading.set_pgresult(None, set_loaders=False)
        return found


def _checked(server: abc.PGconn, done: abc.PGresult) -> abc.PGresult:
    """Return a result that is none of an error. Raises what psycopg would."""
    if done.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return done
    if not done.error_field(psycopg.pq.DiagnosticField.SQLSTATE):  # libpq's own: the connection is lost
        raise psycopg.OperationalError(server.get_error_message())
    raise psycopg.errors.error_from_result(done)


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> bytes:
    """Return a statement with the server's own placeholders ($1), as psycopg would write it anew for each call."""
    places = count(1)
    return _PLACE.sub(lambda found: "%" if found[0] == "%%" else f"${next(places)}", sql).encode()
