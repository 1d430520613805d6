"""Actions of the telephone: the public entry to the modules of this folder."""
