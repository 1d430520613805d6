"""Actions of designs: create, check, reserve, quote, accept and order."""
