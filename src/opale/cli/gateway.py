"""Gateway: listeners that are not HTTP, in one asyncio process.

A listener is an entry point of the group `opale.listeners`: an async callable that is given an
event, listens until it is set, and returns. One that fails ends the process, which its supervisor
starts again: an unread mailbox must not look like an empty one.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points

from opale.cli.heartbeat import HeartbeatSender

Listener = Callable[[asyncio.Event], Awaitable[None]]
GROUP = "opale.listeners"
NAMES_AT_ONCE = 32
logger = logging.getLogger(__name__)


def run() -> int:
    asyncio.run(listen())
    return 0


async def listen() -> None:
    """Run every listener until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    # Names are resolved in its threads: one without an answer must not delay the others.
    loop.set_default_executor(ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="names"))
    for word in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(word, ended.set)
    listeners: dict[str, Listener] = {
        entry.name: entry.load() for entry in entry_points(group=GROUP)
    }
    logger.info("gateway listens with: %s", ", ".join(sorted(listeners)) or "no listener")
    with HeartbeatSender("gateway"):
        await _listen_with(listeners, ended)


async def _listen_with(listeners: dict[str, Listener], ended: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        for name, listener in listeners.items():
            group.create_task(_keep(listener, ended), name=name)
        group.create_task(_wait(ended))


async def _keep(listener: Listener, ended: asyncio.Event) -> None:
    await listener(ended)
    if not ended.is_set():
        raise RuntimeError("a listener returned before it was asked to end")


async def _wait(ended: asyncio.Event) -> None:
    await ended.wait()
