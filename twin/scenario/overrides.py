"""Keys that are changed from outside, in the two forms in which they may be given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from twin.errors import InputError, Problem

__all__ = ["Overrides", "with_extras"]

Overrides = Mapping[str, object] | Sequence[str]


def with_extras(overrides: Overrides, weather: object, seed: object) -> Overrides:
    """Overrides with weather and seed among them, in the form they came in.

    Parameters
    ----------
    overrides : mapping or sequence of str
    weather, seed : object
        None: as the scenario has it.

    Returns
    -------
    mapping or list of str

    Raises
    ------
    InputError
        If the overrides are neither.
    """
    if not isinstance(overrides, (Mapping, Sequence)):
        what = "must be a mapping of keys to values, or a list of texts 'key=value'"
        raise InputError("twin run", [Problem(f"overrides = {overrides!r}"[:80], what)])
    given = {"site.weather": None if weather is None else str(weather), "run.seed": seed}
    extra = {path: value for path, value in given.items() if value is not None}
    if isinstance(overrides, Mapping):
        return {**overrides, **extra}
    texts = [overrides] if isinstance(overrides, str) else [str(text) for text in overrides]
    return texts + [f"{path}={json.dumps(value, ensure_ascii=False, default=str)}" for path, value in extra.items()]
