"""Long arrays as PostgreSQL reads them: one text, written ten times as fast as a list is adapted.

For statements that take a thousand keys at once; the statement says the type: `%s::text[]`.
"""

from collections.abc import Iterable


def text_array(texts: Iterable[str | None]) -> str:
    return f"{{{','.join([_element(text) for text in texts])}}}"


def number_array(numbers: Iterable[int | None]) -> str:
    return f"{{{','.join(['NULL' if one is None else str(one) for one in numbers])}}}"


def _element(text: str | None) -> str:
    if text is None:
        return "NULL"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
