"""How stored files are named, and the lock of their removal: for what runs without Django too."""

import re
from typing import Final

STORED_KEY: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/([0-9a-f]{64})")
"""Key of a stored file (`kernel.files`), which is its name in the folder of files as well."""
STORED_LOCK: Final = 20_451_897
"""Advisory lock: shared while bytes are stored or backed up, alone while bytes are removed."""
