"""The CEL library, loaded without its command line.

The package's command line would load its terminal libraries: 240 modules that no process of Opale
uses.
"""

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402  # its command line must be taken for loaded

__all__ = ["cel"]
