"""Memory that nothing stands in any more goes back to the system."""

import ctypes
import resource
from collections.abc import Iterator
from pathlib import Path
from threading import Semaphore

import pytest

from opale.kernel import memory

LARGE = 32 * 1024 * 1024
ANSWER = 40 * 1024
"""Bytes: below what the C library takes from the system, and gives back, each for itself."""

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library has no malloc_trim"
)


@pytest.fixture
def held() -> Iterator[int]:
    """Bytes of this process after so many answers that only a word behind them stays of."""
    answers = [bytes(ANSWER) for _ in range(LARGE // ANSWER)]
    behind = bytes(ANSWER)
    answers.clear()
    yield resident()
    del behind


def test_what_the_largest_answers_took_goes_back_to_the_system(held: int) -> None:
    memory.give_back()

    assert resident() < held - LARGE // 2


def test_a_process_gives_back_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again: what comes later goes back too."""
    given = Semaphore(0)
    monkeypatch.setattr(memory, "GIVES_BACK_AFTER", 0.001)
    monkeypatch.setattr(memory, "give_back", given.release)

    ended = memory.give_back_seldom()

    try:
        assert given.acquire(timeout=10)
        assert given.acquire(timeout=10)
    finally:
        ended.set()


def test_what_nobody_asks_for_any_more_is_forgotten_before(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    given = Semaphore(0)

    def give_back() -> None:
        done.append("given")
        given.release()

    monkeypatch.setattr(memory, "GIVES_BACK_AFTER", 0.001)
    monkeypatch.setattr(memory, "_forgotten_first", [])
    monkeypatch.setattr(memory, "give_back", give_back)
    memory.forget_first(lambda: done.append("forgotten"))

    ended = memory.give_back_seldom()

    try:
        assert given.acquire(timeout=10)
        assert done[:2] == ["forgotten", "given"]
    finally:
        ended.set()


def resident() -> int:
    """Bytes (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
