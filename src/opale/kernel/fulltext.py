"""Search queries as PostgreSQL reads them, and the places of their words in a text.

A text is indexed by the words of `kernel_words`: without accents, stemmed in French and in English.
Source: docs/rules/search.md.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import Func

JOINTS = str.maketrans(dict.fromkeys("./-_@:<>&+", " "))
"""Characters that `kernel_words` takes for a space."""
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
LONGEST = 200
MOST_TERMS = 12
SHORTEST_BEGINNING = 4
"""Shorter prefixes match too many words for any index."""
HEADLINE = 8000
AROUND = 150
TERM = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
FOLLOWED = re.compile(r"<(?:-|\d+)>")
OPENS, CLOSES = "\ue000", "\ue001"


class SearchWords(Func):
    """Words of a column, as an index holds them."""

    function = "kernel_words"
    arity = 1
    output_field = SearchVectorField()


@dataclass(frozen=True, slots=True)
class Term:
    """Word, or phrase between quotes; `unwanted` with a minus before it.

    `text` is what `kernel_words` reads, `typed` what names are compared with. `begun` is how the
    word begins, without accents, where it was typed with a star at its end.
    """

    text: str
    typed: str
    unwanted: bool = False
    begun: str = ""


def terms_of(text: str) -> list[Term]:
    """Parse a query into terms; every text has a reading, and none is refused."""
    found = []
    for minus, quoted, word in TERM.findall(text[:LONGEST].replace("\0", " ")):
        said = (quoted or word).translate(JOINTS).strip()
        if not said:
            continue
        *before, last = said.split()
        if word.endswith("*") and len(begun := _plain(last)) >= SHORTEST_BEGINNING:
            # Of a name in parts, only the last one is a prefix.
            if before:
                found.append(Term(" ".join(before), "", unwanted=bool(minus)))
            found.append(Term(last, word.rstrip("*"), unwanted=bool(minus), begun=begun))
        else:
            found.append(Term(said, quoted or word, unwanted=bool(minus)))
    return found[:MOST_TERMS]


def _plain(word: str) -> str:
    """Return letters and digits as an index has them: lower case and without accents."""
    spread = unicodedata.normalize("NFKD", word.lower().translate(LIGATURES))
    return "".join(sign for sign in spread if sign.isalnum())


IN_ORDER = " OR ".join(
    f"to_tsvector('kernel_{language}',"
    " translate(left({text}, 50000), './-_@:<>&+', '          ')) @@ %s::tsquery"
    for language in ("fr", "en")
)
"""Condition that a text holds the phrases of a query, in one language: in `kernel_words` the last
word in French is followed by the first one in English."""


@dataclass(frozen=True)
class SearchQuery:
    """Parsed search query. `tsquery` is empty where it holds only stop words.

    `loose` asks for the words of phrases in any order: what an index can answer by itself. Their
    order, `french` and `english`, is to be checked in each text, as `IN_ORDER` does.
    """

    text: str
    tsquery: str
    loose: str = ""
    french: str = ""
    english: str = ""

    @cached_property
    def terms(self) -> list[Term]:
        return terms_of(self.text)

    @property
    def names(self) -> str:
        """Words to compare names with: without quotes and unwanted terms."""
        return " ".join(term.typed for term in self.terms if term.typed and not term.unwanted)

    def __bool__(self) -> bool:
        return bool(self.tsquery)


_READ = """
    SELECT phraseto_tsquery('kernel_fr', term)::text, phraseto_tsquery('kernel_en', term)::text
    FROM unnest(%s::text[]) WITH ORDINALITY AS asked(term, place) ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class _Read:
    """Term as each language reads it."""

    term: Term
    french: str
    english: str

    @property
    def either(self) -> str:
        """Query of both languages at once, since a text has the stems of both. A prefix may be
        longer than the stem of the word that it begins.
        """
        beginning = f"'{self.term.begun}':*" if self.term.begun else ""
        readings = dict.fromkeys(filter(None, (self.french, self.english, beginning)))
        return f"({' | '.join(readings)})"

    @property
    def ordered(self) -> bool:
        return bool(FOLLOWED.search(self.french + self.english))


