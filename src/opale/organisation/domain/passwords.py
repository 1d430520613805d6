"""Passwords that are guessed first: few characters, repetitions, runs, and well-known words."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_CHARACTERS = 5
LONGEST_BLOCK = 4
RUN_SHARE = 0.7
KEYBOARD_ROWS = (
    "0123456789", "1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl",
    "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn",
)  # fmt: skip
FURTHER_WORDS = frozenset(
    {"opale", "motdepasse", "bonjour", "bienvenue", "azerty", "administrateur"}
)
"""Common beside those that Django knows: the product's name, and French."""
PLAIN_LETTERS = str.maketrans("013457@$!|", "oieastasii")


class GuessablePasswordValidator(CommonPasswordValidator):
    """Refuses what Django's list of common passwords does not hold, but a guesser tries first.

    Length alone does not help: `aaaaaaaaaaaa`, `123456789012`, `Password2026!`.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Accept the password or not. Errors: ValidationError."""
        if _is_repetitive(password) or _is_run(password) or self._is_common(password):
            raise ValidationError(self.get_error_message(), code="password_too_guessable")

    def get_error_message(self) -> str:
        return _("This password is too easy to guess.")

    def get_help_text(self) -> str:
        return _(
            "A common word with a few digits, a repetition or a sequence is too easy to guess."
        )

    def _is_common(self, password: str) -> bool:
        """Return whether a well-known word is all that the password holds beside a few digits and
        signs.
        """
        return any(
            word in self.passwords or word in FURTHER_WORDS for word in _words(password.casefold())
        )


def _words(text: str) -> Iterator[str]:
    """Return what is left of a password without digits and signs at its ends, however letters are
    written, and of a word that is written twice, once.
    """
    for plain in (text, text.translate(PLAIN_LETTERS)):
        for word in (re.sub(r"[\W\d_]+", "", plain), re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)):
            half = word[: len(word) // 2]
            yield word
            if half and half * 2 == word:
                yield half


def _is_repetitive(password: str) -> bool:
    text = password.casefold()
    if len(set(text)) < FEWEST_CHARACTERS:
        return True
    return any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, LONGEST_BLOCK + 1)
    )


def _is_run(password: str) -> bool:
    """Return whether most characters follow each other in the alphabet, on a keyboard, or as
    digits, forwards or backwards.
    """
    text = password.casefold()
    pairs = list(itertools.pairwise(text))
    return sum(pair in NEXT for pair in pairs) >= RUN_SHARE * max(1, len(pairs))


def _neighbours() -> Iterator[tuple[str, str]]:
    for row in KEYBOARD_ROWS:
        for one, other in itertools.pairwise(row):
            yield one, other
            yield other, one


NEXT = frozenset(_neighbours()) | {("9", "0"), ("0", "9")}
