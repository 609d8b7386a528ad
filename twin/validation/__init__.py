"""Other people's numbers beside ours: ``twin validate``."""

from twin.validation.suites import SUITES, validate

__all__ = ["SUITES", "validate"]
