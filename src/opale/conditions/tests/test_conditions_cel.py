"""The library of rules is loaded without its command line."""

import subprocess
import sys


def test_no_terminal_comes_with_the_language_of_rules() -> None:
    code = """
import sys
from opale.conditions.cel import cel
assert cel.evaluate("1 + 1") == 2
print(sorted({"typer", "prompt_toolkit", "rich", "pygments"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
