"""Answers queries from snapshots' Parquet parts with a Spark Connect server, within limits.

This speaks the protocol of Spark Connect itself, whose messages pyspark-client brings: a query is one call whose answer
streams, which ends at once when the call is cancelled. Pyspark's own session would try a server that is gone again for
minutes, and knows no deadline.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import grpc
import pyarrow as pa
import pyarrow.parquet as pq

from cityhall.adapters.analytics.spark.sql import SparkSql
from cityhall.kernel.analytics.columns import ID, TABLE, Column, Type
from cityhall.kernel.analytics.errors import (
    CannotCompute,
    EngineFailed,
    EngineUnavailable,
    QueryError,
    TimedOut,
    TooMuchMemory,
)
from cityhall.kernel.analytics.port import Analytics, Capabilities, Limits, Result, SnapshotSource
from cityhall.kernel.analytics.query import Query

with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # of a pandas that is newer than pyspark, and that we do not use
    from pyspark.sql.connect.proto import base_pb2, base_pb2_grpc, expressions_pb2, relations_pb2

logger = logging.getLogger(__name__)

_PATIENCE: Final = 5
"""Seconds to wait for the server to say anything at all, before a query begins."""
_REST: Final = 60
"""Seconds without a query after which a new session begins: servers forget old ones, settings and all."""
_LARGEST_MESSAGE: Final = 128 * 1024 * 1024
_SETTINGS: Final = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}
_ARROW: Final = {
    Type.TEXT: pa.string(),
    Type.URL: pa.string(),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.INSTANT: pa.timestamp("us"),
    Type.POINT: pa.struct([("lon", pa.float64()), ("lat", pa.float64())]),
}
_STORED: Final = {"int64": "BIGINT", "double": "DOUBLE", "bool": "BOOLEAN", "timestamp[us]": "TIMESTAMP_NTZ"}
_GONE: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAUTHENTICATED)


class Spark:
    """A Spark Connect server over the Parquet parts of snapshots, which it must see under the same path.

    Args:
        url: sc://host:port, with ;token=... and ;use_ssl=true after a slash where the server asks for them.
        otherwise: answers about files that are no snapshot and have no parts, such as the differences between two.
    """

    capabilities = Capabilities(lacks=frozenset(), own_process=True)

    def __init__(self, url: str, *, otherwise: Analytics) -> None:
        self._server = _Server(url)
        self._otherwise = otherwise

    def run(self, source: SnapshotSource, query: Query, limits: Limits) -> Result:
        """Start a query. Raises QueryError, FileNotFoundError when the snapshot's files are gone."""
        if not source.parts:
            return self._otherwise.run(source, query, limits)
        searched = [column for column in source.columns if column.type in (Type.TEXT, Type.URL)]
        sql = SparkSql(query, searched=searched, limit=limits.rows)
        return SparkResult(self._server, _plan(sql, source), query.columns, limits)

    def tables(self, source: SnapshotSource) -> Collection[str]:
        """Return which tables beside `rows` can be asked: parts have none."""
        return ()

    def trouble(self) -> str:
        """Return what keeps the server from answering, "" when nothing does."""
        try:
            self._server.session(anew=True)
        except EngineUnavailable as problem:
            return problem.why
        return ""

    def close(self) -> None:
        """Leave the server."""
        self._server.close()


