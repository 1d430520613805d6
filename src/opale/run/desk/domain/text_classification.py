"""Classification of texts by kind and product family, from words learned and known from the start.

Pure. A word is known by its stem, so that one learned ticket helps with the next; the evidence
shown is the word as written in the text. Source: docs/rules/triage.md, "What is learned".
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Final, TypeVar

K = TypeVar("K", bound=Hashable)

MAX_WORDS = 200
MAX_WORD_LENGTH = 40
SEVERAL = 3
"""Minimum number of customers who used a learned word, so that it identifies none."""
KNOWN = 3
"""Weight of words of the catalogue and the trade, in tickets: a start, soon outweighed."""
SPEAKS = 0.5
"""Minimum log likelihood ratio at which a single word indicates a label."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_ENDINGS = ("ees", "ing", "es", "ed", "ee", "er", "ez", "s", "e", "x")
_SHORTEST_STEM = 4

_PARTICLES = """
    au aux avec ce ces cette dans de des du elle elles en et il ils je la le les leur mais me
    mon ne nos notre nous on ou par pas peu peut plus pour que qui quoi sa sans se ses si son
    sont sur tous tout toute toutes tres un une vos votre vous vers chez est etre ont avons
    avez a an and any are as at be by can for from has have he her his i if in into is it its
    me my of on or our she so some that the their them there they this to too us was we were
    will with you your over not no more
"""
_POLITE = """
    bonjour bonsoir cordialement bien bonne journee merci avance madame monsieur salutations
    distinguees pouvez pourriez tenir informe informes retour remercie hello hi dear good
    morning afternoon evening best kind regards thank thanks many sincerely team support could
    would please keep posted advance
"""
STOP_WORDS: Final = frozenset(_PARTICLES.split()) | frozenset(_POLITE.split())
"""Words without information on the subject of a ticket; the polite ones occur in any message."""

TRADE_WORDS: Final = (
    (
        "colocation hebergement baie rack datacentre housing",
        """
        rack racks baie cage cabinet datacentre datacenter badge escorte escort visiteur
        visitor visite visit livraison delivery colis parcel palette pallet alimentation feed
        pdu ups onduleur prise socket disjoncteur breaker temperature climatisation cooling
        humidite brassage jarretiere patching serrure lock porte door
        """,
    ),
    (
        "internet connectivity connectivite transit fibre",
        """
        internet fibre fiber liaison lien link circuit debit bandwidth throughput paquet
        packet perte loss latence latency routeur router modem bgp peering prefixe prefix
        trafic traffic lenteur slow ddos adresse address dns ip
        """,
    ),
    (
        "vpn mpls sdwan",
        """
        vpn mpls tunnel ipsec vlan vrf wan sdwan routage routing route agence branch siege
        distant remote teletravail qos
        """,
    ),
    (
        "hosting hebergee infogeree infogerance hosted managed machine server serveur web",
        """
        serveur server machine vm virtuelle virtual web site website certificat certificate
        tls ssl base database sql sauvegarde backup restauration restore dossier folder
        fichier file disque disk memoire memory processeur cpu stockage storage compte account
        messagerie mailbox application cluster
        """,
    ),
    (
        "telephony telephonie telephonique phone voice voix trunk sip",
        """
        telephone phone telephonique telephony sip trunk voix voice appel call poste extension
        numero number renvoi forward portabilite porting standard switchboard accueil greeting
        repondeur voicemail
        """,
    ),
)
"""Trades: words that name an offering, and words that its users write, in both languages.

Users' words count for any offering of that name, so that a provider that files telephony under
another family, or sells none, is served as well.
"""

KIND_WORDS: Final = {
    "incident": """
        panne coupe coupure isole injoignable inaccessible indisponible lent lenteur perte
        hors erreur echec bloque verrouille plante sature instable down outage unreachable
        unavailable broken fails failed failing failure error slow loss lost stuck locked
        frozen crash degraded dropping
    """,
    "request": """
        souhaitons voudrions ajouter ajout creer creation ouvrir ouverture modifier
        modification renouveler renouvellement augmenter augmentation prevoir nouveau nouvelle
        nouvel devis demande commander add create open change renew extend increase new
        additional quote order request
    """,
}


def extract_words(text: str) -> list[str]:
    """Return the words without case and accents, each once."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return list(dict.fromkeys(_WORD.findall(plain)))[:MAX_WORDS]


def stem(word: str) -> str:
    """Return the common part of forms such as "tunnel" and "tunnels", "coupé" and "coupées". Of a
    plain word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word


