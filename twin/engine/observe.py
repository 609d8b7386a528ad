"""What a policy sees of the last step, through sensors that may read wrong or be stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from twin_kernels.layout import STEP_OUT_FIELDS

from twin.channels import CHANNELS

__all__ = ["RowValues"]

_SCALED = {c.name: (c.field, c.scale) for c in CHANNELS if c.field is not None}
_ORDER = tuple(c.name for c in CHANNELS)
_NAMES = tuple(_SCALED)
_PLACES = np.array([STEP_OUT_FIELDS.index(field) for field, _ in _SCALED.values()])
_SCALES = np.array([scale for _, scale in _SCALED.values()])
_NONE: Mapping[str, float] = {}


class RowValues(dict[str, float]):
    """Channel values of one row, computed when asked for.

    Parameters
    ----------
    row : record of STEP_OUT
    jobs : tuple of float
        Jobs running and queued.
    bias : mapping
        Channel → what its sensor reads too high.
    held : mapping
        Channel → the value its sensor is stuck at.
    """

    def __init__(
        self, row: np.void, jobs: tuple[float, float], bias: Mapping[str, float] = _NONE,
        held: Mapping[str, float] = _NONE,
    ) -> None:
        super().__init__()
        self._row = row
        self._bias = bias
        self["jobs.running"], self["jobs.queued"] = jobs
        for name in bias:
            if name in self:
                self[name] += bias[name]
        if held:
            self.update(held)

    def __missing__(self, name: str) -> float:
        field, scale = _SCALED[name]
        return float(self._row[field]) * scale + self._bias.get(name, 0.0)

    def plain(self) -> dict[str, float]:
        """All channels as a plain dict that shares nothing with the twin."""
        found = self.true()
        for name, bias in self._bias.items():
            if name in found:
                found[name] += bias
        found.update(dict(self.items_stored()))
        return {name: found[name] for name in _ORDER}

    def true(self) -> dict[str, float]:
        """Channels of the row as they are, without the faults of sensors: for the engine, not for policies."""
        row = np.frombuffer(self._row.tobytes(), np.float32)
        return dict(zip(_NAMES, (row[_PLACES].astype(np.float64) * _SCALES).tolist(), strict=True))

    def items_stored(self) -> list[tuple[str, float]]:
        """What does not come from the row: jobs, and sensors that are stuck."""
        return [(name, dict.__getitem__(self, name)) for name in dict.keys(self)]

    def __iter__(self) -> Any:
        return iter(c.name for c in CHANNELS)

    def __len__(self) -> int:
        return len(CHANNELS)
