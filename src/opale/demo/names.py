"""Names of people, companies and places, invented by rule. None is taken from a register."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar
from unicodedata import normalize

from faker.providers.person.en_GB import Provider as EnglishPeople
from faker.providers.person.fr_FR import Provider as FrenchPeople

from opale.demo.text_facts import Names

T = TypeVar("T")


def _table(words: str) -> tuple[str, ...]:
    return tuple(words.split())


# The provider: a group with a French company, a British one and a Moroccan one.
GROUP = "Vélorane"
DOMAIN = "velorane.example"
# name, country, time zone, language, town, address code
COMPANIES = (
    ("Vélorane France", "FR", "Europe/Paris", "fr", "Lyon", "fr"),
    ("Tarnwick Networks", "GB", "Europe/London", "en", "Leeds", "uk"),
    ("Sahélane Maroc", "MA", "Africa/Casablanca", "fr", "Casablanca", "ma"),
)

FRENCH_HEADS = _table(
    "Mont Ville Beau Bel Roche Font Val Champ Pont Clair Vau Mar Bour Cour Gran Sau Lan Mer "
    "Tour Cham Ner Gar Ver Mir Ram Vil Bre Cor Fer Lus Mal Per "
)
FRENCH_MIDDLES = ("", "", "", "e", "i", "a", "o", "en", "er", "el", "an", "in", "au", "ar", "ou")
FRENCH_TAILS = _table(
    "court val ville mont court gnac gnan mières nay tain lieu sac rac velle rive nières "
    "boise cey gny thal quier treuil logne dun vergne solle zieux rance "
)
ENGLISH_HEADS = _table(
    "Brack Thorn Whit Ash Cold Elm Farn Green Hart Kirk Lang Mer North Pen Red Stan Tarn Wen "
    "Wick Black Bram Cal Dun Eagle Fen Gil Hazel Lin Mill Oak Raven Sand "
)
ENGLISH_MIDDLES = ("", "", "", "en", "er", "ing", "le", "s", "y", "ow", "el")
ENGLISH_TAILS = _table(
    "bridge burn bury by combe dale don field ford gate ham hampton holt hurst ley low mere "
    "more port shaw stead thorpe ton wall well wick wood worth "
)
FRENCH_TRADES = _table(
    "Ateliers Laboratoires Transports Menuiserie Conserverie Groupe Clinique Imprimerie "
    "Pharmacie Assurances Mutuelle Fonderies Cabinet Coopérative Librairie Brasserie "
    "Papeterie Hôtels Domaine Éditions Boulangerie Verrerie Logistique Immobilière Lycée "
    "Entrepôts Textiles Caves Biscuiterie Mécanique "
)
ENGLISH_TRADES = _table(
    "Logistics Foods Engineering Pharmacy Insurance Hotels Press Motors Legal Brewery Timber "
    "Clinics Academy Textiles Holdings Estates Aviation Ceramics Marine Publishing Seeds "
    "Furniture Optics Robotics Bakeries Paper Capital "
)


@dataclass(frozen=True, slots=True)
class PersonName:
    first: str
    last: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def slug(self) -> str:
        return slug(self.first, self.last)


@dataclass(frozen=True, slots=True)
class CustomerName:
    name: str
    language: str
    domain: str


def slug(*words: str) -> str:
    """Lower case, without accents: the local part of an address or a host name."""
    text = normalize("NFKD", ".".join(words)).encode("ascii", "ignore").decode()
    kept = "".join(c if c.isalnum() or c == "." else "-" for c in text.lower())
    return kept.strip("-.")


def telephone(rng: Random, country: str) -> str:
    """A number of one of the ranges that regulators keep for fiction; Morocco keeps none, so
    somebody there is reached by a French one."""
    pair = f"{rng.randrange(100):02d}"
    if country == "GB":
        digits = f"{rng.randrange(1000):03d}"
        return f"+44 20 7946 0{digits}" if rng.random() < 0.6 else f"+44 7700 900{digits}"
    if rng.random() < 0.6:
        return f"+33 1 99 00 {pair} {rng.randrange(100):02d}"
    return f"+33 6 39 98 {pair} {rng.randrange(100):02d}"


def unused_number(number: str, taken: set[str]) -> str:
    """The number, or the next one that nobody has, which is taken from then on: of whoever calls
    with a number of two people nobody knows who it is."""
    head, last = number[:-2], int(number[-2:])
    ring = (f"{head}{(last + step) % 100:02d}" for step in range(100))
    found = next((one for one in ring if one not in taken), number)
    taken.add(found)
    return found


def people(rng: Random, language: str, count: int) -> list[PersonName]:
    """`count` names of which no two are spelt alike."""
    source = FrenchPeople if language == "fr" else EnglishPeople
    firsts, lasts = sorted(set(source.first_names)), sorted(set(source.last_names))
    return list(
        _distinct(lambda: PersonName(rng.choice(firsts), rng.choice(lasts)), count, _by_slug)
    )


def _by_slug(person: PersonName) -> str:
    return person.slug


def towns(rng: Random, language: str, count: int) -> list[str]:
    french = language == "fr"
    heads: tuple[str, ...] = FRENCH_HEADS if french else ENGLISH_HEADS
    middles: tuple[str, ...] = FRENCH_MIDDLES if french else ENGLISH_MIDDLES
    tails: tuple[str, ...] = FRENCH_TAILS if french else ENGLISH_TAILS

    def one() -> str:
        head, middle = rng.choice(heads), rng.choice(middles)
        return head + ("" if head[-1] in "aeiou" else middle) + rng.choice(tails)

    return list(_distinct(one, count, str))


def customers(rng: Random, count: int, *, french_share: float = 0.65) -> list[CustomerName]:
    """Companies that buy from the provider, in French and in English."""
    french = round(count * french_share)
    french_towns = towns(rng, "fr", min(french, 3000))
    english_towns = towns(rng, "en", min(count - french, 3000))

    def one_french() -> CustomerName:
        place = rng.choice(french_towns)
        return _customer(f"{rng.choice(FRENCH_TRADES)} {place}", place, "fr")

    def one_english() -> CustomerName:
        place = rng.choice(english_towns)
        return _customer(f"{place} {rng.choice(ENGLISH_TRADES)}", place, "en")

    found = list(_distinct(one_french, french, _by_domain))
    found += _distinct(one_english, count - french, _by_domain)
    rng.shuffle(found)
    return found


def _customer(name: str, place: str, language: str) -> CustomerName:
    return CustomerName(name, language, f"{slug(name).replace('.', '-')}.example")


def _by_domain(customer: CustomerName) -> str:
    return customer.domain


def _distinct(make: Callable[[], T], count: int, key: Callable[[T], str]) -> Iterator[T]:
    seen: set[str] = set()
    while len(seen) < count:
        item = make()
        if (spelling := key(item)) not in seen:
            seen.add(spelling)
            yield item


def mentions(rng: Random, language: str, size: int = 4000) -> Names:
    """Names that texts may drop: colleagues, contractors, branches."""
    return Names(
        people=tuple(person.full for person in people(rng, language, min(size, 3000))),
        towns=tuple(towns(rng, language, size)),
        companies=tuple(
            customer.name
            for customer in customers(rng, size, french_share=1.0 if language == "fr" else 0.0)
        ),
    )
