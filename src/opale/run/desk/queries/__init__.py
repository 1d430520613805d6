"""Reading the desk: the door to the modules of this folder."""
