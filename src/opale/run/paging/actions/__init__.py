"""Actions of paging: the public entry to the modules of this folder."""