def significant_words_in(text: str) -> list[str]:
    """Return the words that may help to classify a ticket."""
    return [word for word in extract_words(text) if word not in STOP_WORDS]


def extract_stems(text: str) -> list[str]:
    return list(dict.fromkeys(map(stem, significant_words_in(text))))


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Number of tickets with each stem, by label; under "" the number of tickets of the label."""

    counts: Mapping[str, Mapping[str, int]]

    def shares(
        self, words: Sequence[str], labels: Sequence[str], *, even: bool = False
    ) -> dict[str, float]:
        """Return the likelihood of each label given the words, 0 to 1 in all. Empty if nothing was
        learned.

        Naive Bayes, tempered: the words of one text are not independent. With `even` no label is
        likelier than another before the first word.
        """
        if len(labels) < 2 or not self.counts:
            return {}
        totals = {label: self._of("").get(label, 0) + 1 for label in labels}
        logs = {label: 0.0 if even else log(totals[label]) for label in labels}
        for seen in map(self._of, dict.fromkeys(map(stem, words))):
            if not any(seen.get(label) for label in labels):
                continue
            for label in labels:
                logs[label] += log((seen.get(label, 0) + 0.5) / (totals[label] + KNOWN)) / 2
        return normalize_log_weights(logs)

    def telling(self, words: Sequence[str], label: str, labels: Sequence[str]) -> str:
        """Return the three words that most favour the label over the others."""
        totals = self._of("")

        def weight(word: str) -> float:
            seen = self._of(stem(word))
            own, *others = (
                (seen.get(one, 0) + 0.5) / (totals.get(one, 0) + 1 + KNOWN)
                for one in (label, *(other for other in labels if other != label))
            )
            return log(own / max(others)) if seen.get(label, 0) >= KNOWN and others else 0.0

        ranked = sorted(words, key=weight, reverse=True)
        return ", ".join(word for word in ranked[:3] if weight(word) > SPEAKS)

    def _of(self, stem_: str) -> Mapping[str, int]:
        return self.counts.get(stem_, {})


@dataclass(frozen=True, slots=True)
class CatalogueName:
    """A name of the catalogue in both languages, with the labels that it indicates."""

    names: str
    labels: Sequence[str]
    asked: bool = False
    """Whether the name is of a request type, not of an offering."""


def learn_word_counts(
    examples: Iterable[tuple[str, Sequence[str], int | None]],
    catalogue: Iterable[CatalogueName] = (),
) -> WordCounts:
    """Return the word counts of labelled texts, with the customers of each, and of the names known
    beforehand."""
    counts: dict[str, Counter[str]] = {}
    users: dict[str, set[int | None]] = {}
    totals: Counter[str] = Counter()
    for text, labels, customer_id in examples:
        totals.update(labels)
        for one in extract_stems(text):
            counts.setdefault(one, Counter()).update(labels)
            users.setdefault(one, set()).add(customer_id)
    kept = {
        one: seen
        for one, seen in counts.items()
        if len(one) <= MAX_WORD_LENGTH and len(users[one]) >= SEVERAL and seen
    }
    for one, known in _known(catalogue):
        kept.setdefault(one, Counter()).update(dict.fromkeys(known, KNOWN))
    return WordCounts({"": totals, **kept})


def _known(catalogue: Iterable[CatalogueName]) -> Iterable[tuple[str, set[str]]]:
    """Return the stems known from the catalogue and the trade, each once, with its labels."""
    found: dict[str, set[str]] = {}
    for kind, words in KIND_WORDS.items():
        for one in extract_stems(words):
            found.setdefault(one, set()).add(kind)
    for sold in catalogue:
        own = set(extract_stems(sold.names))
        for named, written in TRADE_WORDS:
            if not sold.asked and own & set(extract_stems(named)):
                own |= set(extract_stems(written))
        for one in own:
            found.setdefault(one, set()).update(sold.labels)
    return found.items()


def normalize_log_weights(logs: Mapping[K, float]) -> dict[K, float]:
    """Return weights on a logarithmic scale as shares of one."""
    top = max(logs.values(), default=0.0)
    weights = {key: exp(value - top) for key, value in logs.items()}
    total = sum(weights.values())
    return {key: weight / total for key, weight in weights.items()}
