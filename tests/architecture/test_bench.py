"""What the benchmarks say in SQL is what the rooms say in Python."""

from bench import dataset, visits

from opale.run.desk.models.ticket import OPEN


def test_the_benchmarks_count_as_open_what_the_desk_does() -> None:
    said = ", ".join(f"'{state}'" for state in OPEN)
    assert f"state IN ({said})" == dataset.OPEN
    assert visits.OPEN.endswith(dataset.OPEN)
