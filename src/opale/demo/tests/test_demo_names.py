"""Names and numbers of people who do not exist."""

from random import Random

from opale.demo.names import telephone, unused_number


def test_as_long_as_there_are_numbers_no_two_people_have_one() -> None:
    rng, taken = Random(1), set[str]()
    numbers = [unused_number(telephone(rng, "GB"), taken) for _ in range(700)]
    assert len(set(numbers)) == len(numbers) == len(taken)


def test_what_was_drawn_is_kept_where_nobody_has_it_and_where_all_are_taken() -> None:
    taken: set[str] = set()
    assert unused_number("+44 7700 900199", taken) == "+44 7700 900199"
    assert unused_number("+44 7700 900199", taken) == "+44 7700 900100"
    taken |= {f"+44 7700 9001{last:02d}" for last in range(100)}
    assert unused_number("+44 7700 900199", taken) == "+44 7700 900199"
