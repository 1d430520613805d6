"""Readers of the JSON that outside tools send."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from opale.run.events.domain.deliveries import Unreadable

MAX_LABEL_LENGTH: Final = 255
MAX_LABELS: Final = 100

_decoder = msgspec.json.Decoder()


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Errors: Unreadable."""
    try:
        whole = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise Unreadable("The body is not a JSON object.")
    return whole


def text_in(said: Mapping[str, Any], name: str) -> str:
    """Return the text in that member, or "" where it is missing or something else."""
    found = said.get(name)
    return found.strip() if isinstance(found, str) else ""


def object_in(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the object in that member, or an empty one."""
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def list_in(said: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list in that member, or an empty one."""
    found = said.get(name)
    return found if isinstance(found, list) else []


def labels_in(details: Any) -> dict[str, str]:
    """Return the short values by their names; longer ones are in `long_texts_in`."""
    if not isinstance(details, dict):
        return {}
    found = {
        name: _label(value) for name, value in details.items() if len(name) <= MAX_LABEL_LENGTH
    }
    return {name: text for name, text in [*found.items()][:MAX_LABELS] if text}


def long_texts_in(details: Any) -> list[str]:
    """Return the texts that are too long for a label, in their order."""
    if isinstance(details, str):
        return [details]
    if not isinstance(details, dict):
        return []
    return [
        text for text in details.values() if isinstance(text, str) and text and not _label(text)
    ]


def _label(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = value.strip() if isinstance(value, str) else ""
    return "" if len(text) > MAX_LABEL_LENGTH or "\n" in text else text
