"""Vocabulary of the demo company: lists drawn by rank, so that words follow Zipf's law."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from random import Random
from typing import Generic, TypeVar

from opale.demo.morphology import (
    FrenchAdjective,
    FrenchNoun,
    english_adverb,
    english_plural,
    english_verb,
    french_adjective,
    french_noun,
    french_verb,
)

T = TypeVar("T")
# Zipf-Mandelbrot's offset: how flat the head of the curve is.
OFFSET = 4.0
# The order of the tails belongs to the language: it never depends on the run's seed.
TAIL_SEED = 1789


class Ranked(Generic[T]):
    """Items by frequency: rank r is drawn like 1/r; the first `core` are trade terms."""

    def __init__(self, items: Sequence[T], core: int) -> None:
        self.items = tuple(items)
        self.core = core
        self._ratio = (len(items) + OFFSET) / OFFSET
        self._core_ratio = (core + OFFSET) / OFFSET

    def pick(self, draw: Callable[[], float]) -> T:
        """Return a random item; `draw` gives floats in [0, 1)."""
        return self.items[int(OFFSET * self._ratio ** draw() - OFFSET)]

    def pick_core(self, draw: Callable[[], float]) -> T:
        return self.items[int(OFFSET * self._core_ratio ** draw() - OFFSET)]


def _read(name: str) -> tuple[list[str], list[str]]:
    """Return the head of a list (its first line, in order) and its tail, shuffled once for all."""
    text = (files("opale.demo") / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    head, *rest = [line.split() for line in text.splitlines() if not line.startswith("#")]
    tail = [word for word in dict.fromkeys(chain.from_iterable(rest)) if word not in set(head)]
    Random(TAIL_SEED).shuffle(tail)
    return head, tail


def _ranked(name: str, inflect: Callable[[str], T]) -> Ranked[T]:
    head, tail = _read(name)
    return Ranked([inflect(word) for word in head + tail], len(head))


class French:
    def __init__(self) -> None:
        masculine, feminine = _read("fr_nouns_m"), _read("fr_nouns_f")
        heads = [french_noun(word, feminine=False) for word in masculine[0]]
        heads += [french_noun(word, feminine=True) for word in feminine[0]]
        tails = [french_noun(word, feminine=False) for word in masculine[1]]
        tails += [french_noun(word, feminine=True) for word in feminine[1]]
        order = Random(TAIL_SEED)
        order.shuffle(heads)
        order.shuffle(tails)
        self.nouns: Ranked[FrenchNoun] = Ranked(heads + tails, len(heads))
        self.adjectives: Ranked[FrenchAdjective] = _ranked("fr_adjectives", french_adjective)
        self.verbs: Ranked[dict[str, str]] = _ranked("fr_verbs", french_verb)

    def words(self) -> Iterable[str]:
        yield from chain.from_iterable((noun.singular, noun.plural) for noun in self.nouns.items)
        yield from chain.from_iterable(adjective.forms for adjective in self.adjectives.items)
        yield from chain.from_iterable(verb.values() for verb in self.verbs.items)


class English:
    def __init__(self) -> None:
        self.nouns: Ranked[tuple[str, str]] = _ranked(
            "en_nouns", lambda word: (word, english_plural(word))
        )
        self.adjectives: Ranked[str] = _ranked("en_adjectives", lambda word: word.rstrip("+"))
        self.adverbs: Ranked[str] = _ranked("en_adjectives", lambda word: word)
        self.adverbs = Ranked(
            [english_adverb(word.rstrip("+")) for word in self.adverbs.items if word[-1] == "+"], 10
        )
        self.verbs: Ranked[dict[str, str]] = _ranked("en_verbs", english_verb)

    def words(self) -> Iterable[str]:
        yield from chain.from_iterable(self.nouns.items)
        yield from self.adjectives.items
        yield from self.adverbs.items
        yield from chain.from_iterable(verb.values() for verb in self.verbs.items)


@cache
def french() -> French:
    return French()


@cache
def english() -> English:
    return English()
