"""Inflection of regular French and English words, for a long vocabulary from short lists."""

import re
from dataclasses import dataclass
from typing import Literal

VOWELS = "aeiouyâàéèêëîïôöùûüœ"
# A silent h that still refuses elision: "le hall", never "l'hall".
ASPIRATED: tuple[str, ...] = (
    "hach",
    "haie",
    "hal",
    "ham",
    "han",
    "har",
    "hât",
    "haub",
    "hauss",
    "haut",
    "heur",
)
ASPIRATED += ("hérit", "héris", "hêtre", "hiérarch", "hiss", "hous", "hublot", "honn")
# Verbs in -eler and -eter that take a grave accent instead of doubling the consonant.
GRAVE: tuple[str, ...] = (
    "geler",
    "celer",
    "modeler",
    "marteler",
    "démanteler",
    "ciseler",
    "écarteler",
)
GRAVE += ("acheter", "racheter", "breveter", "haleter", "crocheter")

# An e or é that opens into a silent ending: "lever" gives "lève", "régler" gives "règle".
OPEN_SYLLABLE = re.compile(r"[eé](?:[bcdfgjklmnprstvz]|[bcdfgptv][rl]|[gq]u|gn|ch)$")


@dataclass(frozen=True, slots=True)
class FrenchNoun:
    singular: str
    plural: str
    feminine: bool


@dataclass(frozen=True, slots=True)
class FrenchAdjective:
    """Forms in the order masculine, feminine, masculine plural, feminine plural."""

    forms: tuple[str, str, str, str]


def elides(word: str) -> bool:
    """Return whether "le", "de" and "je" lose their vowel before `word`."""
    first = word[0].lower()
    if first == "h":
        return not word.startswith(ASPIRATED)
    return first in VOWELS and not word.startswith(("yacht", "yaourt", "onz", "ouat"))


def french_plural(word: str) -> str:
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al") and word not in {"bal", "festival", "final", "naval", "banal", "fatal"}:
        return word[:-2] + "aux"
    if word.endswith(("eau", "au", "eu")) and word not in {"pneu", "bleu"}:
        return word + "x"
    irregular = {"travail": "travaux", "vitrail": "vitraux", "émail": "émaux", "corail": "coraux"}
    irregular |= {"bail": "baux", "genou": "genoux", "bijou": "bijoux", "ciel": "cieux"}
    return irregular.get(word, word + "s")


def french_noun(word: str, *, feminine: bool) -> FrenchNoun:
    head, hyphen, tail = word.partition("-")
    if hyphen and tail[:2] not in {"de", "à-"}:
        return FrenchNoun(word, f"{head}-{french_plural(tail)}", feminine)
    return FrenchNoun(word, french_plural(word), feminine)


def french_feminine(word: str) -> str:
    endings = (
        ("e", "e"), ("eux", "euse"), ("oux", "ouse"), ("if", "ive"), ("el", "elle"),
        ("eil", "eille"), ("ien", "ienne"), ("éen", "éenne"), ("er", "ère"), ("os", "osse"),
        ("gros", "grosse"), ("atil", "atile"), ("gu", "guë"), ("ct", "cte"), ("teur", "trice"),
        ("et", "ète"), ("on", "onne"), ("épais", "épaisse"),
    )  # fmt: skip
    irregular = {"public": "publique", "frais": "fraîche", "long": "longue", "net": "nette"}
    if word in irregular:
        return irregular[word]
    for ending, feminine in endings:
        if word.endswith(ending):
            return word[: -len(ending)] + feminine
    return word + "e"


def french_adjective(word: str) -> FrenchAdjective:
    feminine = french_feminine(word)
    return FrenchAdjective((word, feminine, french_plural(word), feminine + "s"))


def _mute_stem(stem: str) -> str:
    """Return the stem before a silent ending: "appell", "achèt", "préfèr", "nettoi"."""
    if stem.endswith(("oy", "uy")):
        return stem[:-1] + "i"
    grave = (stem + "er").endswith(GRAVE) or stem in {"pel", "épel"}
    if stem.endswith(("el", "et")) and not grave and len(stem) > 2:
        return stem + stem[-1]
    if found := OPEN_SYLLABLE.search(stem):
        return stem[: found.start()] + "è" + stem[found.start() + 1 :]
    return stem


def french_verb(infinitive: str) -> dict[str, str]:
    """Return the forms of a regular verb in -er, by tense letter and person ("p3p": they,
    present)."""
    stem = infinitive[:-2]
    mute = _mute_stem(stem)
    # The future of "préférer" keeps its acute accent; that of "acheter" follows the mute stem.
    future = (stem if "é" in stem[-3:] and mute != stem else mute) + "er"
    hard = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    forms = {
        "inf": infinitive, "ger": hard + "ant",
        "p1s": mute + "e", "p2s": mute + "es", "p3s": mute + "e",
        "p1p": hard + "ons", "p2p": stem + "ez", "p3p": mute + "ent",
        "i1s": hard + "ais", "i3s": hard + "ait",
        "i1p": stem + "ions", "i2p": stem + "iez", "i3p": hard + "aient",
        "pp": stem + "é", "ppf": stem + "ée", "ppm": stem + "és", "pps": stem + "ées",
    }  # fmt: skip
    if infinitive.endswith("envoyer"):
        future = infinitive[:-4] + "err"
    for key, ending in (("1s", "ai"), ("2s", "as"), ("3s", "a"), ("1p", "ons"), ("2p", "ez")):
        forms["f" + key] = future + ending
    forms["f3p"] = future + "ont"
    for key, ending in (("1s", "ais"), ("3s", "ait"), ("1p", "ions"), ("2p", "iez")):
        forms["c" + key] = future + ending
    forms["c3p"] = future + "aient"
    return forms


def english_plural(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def english_verb(word: str) -> dict[str, str]:
    """Return the forms of a regular verb; `word` ends with "+" when its last consonant is
    doubled."""
    base = word.rstrip("+")
    stem = base + base[-1] if word.endswith("+") else base
    if base.endswith("e") and not word.endswith("+"):
        ing = base + "ing" if base.endswith(("ee", "ye", "oe")) else base[:-1] + "ing"
        if base.endswith("ie"):
            ing = base[:-2] + "ying"
        past = base + "d"
    else:
        ing = stem + "ing"
        past = base[:-1] + "ied" if base[-1] == "y" and base[-2] not in "aeiou" else stem + "ed"
    third = english_plural(base)
    if base.endswith("o") and base not in {"video", "echo"}:
        third = base + "es"
    return {"": base, "s": third, "ed": past, "ing": ing}


def english_adverb(word: str) -> str:
    if word.endswith("y"):
        return word[:-1] + "ily"
    if word.endswith("le"):
        return word[:-1] + "y"
    return word + ("ally" if word.endswith("ic") else "y" if word.endswith("ll") else "ly")


def english_article(word: str) -> Literal["a", "an"]:
    if word.startswith(("uni", "use", "usu", "eu", "one", "ut", "ur-")):
        return "a"
    return (
        "an" if word[0] in "aeiou" or word.startswith(("hour", "honest", "honour", "heir")) else "a"
    )
