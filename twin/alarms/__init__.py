"""Alarms of a run: limits watched day by day, and what is said of them."""
