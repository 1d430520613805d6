"""Slow work finds a place or is refused at once, so that threads are left for everything else."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from opale.kernel.concurrency_limits import ConcurrencyLimit
from opale.kernel.errors import Unavailable
from opale.kernel.http_client import UnknownName, check_address


def test_who_finds_no_place_is_refused_until_one_is_given_back() -> None:
    limit = ConcurrencyLimit(2, timedelta(seconds=7))
    with limit.place():
        with pytest.raises(ZeroDivisionError), limit.place():
            _ = 1 / 0
        with limit.place(), pytest.raises(Unavailable) as refused, limit.place():
            pass
    assert refused.value.retry_after == timedelta(seconds=7)


def test_names_whose_servers_never_answer_hold_few_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, answered = threading.Semaphore(0), threading.Event()

    def never(*_asked: Any, **_how: Any) -> list[Any]:
        asked.release()
        answered.wait(60)
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", never)
    with ThreadPoolExecutor(2) as threads:
        held = [threads.submit(check_address, "https://slow.example/") for _ in range(2)]
        for _ in held:
            assert asked.acquire(timeout=30)
        with pytest.raises(Unavailable):
            check_address("https://slow.example/")
        answered.set()
        for one in held:
            with pytest.raises(UnknownName):
                one.result(30)
    with pytest.raises(UnknownName):
        check_address("https://slow.example/")
