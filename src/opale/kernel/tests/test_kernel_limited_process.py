"""What works on a stranger's bytes gets little time and memory, and no secret."""

import os
import sys

import pytest

from opale.kernel.limited_process import ProcessFailed, ProcessRefused, run_limited

ME = __name__ if "." in __name__ else "opale.kernel.tests.test_kernel_limited_process"


def echo(sent: bytes, word: str) -> bytes:
    return sent + word.encode()


def refuse(sent: bytes) -> bytes:
    raise ValueError("no calendar")


def spin(sent: bytes) -> bytes:
    while True:
        pass


def fill(sent: bytes) -> bytes:
    return bytes(1 << 30)


def look_around(sent: bytes) -> bytes:
    return repr(dict(os.environ)).encode()


def test_what_is_returned_comes_back() -> None:
    assert run_limited(f"{ME}:echo", b"sent\x00", "word") == b"sent\x00word"


def test_what_is_refused_is_told_apart_from_what_breaks() -> None:
    with pytest.raises(ProcessRefused, match="no calendar"):
        run_limited(f"{ME}:refuse", b"")
    with pytest.raises(ProcessFailed):
        run_limited(f"{ME}:echo", b"")


def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(ProcessFailed):
        run_limited(f"{ME}:spin", b"", cpu_seconds=2)


@pytest.mark.skipif(sys.platform != "linux", reason="others do not limit the address space")
def test_what_fills_the_memory_is_ended() -> None:
    with pytest.raises(ProcessFailed):
        run_limited(f"{ME}:fill", b"")


def test_no_secret_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPALE_SECRET_KEY", "never told")
    assert b"never told" not in run_limited(f"{ME}:look_around", b"")
