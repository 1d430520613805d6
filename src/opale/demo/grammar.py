"""Sentence templates with slots, compiled once and filled fast.

A template is plain text with `{slot}` and `[one|other]`. A slot is a fact of the scene (`{site}`)
or a word of the lexicon. `!` restricts it to trade terms, `+a` adds an adjective, a capital letter
begins a sentence. French articles, elision and agreement follow the noun.
"""

import re
from collections.abc import Callable
from typing import Protocol

from opale.demo.morphology import FrenchNoun, elides, english_article
from opale.demo.text_facts import INVENT, Scene
from opale.demo.vocabulary import English, French, Ranked, T

Slot = Callable[[Scene], str]
TOKEN = re.compile(r"\{([^{}]+)\}|\[([^\[\]]*\|[^\[\]]*)\]")


class Sentence:
    """A compiled template."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[str | Slot]) -> None:
        self.parts = parts

    def fill(self, scene: Scene) -> str:
        return "".join([part if type(part) is str else part(scene) for part in self.parts])  # type: ignore[operator]  # the test on the type is the fast one


class Grammar(Protocol):
    plain: bool
    """Restrict every slot to trade terms."""

    def slot(self, name: str, *, core: bool, adjective: bool) -> Slot: ...


def compile_sentence(template: str, grammar: Grammar) -> Sentence:
    """Compile a template.

    Errors: KeyError for a slot that neither the facts nor the grammar know.
    """
    parts: list[str | Slot] = []
    at = 0
    for match in TOKEN.finditer(template):
        if match.start() > at:
            parts.append(template[at : match.start()])
        parts.append(_choice(match[2], grammar) if match[2] else _slot(match[1], grammar))
        at = match.end()
    if at < len(template):
        parts.append(template[at:])
    return Sentence(parts)


def _choice(words: str, grammar: Grammar) -> Slot:
    options = [compile_sentence(option, grammar) for option in words.split("|")]
    count = len(options)
    return lambda scene: options[int(scene.rng.random() * count)].fill(scene)


def _slot(name: str, grammar: Grammar) -> Slot:
    if name in INVENT:
        return lambda scene: scene.fact(name)
    bare = name.replace("!", "").replace("+a", "")
    lower = bare[0].lower() + bare[1:]
    slot = grammar.slot(lower, core=grammar.plain or "!" in name, adjective="+a" in name)
    if lower == bare:
        return slot

    def capital(scene: Scene) -> str:
        text = slot(scene)
        return text[0].upper() + text[1:]

    return capital


def picker(ranked: Ranked[T], *, core: bool) -> Callable[[Scene], T]:
    pick = ranked.pick_core if core else ranked.pick
    return lambda scene: pick(scene.rng.random)


# French articles: masculine, feminine, before a vowel; None where the plural is meant.
ARTICLES = {
    "le": ("le ", "la ", "l'"), "un": ("un ", "une ", None), "du": ("du ", "de la ", "de l'"),
    "au": ("au ", "à la ", "à l'"), "ce": ("ce ", "cette ", "cet "), "n0": ("", "", None),
    "de0": ("de ", "de ", "d'"),
}  # fmt: skip
PLURAL_ARTICLES = {"les": "les ", "des": "des ", "pl": "", "nos": "nos ", "vos": "vos "}


class FrenchGrammar:
    def __init__(self, lexicon: French, *, plain: bool = False) -> None:
        self.lexicon, self.plain = lexicon, plain
        # Number and gender of the last noun, for words that agree with it; sentences are filled one
        # at a time, left to right.
        self._agreement = 0

    def slot(self, name: str, *, core: bool, adjective: bool) -> Slot:
        if name in ARTICLES or name in PLURAL_ARTICLES:
            return self._noun(name, core=core, adjective=adjective)
        if name == "a":
            return self._adjective(core=core)
        return self._verb(name, core=core)

    def _noun(self, article: str, *, core: bool, adjective: bool) -> Slot:
        pick = picker(self.lexicon.nouns, core=core)
        pick_adjective = picker(self.lexicon.adjectives, core=core)
        plural = PLURAL_ARTICLES.get(article)

        def fill(scene: Scene) -> str:
            noun = pick(scene)
            self._agreement = noun.feminine + (2 if plural is not None else 0)
            text = self._article(article, noun) if plural is None else plural + noun.plural
            if adjective:
                return f"{text} {pick_adjective(scene).forms[self._agreement]}"
            return text

        return fill

    @staticmethod
    def _article(article: str, noun: FrenchNoun) -> str:
        masculine, feminine, elided = ARTICLES[article]
        word = noun.singular
        if elided is not None and elides(word) and (article != "ce" or not noun.feminine):
            return elided + word
        return (feminine if noun.feminine else masculine) + word

    def _adjective(self, *, core: bool) -> Slot:
        pick = picker(self.lexicon.adjectives, core=core)
        return lambda scene: pick(scene).forms[self._agreement]

    def _verb(self, name: str, *, core: bool) -> Slot:
        """Return the slot of a verb form: `v.p1p`, `je v.p1s`, `inf`, `de+inf`, `ger`, `vpp` (after
        "avoir"), `pp` (agrees)."""
        pick = picker(self.lexicon.verbs, core=core)
        if name == "pp":
            return lambda scene: pick(scene)[("pp", "ppf", "ppm", "pps")[self._agreement]]
        if name == "vpp":
            return lambda scene: pick(scene)["pp"]
        lead, _space, rest = name.replace("+", " ").rpartition(" ")
        form = rest.removeprefix("v.")
        if form not in self.lexicon.verbs.items[0]:
            raise KeyError(name)
        if not lead:
            return lambda scene: pick(scene)[form]

        def after(scene: Scene) -> str:
            verb = pick(scene)[form]
            return f"{lead[:-1]}'{verb}" if elides(verb) else f"{lead} {verb}"

        return after


class EnglishGrammar:
    def __init__(self, lexicon: English, *, plain: bool = False) -> None:
        self.lexicon, self.plain = lexicon, plain

    def slot(self, name: str, *, core: bool, adjective: bool) -> Slot:
        if name in {"the", "n", "n0", "pl"} or (name == "a" and adjective):
            return self._noun(name, core=core, adjective=adjective)
        if name == "a":
            return picker(self.lexicon.adjectives, core=core)
        if name == "ly":
            return picker(self.lexicon.adverbs, core=core)
        verb, _dot, form = name.partition(".")
        if verb != "v" or form not in {"", "s", "ed", "ing"}:
            raise KeyError(name)
        pick = picker(self.lexicon.verbs, core=core)
        return lambda scene: pick(scene)[form]

    def _noun(self, name: str, *, core: bool, adjective: bool) -> Slot:
        pick = picker(self.lexicon.nouns, core=core)
        pick_adjective = picker(self.lexicon.adjectives, core=core)
        number = 1 if name == "pl" else 0
        lead = "the " if name == "the" else ""

        def fill(scene: Scene) -> str:
            text = pick(scene)[number]
            if adjective:
                text = f"{pick_adjective(scene)} {text}"
            return f"{english_article(text)} {text}" if name == "a" else lead + text

        return fill
