"""What a process asks of the collector and of the allocator, so that it stays as small as it is."""

import ctypes
import gc
import importlib
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

_ARENAS: Final = -8
"""M_ARENA_MAX of mallopt(3)."""
FEW: Final = 2
HOLES: Final = range(4096, 16, -16)
"""Bytes of what fits into a hole, the largest first."""
IN_HOLES: Final = 16 * 1024 * 1024
"""So much of what is loaded is never holes: where it were more, the allocator is another one."""
GIVES_BACK_AFTER: Final = 10.0
"""Seconds. Whoever asks for the largest page again within them finds its memory still here."""
READ_WHOLE: Final = ("holidays.countries",)
"""Packages that are read as a whole when a first of their parts is asked for: eight megabytes, here
once for all children instead of once in each."""
_forgotten_first: Final[list[Callable[[], object]]] = []


def forget_first(forget: Callable[[], object]) -> None:
    """Before memory is given back, let this forget what nobody asks for any more."""
    _forgotten_first.append(forget)


def keep_what_is_loaded() -> None:
    """No collection looks any more at what was loaded so far, which stays for good. What a child
    does not look at is not written to either, and stays shared."""
    for name in READ_WHOLE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    # The collector compares what is new with what it found last: were that all that was loaded, it
    # would never look at what lived longer than a moment.
    gc.collect()
    _fill_holes()


def collect_seldom() -> None:
    """What has lived for a while is looked at all the same: of what is kept for many readers some
    rows hold each other."""
    gc.set_threshold(10_000, 10, 5)


def take_few_arenas() -> None:
    """Let all threads of this process, and of its children, ask for memory at the same few places.

    The C library gives each thread a place of its own, which keeps what its largest page took.
    Under Python's lock nothing is won by that. Where it has no such choice, nothing is done.
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)
    if choose is not None:
        choose(_ARENAS, FEW)


def give_back_seldom() -> Event:
    """From now on, in this process and in none of its children, give memory back again and again.

    Whoever sets what it answers ends that; a process that ends needs nothing.
    """
    ended = Event()
    Thread(target=_give_back_until, args=[ended], name="memory", daemon=True).start()
    return ended


def _give_back_until(ended: Event) -> None:
    while not ended.wait(GIVES_BACK_AFTER):
        for forget in _forgotten_first:
            forget()
        give_back()


def give_back() -> None:
    """Give the system the pages in which nothing stands any more.

    The C library keeps what the largest answers took, for good: a tenth of a process that has made
    them. Where it has no such choice, nothing is done.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _fill_holes() -> None:
    """Let what children ask for stand behind what is loaded, which stays shared.

    What was needed while loading has left thousands of holes between what stays, less than a
    megabyte in all: OpenSSL alone, in the first connection to the database, would write to seven
    megabytes of pages to fill them, and each child would have those for itself.
    """
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt"):
        return
    library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
    library.free.argtypes = [ctypes.c_void_p]
    behind, left = library.malloc(HOLES.start * 16), IN_HOLES
    for size in HOLES:
        while (place := library.malloc(size)) < behind and left > 0:
            left -= size
        library.free(place)
    library.free(behind)
