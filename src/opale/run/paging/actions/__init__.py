"""Writing in paging: the door to the modules of this folder."""
