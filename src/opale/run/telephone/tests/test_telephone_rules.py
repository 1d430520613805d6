"""The worked examples of docs/rules/telephone.md are run, row by row, as they are printed."""

from datetime import timedelta
from pathlib import Path

import pytest

from opale.kernel.phone_numbers import e164
from opale.run.telephone.domain.call_state import ReceivedSignal, fold_signals
from opale.run.telephone.states import Direction
from opale.run.telephone.tests.builders import ANSWER, HANGUP, NOW, RING, signal

RULES = Path(__file__).parents[5] / "docs" / "rules" / "telephone.md"
STATES = {"ringing": "ringing", "on the line": "answered", "ended": "ended", "missed": "missed"}
KINDS = {"ring": RING, "answer": ANSWER, "hangup": HANGUP}


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    section = RULES.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize(("said", "direction", "cause", "state"), rows("The life of a call"))
def test_what_a_call_is(said: str, direction: str, cause: str, state: str) -> None:
    heard = []
    for number, one in enumerate(said.split(", ")):
        word, _by, machine = one.partition(" by ")
        kind = KINDS[word]
        fields = {"cause": cause} if kind == HANGUP else {}
        users = (machine,) if machine else ("Léa Morel",) if kind == ANSWER else ()
        told = signal(kind, direction=Direction(direction), users=users, **fields)
        heard.append(ReceivedSignal(told, NOW + timedelta(seconds=number)))
    assert fold_signals(heard).state == STATES[state]


@pytest.mark.parametrize(("written", "country", "compared"), rows("Who calls"))
def test_numbers_are_compared_as_one(written: str, country: str, compared: str) -> None:
    assert e164(written, country) == compared


def test_the_tables_are_there() -> None:
    assert (len(rows("The life of a call")), len(rows("Who calls"))) == (11, 8)
