"""Actions of the desk, gathered from one module per subject, each with all of its rules."""
