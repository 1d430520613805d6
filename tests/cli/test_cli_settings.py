"""Every setting that the sources read is explained."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""env\.(?:text|flag|number|words|email)\(\s*"([A-Z_]+)\"""")


def test_every_setting_is_in_the_reference() -> None:
    reference = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    source = (ROOT / "src" / "opale" / "settings.py").read_text(encoding="utf-8")
    commands = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src" / "opale" / "cli").glob("*.py")
    )
    names = set(READ.findall(source)) | set(re.findall(r"\bOPALE_[A-Z_]+\b", commands))
    assert {name for name in names if f"`{name}`" not in reference} - {"OPALE_ROOT"} == set()
