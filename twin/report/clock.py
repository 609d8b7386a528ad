"""Time of a run in words and ticks. A weather year has months and days but no year."""

from __future__ import annotations

from dataclasses import dataclass

from twin.metrics.months import DAY_S, MONTH_NAMES, MonthPart, month_parts

__all__ = ["Clock"]


@dataclass(frozen=True)
class Clock:
    """Start, step and length of a run.

    Attributes
    ----------
    start_s : int
        Start, s since 1 January 00:00 of the weather year.
    step_s : int
        Physics step, s.
    steps : int
        Number of steps.
    year_h : int
        Hours of the weather year.
    """

    start_s: int
    step_s: int
    steps: int
    year_h: int = 8760

    @property
    def end_s(self) -> int:
        """End of the run, s since 1 January."""
        return self.start_s + self.steps * self.step_s

    @property
    def duration_s(self) -> int:
        """Length of the run, s."""
        return self.steps * self.step_s

    @property
    def is_year(self) -> bool:
        """Whether the run covers one whole weather year."""
        return self.duration_s == self.year_h * 3600

    def months(self) -> list[MonthPart]:
        """Months the run touches."""
        return month_parts(self.start_s, self.end_s, self.year_h)

    def date(self, time_s: float) -> str:
        """``21 Jul`` for a time, s since 1 January."""
        part = month_parts(0, int(time_s) + 1, self.year_h)[-1]
        return f"{(int(time_s) - part.start_s) // DAY_S + 1} {MONTH_NAMES[part.month % 12]}"

    def date_time(self, time_s: float) -> str:
        """``21 Jul 14:00`` for a time, s since 1 January."""
        rest = int(time_s) % DAY_S
        return f"{self.date(time_s)} {rest // 3600:02d}:{rest % 3600 // 60:02d}"

    def length(self) -> str:
        """Length in words, after *the* or *in*: ``year``, ``7 days``, ``12 hours``, ``5 minutes``."""
        if self.is_year:
            return "year"
        for unit, size_s in (("day", DAY_S), ("hour", 3600), ("minute", 60)):
            if self.duration_s >= (2 * size_s if unit == "day" else size_s):
                count = self.duration_s / size_s
                shown = f"{count:.0f}" if abs(count - round(count)) < 1e-9 else f"{count:.1f}"
                return f"{shown} {unit}{'' if shown == '1' else 's'}"
        return f"{self.duration_s} seconds"

    def over(self) -> str:
        """``Over the year``, ``Over 7 days``."""
        return "Over the year" if self.is_year else f"Over {self.length()}"

    def of(self) -> str:
        """``the year`` or ``the time``, after *% of*."""
        return "the year" if self.is_year else "the time"
