"""Regular expressions of clients: spelled for PostgreSQL, refused where it would take minutes."""

import pytest
from django.db import connection

from opale.conditions.patterns import InvalidPattern
from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.patterns import MAX_LENGTH, checked_pattern
from opale.connectors.alerta.query_language import MAX_PATTERNS, parse_query

UNBOUNDED = {
    "back-reference": r"^(.*)(.*)(.*)\3\2\1x?$",
    "back-reference of two digits": "(a)" * 12 + r"\12",
    "looking around": "(?=a)b",
    "counted group": "((a?){31}){32}z",
    "counts of counts": "a{2}{3}",
    "many counts": "a{200}b{200}",
    "repeated place": r"(^|a)*(b|$)*(^|c)*(d|$)*",
    "repeated place of a word": r"(\b|a)*",
    "place in a group of groups": "((^a)b)*",
    "many places": r"\ba" * 20,
    "long": "a" * (MAX_LENGTH + 1),
    "deep": "(" * 30 + "a" + ")" * 30,
    "director": "***=a",
    "option": "(?s)a",
    "collating element": "[[.a.]]",
    "open brace": "a{",
    "open group": "(",
}


@pytest.mark.parametrize("pattern", UNBOUNDED.values(), ids=UNBOUNDED)
def test_what_would_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        checked_pattern(pattern)
    if "/" not in pattern:
        with pytest.raises(AlertaError):
            parse_query(f"text:/{pattern}/")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("^db", "DB01", True),
        ("^db", "web01", False),
        ("web0[1-9]$", "web07", True),
        (r"\bdisk\b.*(full|failed)", "the disk is full", True),
        (r"\bdisk\b", "diskette", False),
        (r"^[^]a\]]+$", "bcd", True),
        (r"a\/b|c\.d", "c.d", True),
        ("x{2,3}y??", "xx", True),
        ("(?i)(?:ab)+c", "ABABC", True),
        (r"\d+ [[:alpha:]]+\z", "12 km", True),
        ("", "anything", True),
    ],
)
def test_what_is_taken_means_the_same_to_postgresql(pattern: str, text: str, fits: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, checked_pattern(pattern)])
        assert cursor.fetchone() == (fits,)


@pytest.mark.parametrize("term", ["event:/a/", '"two words"', "a*"])
def test_a_query_has_few_patterns(term: str) -> None:
    parse_query(" OR ".join([term] * MAX_PATTERNS))
    with pytest.raises(AlertaError):
        parse_query(" OR ".join([term] * (MAX_PATTERNS + 1)))
    with pytest.raises(AlertaError):
        parse_query("a*" * 30)
