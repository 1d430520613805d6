"""The state of a call, computed from all its signals, in whatever order they came.

Source: docs/rules/telephone.md, "The life of a call".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.states import CallState, Direction, SignalKind

VOICEMAIL: Final = "voicemail"
NORMAL_CLEARING: Final = "normalClearing"
FORWARDED: Final = "forwarded"


@dataclass(frozen=True, slots=True)
class ReceivedSignal:
    """A signal and when it came: telephone systems send no time."""

    signal: Signal
    at: datetime


@dataclass(frozen=True, slots=True)
class CallSummary:
    """The state of a call. `answered_by` are the names of who answered, the most specific first."""

    state: CallState
    direction: Direction
    caller: str
    called: str
    queue: str
    users: tuple[str, ...]
    answered_by: tuple[str, ...]
    cause: str
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None

    @property
    def number(self) -> str:
        """The number of the other party."""
        return self.caller if self.direction == Direction.IN else self.called

    @property
    def line(self) -> str:
        """Our number."""
        return self.called if self.direction == Direction.IN else self.caller


def fold_signals(heard: Sequence[ReceivedSignal]) -> CallSummary:
    """Return the call that these signals, at least one, describe, in any order."""
    signals = sorted(heard, key=lambda one: (one.at, one.signal.kind))
    kinds: dict[SignalKind, list[ReceivedSignal]] = {kind: [] for kind in SignalKind}
    for one in signals:
        kinds[one.signal.kind].append(one)
    answers = [one for one in kinds[SignalKind.ANSWER] if not _by_machine(one.signal)]
    hangup = next(iter(kinds[SignalKind.HANGUP]), None)
    # The ring is the best source of who called whom: an answer may name another of our numbers.
    told = [*kinds[SignalKind.RING], *kinds[SignalKind.ANSWER], *kinds[SignalKind.HANGUP]]
    direction = told[0].signal.direction
    answered_at = answers[0].at if answers else None
    return CallSummary(
        state=_state(direction, answers, hangup),
        direction=direction,
        caller=_first(one.signal.caller for one in told),
        called=_first(one.signal.called for one in told),
        queue=_first(one.signal.queue for one in told),
        users=tuple(dict.fromkeys(name for one in told for name in one.signal.users)),
        answered_by=_answered_by(answers, hangup),
        cause=hangup.signal.cause if hangup else "",
        began_at=signals[0].at,
        answered_at=answered_at,
        ended_at=max(hangup.at, answered_at or hangup.at) if hangup else None,
    )


def _state(
    direction: Direction, answers: Sequence[ReceivedSignal], hangup: ReceivedSignal | None
) -> CallState:
    if hangup is None:
        return CallState.ANSWERED if answers else CallState.RINGING
    if answers or direction == Direction.OUT or _spoken(hangup.signal):
        return CallState.ENDED
    return CallState.ENDED if hangup.signal.cause == FORWARDED else CallState.MISSED


def _spoken(hangup: Signal) -> bool:
    """Whether the end alone tells that somebody had answered."""
    return hangup.cause == NORMAL_CLEARING and bool(hangup.answering) and not _by_machine(hangup)


def _by_machine(signal: Signal) -> bool:
    return VOICEMAIL in (signal.answering.lower(), *(name.lower() for name in signal.users))


def _answered_by(
    answers: Sequence[ReceivedSignal], hangup: ReceivedSignal | None
) -> tuple[str, ...]:
    """Return who answered last, as after a transfer."""
    told = [one.signal for one in reversed(answers)]
    if hangup and _spoken(hangup.signal):
        told.append(hangup.signal)
    names = (name for signal in told for name in (signal.answering, *signal.users) if name)
    return tuple(dict.fromkeys(names))


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
