"""How much of what could be tried is tried: enough for every change, or all of it by `--thorough`.

`./opale test --thorough`, like OPALE_THOROUGH=1 in the environment, tries every persona on every
route, odd values on each, eight times as many examples of every law, and every page in a browser
(decision 0028).
"""

import os

from hypothesis import settings

VARIABLE = "OPALE_THOROUGH"
EXAMPLES = 25
MORE = 8


def is_thorough() -> bool:
    """Return whether everything is tried that could be."""
    return os.environ.get(VARIABLE) == "1"


def examples(usual: int) -> int:
    """Return how many examples to try of a law that usually gets so many, or more when thorough."""
    return usual * MORE if is_thorough() else usual


def load_hypothesis_profile() -> None:
    """Set what a law gets that says nothing itself.

    No deadline: the first example of a process reads the tables of time zones. Whatever Hypothesis
    does in CI by itself, where examples are the same in each run, stays.
    """
    settings.register_profile("opale", settings(max_examples=examples(EXAMPLES), deadline=None))
    settings.load_profile("opale")
