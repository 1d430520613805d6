"""Designs for programs: drawn up, checked, held for, quoted, accepted and made an order."""
