"""Trees and CEL: what is built is read back, and means what the tree says."""

import pytest
from hypothesis import given

from opale.conditions.compiled import compile_condition
from opale.conditions.reading import read_condition
from opale.conditions.tests.conditions_of_tests import FACTS, SAMPLE, TREES, fits
from opale.conditions.tokens import MAX_LENGTH
from opale.conditions.trees import Group, normalised
from opale.conditions.words import condition_in_words
from opale.conditions.writing import write_condition


@given(TREES)
def test_what_is_built_is_read_back(tree: Group) -> None:
    source = write_condition(tree, SAMPLE)
    assert read_condition(source, SAMPLE) == normalised(tree)
    assert normalised(normalised(tree)) == normalised(tree)
    assert condition_in_words(source, SAMPLE)


@given(TREES, FACTS)
def test_cel_means_what_the_tree_says(tree: Group, facts: dict[str, object]) -> None:
    source = write_condition(tree, SAMPLE)
    if len(source) > MAX_LENGTH:
        return
    expected = fits(tree, facts) is True
    assert compile_condition(source, SAMPLE).fits(facts) is expected
    assert (fits(normalised(tree), facts) is True) is expected


@pytest.mark.parametrize(
    ("written", "built"),
    [
        ("hour>=20||hour<8", "hour >= 20 || hour < 8"),
        ("(title) == 'x'", 'title == "x"'),
        ("8 > hour", "hour < 8"),
        ("vip && !vip", "vip == true && vip == false"),
        ("labels['host'] == 'a'", 'labels.host == "a"'),
        ("has(labels.host)", '"host" in labels'),
        ('!(title == "x" || vip)', '!(title == "x" || vip == true)'),
        ('lasts > duration("90m")', 'lasts > duration("90m")'),
        ("count != null && count > 3", "(count != null && count > 3)"),
        ("grade in [minor, critical]", "grade in [minor, critical]"),
    ],
)
def test_what_is_written_by_hand_opens_as_rows(written: str, built: str) -> None:
    tree = read_condition(written, SAMPLE)
    assert tree is not None
    assert write_condition(tree, SAMPLE) == built


@pytest.mark.parametrize(
    "written",
    [
        "true",
        "hour == count",
        "hour > 3 // late",
        "vip ? hour > 3 : hour < 3",
        "title.size() > 3",
        'labels.exists(k, labels[k] == "x")',
        "count > 3",  # without asking whether there is a count
        'title.lower() == "x"',
        "unknown == 3",
        "title == ",
        "!paid",
    ],
)
def test_what_rows_cannot_say_stays_code(written: str) -> None:
    assert read_condition(written, SAMPLE) is None
