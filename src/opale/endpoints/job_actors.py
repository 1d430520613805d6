"""Actors of jobs: the actor that requested the work, identified again when it runs.

Organisation provides the look-up: the rights are those of the moment at which the work is done.
"""

from collections.abc import Callable

from opale.kernel.actor import ANONYMOUS, Actor

Finder = Callable[[int, str], Actor]
_finder: list[Finder] = []


def register_actor_finder(finder: Finder) -> None:
    _finder[:] = [finder]


def actor_for_job(user_id: int, credential: str) -> Actor:
    """Return the actor of a login and a credential; ANONYMOUS when that is no longer valid."""
    return _finder[0](user_id, credential) if _finder else ANONYMOUS
