"""docs/reference/facts.md says what the code says."""

from pathlib import Path

from opale.kernel.facts_reference import page

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "facts.md"


def test_the_reference_of_facts_is_current() -> None:
    written = REFERENCE.read_text(encoding="utf-8")
    assert written == page(), "run `./opale manage facts_reference --write`"


def test_every_fact_of_the_rooms_is_in_the_reference() -> None:
    assert "### desk.TicketReceived" in page()
    assert "### messaging.MailFailed" in page()
