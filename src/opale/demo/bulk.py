"""The large history: loaded by two processes without indexes, which are rebuilt and checked after.

Only the owner of the tables may do this. What was taken away is remembered in the database itself,
in the transaction that takes it away, so that a load that was cut short can be undone.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from psycopg import sql

from opale.demo.loading import SIZES, load_company, reserve, reserve_numbers
from opale.demo.progress import Progress
from opale.demo.rebuilding import rebuild, strip, unmark, verify
from opale.demo.rhythm import conversation_length
from opale.demo.rows import TABLES, Rows
from opale.demo.stories import Storyteller
from opale.demo.world import Arrival, World
from opale.kernel.acting import acting
from opale.kernel.actor import system

PROCESSES = 2
CHUNK = 4000
# Tickets that nobody has taken yet hold fewer messages than planned for them.
MESSAGES_PER_TICKET = 10.25
COPY = sql.SQL("COPY {} ({}) FROM STDIN")
Plan = list[tuple[datetime, int]]


def load_large(
    folder: Path,
    owner_url: str,
    *,
    seed: int,
    password: str,
    tickets: int | None,
    progress: Progress,
) -> None:
    """Write the company, then its history of a million tickets, then check every constraint."""
    size = SIZES["large"]
    size = replace(size, tickets=tickets or size.tickets)
    strip(owner_url)
    progress.say("company")
    with acting(system("demo")):
        loaded = load_company(size, seed=seed, password=password)
    rng = Random(seed + 1)
    moments = loaded.rhythm.arrivals(rng, size.tickets)
    lengths = _lengths(rng, size.tickets, size.longest)
    plan = [(at.replace(microsecond=0), n) for at, n in zip(moments, lengths, strict=True)]
    progress.say("tickets and messages")
    _tell(owner_url, loaded.world, seed, plan, progress)
    rebuild(owner_url, progress)
    progress.say("checks")
    verify(owner_url)
    loaded.credentials.write(folder)
    unmark(owner_url)
    progress.say("")


def _lengths(rng: Random, tickets: int, longest: int) -> list[int]:
    """How many messages each ticket has, so many in all that the promised number is reached."""
    lengths = [conversation_length(rng, longest=longest) for _ in range(tickets)]
    missing = int(tickets * MESSAGES_PER_TICKET) - sum(lengths)
    for _ in range(max(missing, 0)):
        lengths[int(rng.random() * tickets)] += 1
    return [min(length, longest) for length in lengths]


def _chunks(plan: Plan) -> Iterator[tuple[int, int, int, int, int, Plan]]:
    ticket = reserve("desk_ticket", len(plan))
    number = reserve_numbers(len(plan))
    alert = reserve("events_alert", len(plan))
    message = reserve("desk_message", sum(length for _at, length in plan))
    for first in range(0, len(plan), CHUNK):
        part = plan[first : first + CHUNK]
        yield first // CHUNK, ticket + first, number + first, alert + first, message, part
        message += sum(length for _at, length in part)


def _tell(owner_url: str, world: World, seed: int, plan: Plan, progress: Progress) -> None:
    with ProcessPoolExecutor(
        PROCESSES,
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(owner_url, world, seed),
    ) as pool:
        futures = [pool.submit(_tell_chunk, *chunk) for chunk in _chunks(plan)]
        done, running = 0, set(futures)
        while running:
            finished, running = wait(running, return_when="FIRST_COMPLETED")
            for future in finished:
                done += _result(future, pool)
            progress.show(done, len(plan))


def _result(future: "Future[int]", pool: ProcessPoolExecutor) -> int:
    try:
        return future.result()
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise


# In the other processes.


class _Teller:
    """What a process keeps between its chunks."""

    connection: psycopg.Connection[Any]
    world: World
    seed: int


def _begin(url: str, world: World, seed: int) -> None:
    _Teller.connection = psycopg.connect(url, autocommit=True)
    _Teller.connection.execute("SET synchronous_commit = off")
    _Teller.world, _Teller.seed = world, seed


def _tell_chunk(index: int, ticket: int, number: int, alert: int, message: int, plan: Plan) -> int:
    teller = Storyteller(_Teller.world, f"{_Teller.seed}:{index}")
    rows = Rows()
    for offset, (at, length) in enumerate(plan):
        arrival = Arrival(ticket + offset, number + offset, at, length, message, alert + offset)
        teller.tell(arrival, rows)
        message += length
    with _Teller.connection.transaction(), _Teller.connection.cursor() as cursor:
        for table, columns in TABLES.items():
            statement = COPY.format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with cursor.copy(statement) as copy:
                copy.write("".join(rows.lines[table]))
    return len(plan)
