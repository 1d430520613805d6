"""What notifications need from the apps above: pushes to devices, and who is on duty."""

from collections.abc import Callable, Collection
from datetime import datetime

Pusher = Callable[[int, str, str], None]
"""Sends a text with the address of its page to all devices of a person (id, text, URL), soon after
the transaction commits.
"""
OnDuty = Callable[[Collection[int], datetime], set[int]]
"""Returns which of some people (ids) work a shift at a moment."""

_pushers: list[Pusher] = []
_on_duty: list[OnDuty] = []


def register_pusher(pusher: Pusher) -> None:
    _pushers[:] = [pusher]


def register_on_duty(known: OnDuty) -> None:
    _on_duty[:] = [known]


def push(person_id: int, text: str, url: str) -> None:
    """Send a text to the devices of a person; where nothing sends pushes, to none."""
    for pusher in _pushers:
        pusher(person_id, text, url)


def on_duty(person_ids: Collection[int], at: datetime) -> set[int]:
    """Return which of these people work a shift at a moment; where nobody knows shifts, none."""
    return {pk for known in _on_duty for pk in known(person_ids, at)}
