"""Texts of the demo company: titles and messages that read like a provider's daily mail."""

from collections import defaultdict
from functools import cache
from importlib.resources import files

from opale.demo.grammar import EnglishGrammar, FrenchGrammar, Grammar, Sentence, compile_sentence
from opale.demo.text_facts import Scene
from opale.demo.vocabulary import english, french

TOPICS = ("colocation", "internet", "vpn", "hosting", "telephony", "office")
LANGUAGES = ("fr", "en")
# The parts of a message of each kind after the greeting: (section, chance of a sentence).
SHAPES: dict[str, tuple[tuple[str, float], ...]] = {
    "request": (("request", 1.0), ("colour", 0.5), ("asked", 0.5)),
    "event": (("event", 1.0),),
    "incident": (("incident", 1.0), ("colour", 0.6), ("asked", 0.5)),
    "reply": (("reply", 1.0), ("colour", 0.15), ("reply", 0.2)),
    "update": (("update", 1.0), ("update", 0.3), ("colour", 0.25)),
    "note": (("note", 1.0), ("note", 0.4), ("colour_note", 0.3)),
    "restored": (("restored", 1.0), ("colour", 0.2), ("restored", 0.3)),
    "progress": (("progress", 1.0), ("colour", 0.45)),
    "done": (("done", 1.0), ("colour", 0.45)),
    "query": (("query", 1.0), ("colour", 0.6)),
    "followup": (("followup", 1.0), ("colour", 0.45), ("followup", 0.2)),
    "thanks": (("thanks", 1.0), ("colour", 0.1)),
}
# The greeting depends on the writer; notes of tools and colleagues have neither greeting nor
# signature.
DESK = frozenset({"reply", "update", "restored", "progress", "done"})
OPENINGS = frozenset({"request", "incident", "event"})
# Between a title and what the first message says of it.
PAIR = " || "
BARE = frozenset({"note", "event"})


class Texts:
    """Writer of texts in one language. Deterministic: the same scene and generator give the same
    text."""

    def __init__(self, language: str, grammar: Grammar) -> None:
        self.language = language
        self.sections = _sections(language, grammar)

    def _pick(self, topic: str, section: str, scene: Scene) -> Sentence:
        own = self.sections.get((topic, section))
        common = self.sections.get(("*", section))
        if own and common:
            # Half of the sentences are about the ticket's subject, the others general.
            chosen = own if scene.rng.random() < 0.5 else common
        else:
            chosen = own or common or ()
        return chosen[int(scene.rng.random() * len(chosen))]

    def title(self, topic: str, kind: str, scene: Scene) -> str:
        """Return a title; `kind` is "request", "incident" or "event" (of a tool)."""
        titles = self.sections[topic, f"title_{kind}"]
        index = int(scene.rng.random() * len(titles))
        scene.story = (kind, index)
        return titles[index].fill(scene)

    def _opening(self, topic: str, kind: str, scene: Scene) -> Sentence:
        """Return the sentence that the title announced, where the scene has one."""
        if scene.story is None or scene.story[0] != kind:
            return self._pick(topic, kind, scene)
        return self.sections[topic, kind][scene.story[1]]

    def sentence(self, topic: str, section: str, scene: Scene) -> str:
        return self._pick(topic, section, scene).fill(scene)

    def message(
        self, topic: str, kind: str, scene: Scene, *, author: str = "", colour: float = 1.0
    ) -> str:
        """Return a message of `kind` (a key of SHAPES), signed by `author` if there is one.

        `colour` scales how often a sentence reaches into the long tail of the vocabulary.
        """
        draw = scene.rng.random
        body = ""
        used: list[Sentence] = []
        for section, chance in SHAPES[kind]:
            if chance < 1.0 and draw() > (chance * colour if section[0] == "c" else chance):
                continue
            opens = section in OPENINGS
            pick = self._opening if opens else self._pick
            sentence = pick(topic, section, scene)
            if sentence in used:
                continue
            used.append(sentence)
            body += (" " if body[-1:] in {".", "?", "!"} else "\n" if body else "") + (
                sentence.fill(scene)
            )
        if kind in BARE or draw() < 0.15:
            return body
        side = "_desk" if kind in DESK else ""
        greeting = self._pick("*", "greeting" + side, scene).fill(scene)
        closing = self._pick(
            "*", "closing" + ("_plain" if side or kind == "thanks" else ""), scene
        ).fill(scene)
        signature = f"\n{author}" if author else ""
        return f"{greeting}\n\n{body}\n\n{closing}{signature}"


def _sections(language: str, grammar: Grammar) -> dict[tuple[str, str], tuple[Sentence, ...]]:
    text = (files("opale.demo") / "phrases" / f"{language}.txt").read_text(encoding="utf-8")
    found: defaultdict[tuple[str, str], list[Sentence]] = defaultdict(list)
    key = topic, section = "", ""
    for line in text.splitlines():
        if line.startswith("[") and line.endswith("]") and "/" in line and " " not in line:
            topic, _slash, section = line[1:-1].partition("/")
            key = (topic, section)
        elif PAIR in line:
            title, _pair, body = line.partition(PAIR)
            found[topic, f"title_{section}"].append(compile_sentence(title, grammar))
            found[key].append(compile_sentence(body, grammar))
        elif line and not line.startswith("#"):
            found[key].append(compile_sentence(line, grammar))
    return {key: tuple(sentences) for key, sentences in found.items()}


@cache
def texts(language: str, *, plain: bool = False) -> Texts:
    """Return the writer of a language; a plain one uses trade terms only."""
    if language == "fr":
        return Texts("fr", FrenchGrammar(french(), plain=plain))
    return Texts("en", EnglishGrammar(english(), plain=plain))
