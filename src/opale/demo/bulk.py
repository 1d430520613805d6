"""The large history, loaded by two processes without indexes, which are rebuilt and checked
afterwards.

Only the owner of the tables may do this. What is dropped is recorded in the database in the same
transaction, so that an interrupted load can be undone.
"""

import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from opale.demo.arrivals import conversation_length
from opale.demo.bulk_insert import fill_next_due
from opale.demo.history_process import Chunk, Plan, Share, write_share
from opale.demo.index_rebuild import rebuild, strip, unmark, verify
from opale.demo.loader import SIZES, load_company, reserve, reserve_numbers, write_deliveries_of
from opale.demo.progress import Progress
from opale.demo.world import World
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions.triage import learn_words

PROCESSES = 2
CHUNK = 4000
# Tickets that nobody has taken yet hold fewer messages than planned for them.
MESSAGES_PER_TICKET = 10.03


class Interrupted(Exception):
    """The load did not come to its end; the next one begins again."""


def load_large(
    folder: Path,
    owner_url: str,
    *,
    seed: int,
    password: str,
    tickets: int | None,
    customers: int | None = None,
    progress: Progress,
) -> None:
    """Write the company, then a history of a million tickets, then check every constraint.

    With fewer `tickets`, the number of customers shrinks too, unless it is given.
    """
    # Ending by a plain signal would leave the other processes writing.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    size = SIZES["large"]
    if tickets:
        filled = min(size.customers, 120 + tickets // 300)
        size = replace(size, tickets=tickets, customers=customers or filled)
    strip(owner_url)
    progress.say("company")
    with attributed(system("demo")):
        loaded = load_company(size, seed=seed, password=password)
    rng = Random(seed + 1)
    moments = loaded.rhythm.arrivals(rng, size.tickets)
    lengths = _lengths(rng, size.tickets, size.longest)
    plan = [(at.replace(microsecond=0), n) for at, n in zip(moments, lengths, strict=True)]
    progress.say("tickets and messages")
    _tell(owner_url, loaded.world, seed, plan, progress)
    rebuild(owner_url, progress)
    fill_next_due()
    write_deliveries_of(loaded)
    learn_words()
    progress.say("checks")
    verify(owner_url)
    loaded.credentials.write(folder)
    unmark(owner_url)
    progress.say("")


def _lengths(rng: Random, tickets: int, longest: int) -> list[int]:
    """Return the number of messages of each ticket, with the promised total."""
    lengths = [conversation_length(rng, longest=longest) for _ in range(tickets)]
    missing = int(tickets * MESSAGES_PER_TICKET) - sum(lengths)
    for _ in range(max(missing, 0)):
        lengths[int(rng.random() * tickets)] += 1
    return [min(length, longest) for length in lengths]


def _chunks(plan: Plan) -> Iterator[Chunk]:
    ticket = reserve("desk_ticket", len(plan))
    number = reserve_numbers(len(plan))
    alert = reserve("events_alert", len(plan))
    message = reserve("desk_message", sum(length for _at, length in plan))
    for first in range(0, len(plan), CHUNK):
        part = plan[first : first + CHUNK]
        yield Chunk(first // CHUNK, ticket + first, number + first, alert + first, message, part)
        message += sum(length for _at, length in part)


def _tell(owner_url: str, world: World, seed: int, plan: Plan, progress: Progress) -> None:
    context = get_context("spawn")
    chunks = list(_chunks(plan))
    processes, lines = [], []
    for first in range(PROCESSES):
        here, there = context.Pipe()
        process = context.Process(target=write_share, args=(there,), daemon=True)
        process.start()
        # Only the child keeps its end of the pipe, so that its death closes the pipe.
        there.close()
        here.send(Share(owner_url, world, seed, chunks[first::PROCESSES]))
        processes.append(process)
        lines.append(here)
    done = 0
    while lines:
        for line in _ready(lines):
            try:
                done += line.recv()
            except EOFError:
                lines.remove(line)
        progress.show(done, len(plan))
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise Interrupted("a process that wrote the history has ended too early")


def _ready(lines: "list[Connection[Share, int]]") -> "list[Connection[Share, int]]":
    ready = wait(lines)
    return [line for line in lines if line in ready]
