"""Names that are found by some of their letters."""

import pytest

from opale.kernel.clock import now
from opale.kernel.models import Heartbeat
from opale.kernel.trigrams import name_contains

NAMES = ["Été", "Le été d'Or", "Rété", "100% sûr", "a_b c", r"back\slash", "Orléans", "dehors"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("et", {"Été", "Le été d'Or"}),
        ("ÉT", {"Été", "Le été d'Or"}),
        ("or", {"Orléans"}),
        ("s", {"100% sûr"}),
        ("%", set()),
        ("_b", set()),
        ("a_", {"a_b c"}),
        (r"k\\", set()),
        ("été", {"Été", "Le été d'Or", "Rété"}),
        ("ors", {"dehors"}),
        ("0% ", {"100% sûr"}),
    ],
)
def test_few_letters_are_looked_for_where_a_word_begins(word: str, found: set[str]) -> None:
    at = now()
    Heartbeat.objects.bulk_create(
        Heartbeat(process=name, started_at=at, beaten_at=at) for name in NAMES
    )
    rows = Heartbeat.objects.filter(name_contains(word, "process"))
    assert set(rows.values_list("process", flat=True)) == found
