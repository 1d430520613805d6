"""Work that is asked of each function, in the house with one thing of each kind."""

from tests.architecture.house import House


def ask_everybody(house: House) -> None:
    """Give each function something of its own to do."""
