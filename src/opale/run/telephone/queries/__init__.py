"""Reading the telephone: the door to the modules of this folder."""
