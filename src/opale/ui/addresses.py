"""The addresses of pages, each worked out once: a page names dozens of them."""

from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.urls import get_resolver, reverse
from django.utils.translation import override

KEPT: Final = 4096
FIRST_MARK: Final = 740_000_000_001
"""Stands for a number while a form is made."""


def learn_addresses() -> None:
    """All addresses and, in each language, their forms and the texts of the interface.

    Django reads them when they are asked for first, which each process would do for itself: a
    process that others are forked from does so here.
    """
    for language, _name in settings.LANGUAGES:
        with override(language):
            len(get_resolver().reverse_dict)


def address(name: str, *args: Any) -> str:
    """Django's `reverse`, remembered: a name and its arguments always lead to the same page.

    Of numbers the form alone is remembered, which is the same for all of them.
    Errors: NoReverseMatch.
    """
    kinds = {type(arg) for arg in args}
    if kinds <= {int}:
        form = _form(name, len(args))
        if form and all(arg >= 0 for arg in args):
            return form.format(*args)
    elif kinds <= {int, str}:
        return _known(name, *args)
    return reverse(name, args=args)


@lru_cache(maxsize=KEPT)
def _form(name: str, numbers: int) -> str:
    """The address with places for its numbers; nothing where one is not simply written down."""
    marks = [FIRST_MARK + number for number in range(numbers)]
    form = reverse(name, args=marks).replace("{", "{{").replace("}", "}}")
    for number, mark in enumerate(marks):
        if form.count(str(mark)) != 1:
            return ""
        form = form.replace(str(mark), f"{{{number}}}")
    return form


@lru_cache(maxsize=KEPT, typed=True)
def _known(name: str, *args: Any) -> str:
    return reverse(name, args=args)