def parse_query(text: str) -> SearchQuery:
    """Parse a typed query: words, "words in this order", -words to exclude, and prefixes with a
    star*.
    """
    text = text.strip()[:LONGEST]
    read = _read(terms_of(text))
    if all(one.term.unwanted for one in read):
        return SearchQuery(text, "")
    phrases = [one for one in read if one.ordered]
    loose = _all_of((one, FOLLOWED.sub("&", one.either)) for one in read if not _refused(one))
    return SearchQuery(
        text,
        _all_of((one, one.either) for one in read),
        loose,
        _all_of((one, f"({one.french})") for one in phrases),
        _all_of((one, f"({one.english})") for one in phrases),
    )


def _read(terms: Sequence[Term]) -> list[_Read]:
    """Return the terms that hold more than stop words."""
    if not terms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_READ, [[term.text for term in terms]])
        rows = cursor.fetchall()
    found = [_Read(term, *row) for term, row in zip(terms, rows, strict=True)]
    return [one for one in found if one.term.begun or (one.french and one.english)]


def _refused(one: _Read) -> bool:
    """Return whether a term is an unwanted phrase, whose words are allowed in another order."""
    return one.term.unwanted and one.ordered


def _all_of(parts: Iterable[tuple[_Read, str]]) -> str:
    return " & ".join(f"!{query}" if one.term.unwanted else query for one, query in parts)


@dataclass(frozen=True, slots=True)
class TextPart:
    """Piece of a text, and whether it matches the query."""

    text: str
    found: bool = False


_MARKED = """
    SELECT ts_headline('kernel_fr', plain, %(query)s::tsquery, %(how)s),
           ts_headline('kernel_en', plain, %(query)s::tsquery, %(how)s)
    FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS said(plain, place) ORDER BY place
"""


def highlight(texts: Sequence[str], asked: SearchQuery) -> list[list[TextPart]]:
    """Split each text into parts, with the matches marked; for the template to escape."""
    texts = [text[:HEADLINE].replace("\0", " ") for text in texts]
    if not asked or not texts:
        return [[TextPart(text)] for text in texts]
    plain = [text.translate(JOINTS).replace(OPENS, " ").replace(CLOSES, " ") for text in texts]
    how = f'HighlightAll=true, StartSel="{OPENS}", StopSel="{CLOSES}"'
    with connection.cursor() as cursor:
        cursor.execute(_MARKED, {"query": asked.tsquery, "how": how, "texts": plain})
        rows = cursor.fetchall()
    return [
        list(_parts(text, sorted({*_places(french), *_places(english)})))
        for text, (french, english) in zip(texts, rows, strict=True)
    ]


def _places(headline: str) -> Iterator[tuple[int, int]]:
    """Give the positions of a headline's marks in the text without them."""
    at = start = 0
    for character in headline:
        if character == OPENS:
            start = at
        elif character == CLOSES:
            yield start, at
        else:
            at += 1


def _parts(text: str, places: Iterable[tuple[int, int]]) -> Iterator[TextPart]:
    at = 0
    for start, end in places:
        if start < at:
            continue
        if start > at:
            yield TextPart(text[at:start])
        yield TextPart(text[start:end], found=True)
        at = end
    if at < len(text):
        yield TextPart(text[at:])


def excerpt(parts: Sequence[TextPart], around: int = AROUND) -> list[TextPart]:
    """Return the first match in a text, with some of the text around it."""
    first = next((at for at, part in enumerate(parts) if part.found), None)
    if first is None:
        whole = "".join(part.text for part in parts)
        return [TextPart(_ended(whole, around * 2))]
    kept: list[TextPart] = []
    before = "".join(part.text for part in parts[:first])
    if before:
        kept.append(TextPart(_begun(before, around // 2)))
    room = around * 2 - sum(len(part.text) for part in kept)
    for part in parts[first:]:
        if room <= 0:
            break
        kept.append(part if part.found else TextPart(_ended(part.text, room)))
        room -= len(part.text)
    return kept


def _ended(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[:length].rsplit(None, 1)[0] if " " in text[:length] else text[:length]
    return f"{cut}…"


def _begun(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[-length:]
    return "…" + (cut.split(None, 1)[1] if len(cut.split(None, 1)) > 1 else cut)
