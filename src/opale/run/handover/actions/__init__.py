"""Actions of handovers: preparation, acceptance, passing on by the clock, signature."""
