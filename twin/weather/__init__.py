"""Climates: built-in years and EPW, TMY3 and TMY2 files, and the weather of any step of a year."""