class SparkResult:
    """An answer on its way; see `kernel.analytics.port.Result`."""

    def __init__(self, server: _Server, plan: base_pb2.Plan, columns: tuple[Column, ...], limits: Limits) -> None:
        self.columns = columns
        self._server = server
        self._plan = plan
        self._seconds = limits.seconds
        self._left = limits.seconds
        self._call: Any = None
        self._operation = str(uuid.uuid4())

    def __enter__(self) -> SparkResult:
        """Begin."""
        return self

    def __exit__(self, *details: object) -> None:
        """Stop the server's work."""
        self._stop()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Iterate over the answer, once. Raises QueryError, at the deadline TimedOut."""
        schema = pa.schema([pa.field(column.name, _ARROW[column.type]) for column in self.columns])
        try:
            with self._watched():
                self._call = self._server.execute(self._plan, self._operation)
            while True:
                with self._watched():
                    response = next(self._call, None)
                if response is None:
                    self._call = None
                    return
                self._server.check(response.server_side_session_id)
                if response.HasField("arrow_batch"):
                    with pa.ipc.open_stream(response.arrow_batch.data) as reader:
                        for batch in reader:
                            if batch.num_rows:
                                yield _as(batch, schema)
        except grpc.RpcError as error:
            raise self._refusal(error) from error

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Count the time within, and end the server's work when no more is left."""
        began = time.monotonic()
        watch = threading.Timer(self._left, self._stop)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            self._left -= time.monotonic() - began
        if self._left <= 0:
            raise TimedOut(self._seconds)

    def _stop(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call.cancel()
            self._server.interrupt(self._operation)

    def _refusal(self, error: grpc.RpcError) -> QueryError:
        """Return what a server's error means for who asked."""
        if self._left <= 0:
            return TimedOut(self._seconds)
        said = str(error.details())
        if error.code() in _GONE or "SESSION" in said:
            return self._server.lost(said)
        if "OutOfMemory" in said or "Resources exhausted" in said:
            return TooMuchMemory()
        if any(kind in said for kind in _WRONG_VALUES):
            return CannotCompute()
        if error.code() is grpc.StatusCode.INTERNAL:  # as Sail, of two aggregates it takes for the same column
            logger.error("spark_failed: %s", said)
            return EngineFailed()
        raise error


class _Server:
    """The connection of this process."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._channel: Any = None
        self._stub: Any = None
        self._metadata: list[tuple[str, str]] = []
        self._session = ""
        self._theirs = ""
        self._used = 0.0

    def session(self, *, anew: bool = False) -> str:
        """Return the session to use. Raises EngineUnavailable."""
        with self._lock:
            now = time.monotonic()
            if anew or not self._session or now - self._used > _REST:
                self._begin()
            self._used = time.monotonic()
            return self._session

    def execute(self, plan: base_pb2.Plan, operation: str) -> Any:
        """Return the call that answers, under way. Raises EngineUnavailable."""
        session = self.session()
        return self._stub.ExecutePlan(
            base_pb2.ExecutePlanRequest(
                session_id=session,
                user_context=_WHO,
                client_type="cityhall",
                operation_id=operation,
                tags=[operation],
                plan=plan,
            ),
            metadata=self._metadata,
        )

    def interrupt(self, operation: str) -> None:
        """End an operation on the server. Nothing happens when it has ended."""
        request = base_pb2.InterruptRequest(
            session_id=self._session,
            user_context=_WHO,
            client_type="cityhall",
            interrupt_type=base_pb2.InterruptRequest.INTERRUPT_TYPE_TAG,
            operation_tag=operation,
        )
        with suppress(grpc.RpcError):
            self._stub.Interrupt(request, timeout=_PATIENCE, metadata=self._metadata)

    def check(self, theirs: str) -> None:
        """Look whether the server is still the one that has our settings. Raises EngineUnavailable."""
        if theirs and self._theirs and theirs != self._theirs:
            raise self.lost("the server began anew")

    def lost(self, why: str) -> EngineUnavailable:
        """Forget the session, and return what to raise."""
        logger.warning("analytics_engine_lost", extra={"why": why[:500]})
        self._session = ""
        return EngineUnavailable(why.split("\n")[0][:200])

    def close(self) -> None:
        """End the connection."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
            self._channel, self._session = None, ""

    def _begin(self) -> None:
        if self._channel is None:
            self._channel, self._metadata = _channel(self._url)
            self._stub = base_pb2_grpc.SparkConnectServiceStub(self._channel)  # type: ignore[no-untyped-call]
        session = str(uuid.uuid4())
        operation = base_pb2.ConfigRequest.Operation(
            set=base_pb2.ConfigRequest.Set(
                pairs=[base_pb2.KeyValue(key=key, value=value) for key, value in _SETTINGS.items()]
            )
        )
        request = base_pb2.ConfigRequest(
            session_id=session, user_context=_WHO, client_type="cityhall", operation=operation
        )
        try:
            answer = self._stub.Config(request, timeout=_PATIENCE, metadata=self._metadata)
        except grpc.RpcError as error:
            raise self.lost(str(error.details())) from error
        self._session, self._theirs = session, answer.server_side_session_id


_WHO: Final = base_pb2.UserContext(user_id="cityhall", user_name="cityhall")
_WRONG_VALUES: Final = (
    "CAST_INVALID_INPUT", "CAST_OVERFLOW", "ARITHMETIC_OVERFLOW", "DIVIDE_BY_ZERO", "DATETIME_OVERFLOW",
    "NUMERIC_VALUE_OUT_OF_RANGE", "INVALID_PARAMETER_VALUE", "Cast error", "Arithmetic overflow", "Divide by zero",
    "Overflow", "overflow", "out of range", "Can't cast value",
)  # fmt: skip


def _channel(url: str) -> tuple[Any, list[tuple[str, str]]]:
    """Return the way to a server, and what goes with each call."""
    parts = urlsplit(url)
    given = dict(pair.partition("=")[::2] for pair in parts.path.strip("/;").split(";") if pair)
    address = f"{parts.hostname}:{parts.port or 15002}"
    options = [
        ("grpc.max_receive_message_length", _LARGEST_MESSAGE),
        ("grpc.max_send_message_length", _LARGEST_MESSAGE),
    ]
    token = unquote(given.get("token", ""))
    metadata = [("authorization", f"Bearer {token}")] if token else []
    if token or given.get("use_ssl", "").lower() == "true":
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(), options=options), metadata
    return grpc.insecure_channel(address, options=options), metadata


