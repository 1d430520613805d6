"""Redraws leave a thread to clicks, and the processor while anybody clicked."""

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from opale.web.turns import PATIENCE_SECONDS, PROCESSES, Clicks, Turns


class Threads:
    """Redraws that run until they are told to end."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.running: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.over: dict[str, asyncio.Event] = {}

    async def begin(self, *names: str) -> None:
        for name in names:
            self.over[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self.run(name))
        await settled()

    async def run(self, name: str) -> None:
        async with self.turns.redraw():
            self.running.append(name)
            try:
                await self.over[name].wait()
            finally:
                self.running.remove(name)

    async def end(self, name: str) -> None:
        self.over[name].set()
        await self.tasks[name]
        await settled()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def of_threads(number: int, story: Callable[[Threads], Awaitable[None]]) -> None:
    async def told() -> None:
        threads = Threads(Turns(number))
        async with AsyncExitStack() as ends:
            ends.callback(lambda: [task.cancel() for task in threads.tasks.values()])
            await story(threads)

    asyncio.run(told())


def test_redraws_run_in_their_order_and_leave_a_thread_to_clicks() -> None:
    async def story(threads: Threads) -> None:
        await threads.begin("a", "b", "c", "d")
        assert threads.running == ["a", "b"]
        await threads.end("a")
        assert threads.running == ["b", "c"]

    of_threads(3, story)


def test_of_many_threads_redraws_take_two() -> None:
    async def story(threads: Threads) -> None:
        await threads.begin("a", "b", "c")
        assert threads.running == ["a", "b"]

    of_threads(8, story)


def test_while_anybody_clicked_a_single_redraw_runs() -> None:
    async def story(threads: Threads) -> None:
        with threads.turns.click():
            await threads.begin("a", "b", "c")
            assert threads.running == ["a"]
            await threads.end("a")
            assert threads.running == ["b"]
        await settled()
        assert threads.running == ["b", "c"]

    of_threads(3, story)


def test_what_comes_while_anybody_clicked_waits_for_the_end_of_the_click() -> None:
    async def story(threads: Threads) -> None:
        turns = threads.turns
        await turns.after_clicks()
        with turns.click(), turns.click():
            waiting = asyncio.create_task(turns.after_clicks())
            await settled()
            assert not waiting.done()
        await settled()
        assert waiting.done()

    of_threads(3, story)


def test_where_one_click_follows_another_the_wait_ends_all_the_same() -> None:
    async def story(threads: Threads) -> None:
        with threads.turns.click():
            async with asyncio.timeout(PATIENCE_SECONDS * 50):
                await threads.turns.after_clicks()
            assert threads.turns.clicks == 1

    of_threads(3, story)


def test_a_single_thread_serves_redraws_too() -> None:
    async def story(threads: Threads) -> None:
        await threads.begin("a", "b")
        assert threads.running == ["a"]

    of_threads(1, story)


def test_who_left_before_or_during_his_turn_takes_none_away() -> None:
    async def story(threads: Threads) -> None:
        await threads.begin("a", "waits", "b")
        threads.tasks["waits"].cancel()
        threads.tasks["a"].cancel()
        await settled()
        assert threads.running == ["b"]
        await threads.end("b")
        assert (threads.turns.redraws, len(threads.turns.waiting)) == (0, 0)

    of_threads(2, story)


def test_who_left_as_his_turn_came_gives_it_on() -> None:
    async def story(threads: Threads) -> None:
        with threads.turns.click():
            await threads.begin("a", "late", "b")
        threads.tasks["late"].cancel()  # its turn was given, and it has not gone on yet
        await settled()
        assert threads.running == ["a", "b"]

    of_threads(3, story)


def in_two_processes() -> tuple[Turns, Turns]:
    shared = memoryview(bytearray(PROCESSES * 8)).cast("d")
    one, other = (Turns(3, Clicks(shared, process)) for process in (7, 8))
    return one, other


def test_what_comes_while_anybody_clicked_in_another_process_waits_too() -> None:
    one, other = in_two_processes()

    async def story() -> None:
        with one.click(), one.click():
            waiting = asyncio.create_task(other.after_clicks())
            await settled()
            assert not waiting.done()
        await waiting
        await other.after_clicks()

    asyncio.run(story())


def test_however_many_wait_one_looks_for_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = in_two_processes()
    looked: list[bool] = []
    elsewhere = other.told.elsewhere

    def counted() -> bool:
        looked.append(elsewhere())
        return looked[-1]

    monkeypatch.setattr(other.told, "elsewhere", counted)

    async def story() -> None:
        with one.click():
            waiting = [asyncio.create_task(other.after_clicks()) for _ in range(20)]
            await settled()
            waiting[0].cancel()  # whoever leaves does not end the wait of the others
            await settled()
        looked.clear()
        await asyncio.gather(*waiting[1:])
        assert len(looked) <= 2

    asyncio.run(story())


def test_a_process_that_was_killed_in_the_middle_of_a_click_is_believed_for_a_moment() -> None:
    one, other = in_two_processes()
    one.told.say(begun=True)
    assert other.told.elsewhere()
    assert not one.told.elsewhere()
    one.told.shared[one.told.own] -= PATIENCE_SECONDS
    assert not other.told.elsewhere()
    asyncio.run(other.after_clicks())


def test_processes_that_were_forked_from_one_share_what_they_say() -> None:
    code = """
        import os
        from opale.web.turns import SHARED, Clicks
        if not (child := os.fork()):
            Clicks(SHARED, 1).say(begun=True)
            os._exit(0)
        os.waitpid(child, 0)
        print(Clicks(SHARED, 2).elsewhere(), Clicks(SHARED, 1).elsewhere())
    """
    words = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", "False"]
