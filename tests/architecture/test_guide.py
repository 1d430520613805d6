"""Every module and function that `docs/architecture.md` leads a newcomer to exists."""

import re
from importlib import import_module
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "architecture.md"
PLACE = re.compile(r"`([a-z_]+(?:/[a-z_]+)+)/?(?:\.([a-z_]+))?`")


def leads_somewhere(path: str, name: str) -> bool:
    try:
        module = import_module(f"opale.{path.replace('/', '.')}")
    except ModuleNotFoundError:
        return False
    return not name or hasattr(module, name)


def missing(text: str) -> list[str]:
    """Return the places in a text that lead nowhere, each as it is written there."""
    return [one.group() for one in PLACE.finditer(text) if not leads_somewhere(*one.groups(""))]


def test_each_place_of_the_guide_exists() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert len(PLACE.findall(text)) > 10
    assert missing(text) == []


def test_a_place_that_is_gone_is_caught() -> None:
    there = "`run/desk/actions/answers.answer_customer`"
    gone = ["`run/desk/actions/answers.answer_nobody`", "`run/gone/web`"]
    assert missing(" ".join([there, *gone])) == gone
