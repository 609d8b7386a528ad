"""Open digital twin of a data centre's cooling."""
