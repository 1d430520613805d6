"""Writing orders: received, moved, changed in flight, cancelled with nothing left behind."""
