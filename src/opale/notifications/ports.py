"""What notifications need from the apps above: pushes to devices, and who is on duty."""

from collections.abc import Callable
from datetime import datetime

Pusher = Callable[[int, str, str], None]
"""Sends a text with the address of its page to all devices of a person (id, text, URL), soon after
the transaction commits.
"""
OnDuty = Callable[[int, datetime], bool]
"""Returns whether a person (id) works a shift at a moment."""

_pushers: list[Pusher] = []
_on_duty: list[OnDuty] = []


def register_pusher(pusher: Pusher) -> None:
    _pushers[:] = [pusher]


def register_on_duty(on_duty: OnDuty) -> None:
    _on_duty[:] = [on_duty]


def push(person_id: int, text: str, url: str) -> None:
    """Send a text to the devices of a person; where nothing sends pushes, to none."""
    for pusher in _pushers:
        pusher(person_id, text, url)


def is_on_duty(person_id: int, at: datetime) -> bool:
    return any(known(person_id, at) for known in _on_duty)
