"""An independent judge of rosters: reads the text of an instance itself, and counts by hand."""

from itertools import groupby

Section = list[list[str]]


def sections(text: str) -> dict[str, Section]:
    """The lines of each section, split at their commas, without comments."""
    found: dict[str, Section] = {}
    lines: Section = []
    for line in text.splitlines():
        said = line.split("#")[0].strip()
        if said.startswith("SECTION_"):
            lines = found.setdefault(said.removeprefix("SECTION_"), [])
        elif said:
            lines.append([word.strip() for word in said.split(",")])
    return found


def judge(text: str, roster: dict[str, list[str]]) -> tuple[int, list[str]]:
    """The objective of a roster, and each hard rule that it breaks."""
    told = sections(text)
    return _objective(told, roster), _broken(told, roster)


def _objective(told: dict[str, Section], roster: dict[str, list[str]]) -> int:
    total = 0
    for person, day, shift, weight in told.get("SHIFT_ON_REQUESTS", []):
        if roster[person][int(day)] != shift:
            total += int(weight)
    for person, day, shift, weight in told.get("SHIFT_OFF_REQUESTS", []):
        if roster[person][int(day)] == shift:
            total += int(weight)
    for day, shift, wanted, under, over in told["COVER"]:
        there = sum(row[int(day)] == shift for row in roster.values())
        if there < int(wanted):
            total += (int(wanted) - there) * int(under)
        else:
            total += (there - int(wanted)) * int(over)
    return total


def _broken(told: dict[str, Section], roster: dict[str, list[str]]) -> list[str]:
    days = int(told["HORIZON"][0][0])
    minutes = {code: int(length) for code, length, _ in told["SHIFTS"]}
    banned = {code: banned.split("|") for code, _, banned in told["SHIFTS"]}
    away = {person: list(map(int, rest)) for person, *rest in told.get("DAYS_OFF", [])}
    broken: list[str] = []
    if sorted(roster) != sorted(line[0] for line in told["STAFF"]):
        return ["the people of the roster are not those of the file"]
    for person, most, *numbers in told["STAFF"]:
        row = roster[person]
        if len(row) != days or any(shift and shift not in minutes for shift in row):
            broken.append(f"{person}: not a shift or nothing for each day")
            continue
        limits = {"most": dict(pair.split("=") for pair in most.split("|"))}
        said = _broken_by_row(row, minutes, banned, limits["most"], [int(one) for one in numbers])
        said += [f"works on day {day}" for day in away.get(person, []) if row[day]]
        broken += [f"{person}: {one}" for one in said]
    return broken


def _broken_by_row(
    row: list[str],
    minutes: dict[str, int],
    banned: dict[str, list[str]],
    most: dict[str, str],
    numbers: list[int],
) -> list[str]:
    highest, lowest, longest, shortest, free, weekends = numbers
    said = []
    total = sum(minutes[shift] for shift in row if shift)
    if not lowest <= total <= highest:
        said.append(f"{total} minutes, not between {lowest} and {highest}")
    for shift in minutes:
        if row.count(shift) > int(most.get(shift, "0")):
            said.append(f"{row.count(shift)} times {shift}")
    for day in range(1, len(row)):
        if row[day] and row[day - 1] and row[day] in banned[row[day - 1]]:
            said.append(f"{row[day]} after {row[day - 1]} on day {day}")
    day = 0
    for works, run in groupby(row, key=bool):
        length = len(list(run))
        inside = day > 0 and day + length < len(row)
        if works and length > longest:
            said.append(f"{length} days in a run from day {day}")
        if works and inside and length < shortest:
            said.append(f"only {length} days in a run from day {day}")
        if not works and inside and length < free:
            said.append(f"only {length} days free from day {day}")
        day += length
    worked = sum(any(row[day : day + 2]) for day in range(5, len(row), 7))
    if worked > weekends:
        said.append(f"{worked} weekends")
    return said
