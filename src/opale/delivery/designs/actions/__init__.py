"""Writing designs: drawn up, checked, held for, quoted, accepted, and made an order."""
