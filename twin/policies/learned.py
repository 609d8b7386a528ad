"""Saved weights as a policy: a small network from normed observations to setpoints, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.channels import CHANNELS
from twin.errors import InputError, Problem
from twin.policies.check import BOUNDS
from twin.policies.contract import Observation, Rollout, Setpoints

__all__ = ["Learned", "read_weights"]

Array = NDArray[np.float64]
_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0.0)}
_NEEDED = ("channels", "setpoints", "mean", "scale", "low", "high", "w0", "b0")


class Learned:
    """``h_0 = (x - mean) / scale``, ``h_{i+1} = f(W_i h_i + b_i)``, ``u = low + (high - low) (1 + tanh h_n) / 2``.

    The last layer has no ``f``.

    Parameters
    ----------
    channels : tuple of str
        Inputs.
    setpoints : tuple of str
        Outputs.
    norms : tuple of ndarray
        Mean and scale of the inputs, lowest and highest of the outputs.
    layers : list of tuple of ndarray
        Weights and biases; one layer: a linear policy.
    activation : str
        tanh or relu.
    """

    def __init__(
        self, channels: tuple[str, ...], setpoints: tuple[str, ...], norms: tuple[Array, Array, Array, Array],
        layers: list[tuple[Array, Array]], activation: str = "tanh",
    ) -> None:
        self.channels, self.setpoints = channels, setpoints
        self._mean, self._scale, self._low, self._high = norms
        self._layers, self._f = layers, _ACTIVATIONS[activation]

    def reset(self, seed: int, rollout: Rollout | None = None) -> None:
        """Nothing to forget: the weights stay."""

    def decide(self, observation: Observation) -> Setpoints:
        """The network's answer."""
        h = (np.array([observation[name] for name in self.channels]) - self._mean) / self._scale
        for i, (weights, bias) in enumerate(self._layers):
            h = weights @ h + bias
            if i < len(self._layers) - 1:
                h = self._f(h)
        u = self._low + (self._high - self._low) * 0.5 * (1.0 + np.tanh(h))
        return Setpoints(**dict(zip(self.setpoints, u.tolist(), strict=True)))

    def snapshot(self) -> Any:
        """No memory."""
        return None

    def restore(self, saved: Any) -> None:
        """No memory."""


def read_weights(path: Path) -> Learned:
    """A policy from a file of weights.

    Parameters
    ----------
    path : Path
        ``.npz`` with ``channels``, ``setpoints`` (texts), ``mean``, ``scale`` (inputs), ``low``, ``high`` (outputs),
        ``w0``, ``b0``, ``w1``, ``b1`` … and, if not tanh, ``activation``.

    Returns
    -------
    Learned

    Raises
    ------
    InputError
        With every problem of the file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = dict(file)
    except (OSError, ValueError, EOFError) as error:
        what = f"cannot be read ({str(error).splitlines()[0]}); give an .npz file"
        raise InputError(str(path), [Problem("weights", what)]) from error
    missing = [name for name in _NEEDED if name not in found]
    if missing:
        raise InputError(str(path), [Problem(name, "is missing from the file of weights") for name in missing])
    channels, setpoints = (tuple(str(v) for v in np.atleast_1d(found[name])) for name in ("channels", "setpoints"))
    norms = tuple(np.atleast_1d(found[name]).astype(np.float64) for name in ("mean", "scale", "low", "high"))
    count = sum(1 for name in found if name.startswith("w") and name[1:].isdigit())
    pairs = [(found.get(f"w{i}", np.zeros(0)), found.get(f"b{i}", np.zeros(0))) for i in range(count)]
    layers = [(weights.astype(np.float64), bias.astype(np.float64)) for weights, bias in pairs]
    activation = str(found.get("activation", "tanh"))
    problems = _wrong(channels, setpoints, norms, layers)
    if activation not in _ACTIVATIONS:
        problems.append(Problem(f"activation = {activation[:40]}", f"must be one of {', '.join(_ACTIVATIONS)}"))
    if problems:
        raise InputError(str(path), problems)
    return Learned(channels, setpoints, (norms[0], norms[1], norms[2], norms[3]), layers, activation)


def _wrong(
    channels: tuple[str, ...], setpoints: tuple[str, ...], norms: tuple[Array, ...], layers: list[tuple[Array, Array]]
) -> list[Problem]:
    known = {c.name for c in CHANNELS}
    problems = [Problem(f"channels: {name[:60]}", "there is no such channel") for name in channels if name not in known]
    one_of = f"must be one of {', '.join(BOUNDS)}"
    problems += [Problem(f"setpoints: {name[:60]}", one_of) for name in setpoints if name not in BOUNDS]
    sizes = (len(channels), len(channels), len(setpoints), len(setpoints))
    for name, values, size in zip(("mean", "scale", "low", "high"), norms, sizes, strict=True):
        if values.shape != (size,) or not np.isfinite(values).all() or (name == "scale" and (values <= 0.0).any()):
            problems.append(Problem(name, f"must be {size} finite numbers{', above zero' if name == 'scale' else ''}"))
    for i, name in enumerate(setpoints):
        low, high = BOUNDS.get(name, (-np.inf, np.inf))
        if norms[2].shape == norms[3].shape == (len(setpoints),) and not low <= norms[2][i] <= norms[3][i] <= high:
            problems.append(Problem(f"low, high of {name}", f"must be ordered and lie in {low:g} … {high:g}"))
    width = len(channels)
    for i, (weights, bias) in enumerate(layers):
        if weights.ndim != 2 or weights.shape[1] != width or bias.shape != (weights.shape[0],):
            what = f"shapes {weights.shape} and {bias.shape} do not take {width} inputs"
            problems.append(Problem(f"w{i}, b{i}", what))
            return problems
        if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
            problems.append(Problem(f"w{i}, b{i}", "must be finite"))
        width = weights.shape[0]
    if width != len(setpoints):
        problems.append(Problem("last layer", f"gives {width} numbers for {len(setpoints)} setpoints"))
    return problems
