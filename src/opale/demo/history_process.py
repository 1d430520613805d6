"""One of the processes that write a large history: texts, rows and COPY, chunk by chunk.

It imports nothing of Django, so that a new process starts quickly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection

import psycopg
from psycopg import sql

from opale.demo.copy_rows import TABLES, Rows
from opale.demo.ticket_histories import HistoryWriter
from opale.demo.world import Arrival, World
from opale.kernel.roles import OWNER

COPY = sql.SQL("COPY {} ({}) FROM STDIN")
Plan = list[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive tickets: their first keys, and the arrival and number of messages of each."""

    index: int
    ticket: int
    number: int
    alert: int
    message: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Share:
    """The chunks that one process writes."""

    url: str
    world: World
    seed: int
    chunks: Sequence[Chunk]


def write_share(line: "Connection[int, Share]") -> None:
    """Write the chunks of the share received over the pipe, each in one transaction.

    The number of tickets of each chunk is sent back.
    """
    share = line.recv()
    as_owner = f"-c role={OWNER}"
    with psycopg.connect(share.url, autocommit=True, options=as_owner) as connection:
        connection.execute("SET synchronous_commit = off")
        for chunk in share.chunks:
            rows = _rows(chunk, HistoryWriter(share.world, f"{share.seed}:{chunk.index}"))
            with connection.transaction(), connection.cursor() as cursor:
                for table, columns in TABLES.items():
                    names = sql.SQL(", ").join(map(sql.Identifier, columns))
                    with cursor.copy(COPY.format(sql.Identifier(table), names)) as copy:
                        copy.write("".join(rows.lines[table]))
            line.send(len(chunk.plan))


def _rows(chunk: Chunk, teller: HistoryWriter) -> Rows:
    rows = Rows()
    message = chunk.message
    for offset, (at, length) in enumerate(chunk.plan):
        teller.tell(
            Arrival(
                id=chunk.ticket + offset,
                number=chunk.number + offset,
                received_at=at,
                messages=length,
                first_message_id=message,
                alert_id=chunk.alert + offset,
            ),
            rows,
        )
        message += length
    return rows
