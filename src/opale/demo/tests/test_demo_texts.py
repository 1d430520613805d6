"""Words, texts and names of the demo company."""

import re
from collections import Counter
from math import log
from random import Random

import pytest

from opale.demo import portfolio
from opale.demo.morphology import english_verb, french_adjective, french_verb
from opale.demo.names import customers, mentions, people
from opale.demo.text_facts import Names, Scene
from opale.demo.texts import LANGUAGES, SHAPES, TOPICS, Texts, texts
from opale.demo.vocabulary import english, french

WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module")
def names() -> dict[str, Names]:
    return {language: mentions(Random(7), language, 400) for language in LANGUAGES}


def sample(names: dict[str, Names], language: str, count: int, seed: int = 1) -> list[str]:
    scene = Scene(Random(seed), names[language], language)
    kinds = list(SHAPES)
    writer: Texts = texts(language)
    written = []
    for i in range(count):
        scene.begin()
        topic, kind = TOPICS[i % len(TOPICS)], kinds[i % len(kinds)]
        written.append(writer.message(topic, kind, scene, author="Léa Morel"))
    return written


@pytest.mark.parametrize(
    ("infinitive", "form", "expected"),
    [
        ("appeler", "p1s", "appelle"),
        ("acheter", "f1s", "achèterai"),
        ("préférer", "p3p", "préfèrent"),
        ("déplacer", "p1p", "déplaçons"),
        ("changer", "i3s", "changeait"),
        ("nettoyer", "c3s", "nettoierait"),
        ("envoyer", "f3p", "enverront"),
        ("dépêcher", "p1s", "dépêche"),
        ("tester", "pps", "testées"),
    ],
)
def test_french_verbs_are_spelt_right(infinitive: str, form: str, expected: str) -> None:
    assert french_verb(infinitive)[form] == expected


def test_french_adjectives_agree() -> None:
    assert french_adjective("central").forms == ("central", "centrale", "centraux", "centrales")
    assert french_adjective("défectueux").forms[1] == "défectueuse"


def test_english_verbs_are_spelt_right() -> None:
    assert english_verb("plan+") == {"": "plan", "s": "plans", "ed": "planned", "ing": "planning"}
    assert english_verb("replace")["ing"] == "replacing"
    assert english_verb("verify")["ed"] == "verified"


def test_the_vocabulary_of_both_languages_is_large_enough() -> None:
    assert len({*french().words(), *english().words()}) > 70_000


def test_the_same_seed_writes_the_same_texts(names: dict[str, Names]) -> None:
    assert sample(names, "fr", 200) == sample(names, "fr", 200)
    assert sample(names, "fr", 50, seed=2) != sample(names, "fr", 50, seed=3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_leave_no_slot_open_and_no_double_space(
    names: dict[str, Names], language: str
) -> None:
    for text in sample(names, language, 4000):
        assert not set("{}[]|") & set(re.sub(r"sshd\[\d+\]", "", text)), text
        assert "  " not in text, text


def test_french_texts_elide_and_contract(names: dict[str, Names]) -> None:
    text = "\n".join(sample(names, "fr", 6000))
    assert not re.search(r"\b(?:le|la|de) (?:onduleur|équipe|alarme|utilisateur|adresse)\b", text)
    assert not re.search(
        r"\b(?:de la|à la|du|au) (?:serveur|onduleur|ateliers)\b(?<!du serveur)(?<!au serveur)",
        text,
    )


def test_words_follow_a_natural_curve(names: dict[str, Names]) -> None:
    """Rank against frequency on log axes: a slope near -1, and many words seen only once."""
    counts = Counter(
        word.lower()
        for language in LANGUAGES
        for text in sample(names, language, 15_000)
        for word in WORD.findall(text)
    )
    ordered = [count for _word, count in counts.most_common()]
    slope = (log(ordered[4999]) - log(ordered[49])) / (log(5000) - log(50))
    assert -1.6 < slope < -0.7
    assert len(ordered) > 15_000
    assert sum(count == 1 for count in ordered) > len(ordered) / 5


def test_plain_texts_keep_to_the_words_of_the_trade(names: dict[str, Names]) -> None:
    scene = Scene(Random(9), names["fr"], "fr")
    plain = texts("fr", plain=True)
    text = " ".join(plain.sentence("vpn", "colour", scene) for _ in range(2000))
    rare = {form for verb in french().verbs.items[300:] for form in verb.values()}
    assert len(rare & {*WORD.findall(text.lower())}) < 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_its_titles(names: dict[str, Names], language: str) -> None:
    scene = Scene(Random(3), names[language], language)
    for topic in TOPICS:
        for kind in ("request", "incident", "event"):
            title = texts(language).title(topic, kind, scene)
            assert 5 < len(title) < 120, title


def test_known_facts_of_a_ticket_are_used(names: dict[str, Names]) -> None:
    scene = Scene(Random(3), names["en"], "en", known={"circuit": "CIR-LDS-100001"})
    titles = {texts("en").title("internet", "incident", scene) for _ in range(60)}
    assert any("CIR-LDS-100001" in title for title in titles)
    assert not any(re.search(r"CIR-(?!LDS-100001)", title) for title in titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_says_what_its_title_announced(names: dict[str, Names], language: str) -> None:
    scene = Scene(Random(3), names[language], language)
    numbers = re.compile(r"CIR-\S+\d|10\.\d+\.\d+\.\d+|VLAN \d+")
    for topic in TOPICS:
        for kind in ("request", "incident", "event"):
            for _ in range(30):
                scene.begin()
                title = texts(language).title(topic, kind, scene)
                text = texts(language).message(topic, kind, scene, colour=0.0)
                for number in numbers.findall(title):
                    assert number.rstrip(",") in text, (title, text)
    assert scene.story is not None


def test_names_are_distinct_and_in_both_languages() -> None:
    found = customers(Random(5), 5000)
    assert len({customer.domain for customer in found}) == 5000
    assert {customer.language for customer in found} == {"fr", "en"}
    assert len({person.slug for person in people(Random(5), "fr", 500)}) == 500


def test_a_penalty_of_a_contract_in_english_is_said_in_both_languages() -> None:
    for said in (portfolio.GTR_PENALTY, portfolio.AVAILABILITY_PENALTY):
        assert said["fr"] in said["en"] != said["fr"]
        assert len(said["en"]) <= 300
