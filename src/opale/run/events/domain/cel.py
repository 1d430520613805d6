"""CEL as a library alone.

The package brings a command line of its own, and with it whatever draws on terminals: 240 modules
that no process of Opale uses.
"""

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402  # its command line must be taken for loaded

__all__ = ["cel"]