def _plan(sql: SparkSql, source: SnapshotSource) -> base_pb2.Plan:
    """Return a query over a snapshot's rows, which it knows by the name of the table."""
    table = relations_pb2.SubqueryAlias(input=_rows(source), alias=TABLE)
    asked = relations_pb2.SQL(query=sql.text)
    for place, value in enumerate(sql.parameters, start=1):
        asked.named_arguments[f"p{place}"].CopyFrom(expressions_pb2.Expression(literal=_literal(value)))
    return base_pb2.Plan(
        root=relations_pb2.Relation(
            common=_numbered(2),
            with_relations=relations_pb2.WithRelations(
                root=relations_pb2.Relation(common=_numbered(0), sql=asked),
                references=[relations_pb2.Relation(common=_numbered(1), subquery_alias=table)],
            ),
        )
    )


def _rows(source: SnapshotSource) -> relations_pb2.Relation:
    """Return the rows: those of the parts; with a delta without the ones that are gone, and the delta's beside them."""
    rows = _read(*source.parts)
    if source.delta is None:
        return rows
    stay = relations_pb2.Join(
        left=rows,
        right=_read(source.delta.gone),
        join_type=relations_pb2.Join.JOIN_TYPE_LEFT_ANTI,
        using_columns=[ID],
    )
    both = relations_pb2.SetOperation(
        left_input=relations_pb2.Relation(join=stay),
        right_input=_read(source.delta.rows),
        set_op_type=relations_pb2.SetOperation.SET_OP_TYPE_UNION,
        is_all=True,
    )
    return relations_pb2.Relation(set_op=both)


def _read(*files: Path) -> relations_pb2.Relation:
    return relations_pb2.Relation(
        read=relations_pb2.Read(
            data_source=relations_pb2.Read.DataSource(
                format="parquet", schema=_schema(files[0]), paths=[str(file) for file in files]
            )
        )
    )


def _numbered(number: int) -> relations_pb2.RelationCommon:
    """Return what tells a part of a plan from the others."""
    return relations_pb2.RelationCommon(plan_id=number)


def _literal(value: Any) -> expressions_pb2.Expression.Literal:
    kind = expressions_pb2.Expression.Literal
    if isinstance(value, bool):
        return kind(boolean=value)
    if isinstance(value, int):
        return kind(integer=value) if abs(value) < 2**31 else kind(long=value)
    return kind(double=value) if isinstance(value, float) else kind(string=str(value))


@lru_cache(maxsize=1024)
def _schema(part: Path) -> str:
    """Return the columns of a part as Spark declares them. Raises FileNotFoundError.

    Told which there are, Spark leaves alone what it has no type for, such as the geometries of GeoParquet.
    """
    columns = []
    for field in pq.read_schema(part):
        kind = "STRING" if pa.types.is_string(field.type) else _STORED.get(str(field.type))
        if kind:
            columns.append(f"`{field.name.replace('`', '``')}` {kind}")
    return ", ".join(columns)


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch under the names and in the types the port promises."""
    columns = [
        column.cast(pa.int64() if pa.types.is_integer(column.type) else field.type)
        for column, field in zip(batch.columns, schema, strict=False)  # what is hidden comes last
    ]
    fields = [field.with_type(column.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))
