"""Doubt about what decides on a coating: ranges that are drawn from, and whether a range may be."""

from __future__ import annotations

from collections.abc import Sequence

from twin.errors import Problem
from twin.scenario.outdoor import Casing
from twin.scenario.schema import Scenario
from twin.study.refusals import range_problems, world_key_problem
from twin.study.uncertainty import Uncertain

__all__ = ["OUTDOORS", "SHIFT", "default_uncertain", "doubt_problems"]

#: Not a key of the scenario: what is added to the solar reflectance of every coating that is held against the baseline.
SHIFT = "coating.reflectance_shift"
#: What ``surface`` calls outdoor pipes, ducts and casings, all of them.
OUTDOORS = "outdoors"
#: Ranges that are drawn from if nothing is said. Source: reflectances of the library are known to 0.02 … 0.03 (see
#: twin/parts/coatings.toml); resistance and outside film assumed: ageing of insulation, spread of film correlations.
_SHIFT_FRAC, _RESISTANCE_FACTORS, _FILM_FACTORS = 0.02, (0.8, 1.25), (0.7, 1.4)
#: A reflectance lies in 0 … 1, so that no shift can be larger.
_SHIFT_MOST_FRAC = 1.0


def default_uncertain(scenario: Scenario, surfaces: Sequence[str]) -> list[Uncertain]:
    """Ranges of what decides about a coating: its reflectance, the insulation under it, the air over it.

    Parameters
    ----------
    scenario : Scenario
    surfaces : sequence of str
        Which are coated.

    Returns
    -------
    list of Uncertain
    """
    if tuple(surfaces) == (OUTDOORS,):
        return [Uncertain(SHIFT, -_SHIFT_FRAC, _SHIFT_FRAC), *_uncertain_outdoors(scenario)]
    envelope = scenario.envelope
    film = envelope.outside_film_w_m2k
    found = [Uncertain(SHIFT, -_SHIFT_FRAC, _SHIFT_FRAC),
             Uncertain("envelope.outside_film_w_m2k", _FILM_FACTORS[0] * film, min(_FILM_FACTORS[1] * film, 200.0))]
    for name in surfaces:
        r = (envelope.roof if name == "roof" else envelope.wall).r_m2k_w
        low, high = (factor * r for factor in _RESISTANCE_FACTORS)
        found.append(Uncertain(f"envelope.{name}.r_m2k_w", low, min(high, 100.0)))
    return found


def _uncertain_outdoors(scenario: Scenario) -> list[Uncertain]:
    """Outside film and, where it is given by thickness, conductivity of the insulation of all of them."""
    found = []
    for path, surface in scenario.plant.outdoors.items():
        low, high = (factor * surface.film_w_m2k for factor in _FILM_FACTORS)
        found.append(Uncertain(f"{path}.film_w_m2k", low, min(high, 200.0)))
        if not isinstance(surface, Casing) and surface.u_w_m2k is None:
            low, high = (factor * surface.insulation_w_mk for factor in _RESISTANCE_FACTORS)
            found.append(Uncertain(f"{path}.insulation_w_mk", low, min(high, 10.0)))
    return found


def doubt_problems(scenario: Scenario, uncertain: Sequence[Uncertain]) -> list[Problem]:
    """Ranges that cannot be drawn from: keys that worlds set, ends that a key does not take.

    Parameters
    ----------
    scenario : Scenario
    uncertain : sequence of Uncertain

    Returns
    -------
    list of Problem
    """
    found, keys = [], []
    for parameter in uncertain:
        refused = world_key_problem("--uncertain", parameter.key, (), 1, False)
        if refused is not None:
            found.append(refused)
        elif parameter.key != SHIFT:
            keys.append(parameter)
        elif max(abs(parameter.low), abs(parameter.high)) > _SHIFT_MOST_FRAC:
            where = f"--uncertain {parameter.key}={parameter.low:g}:{parameter.high:g}"
            found.append(Problem(where, "both ends must lie in -1 … 1: a reflectance lies in 0 … 1"))
    return [*found, *range_problems(keys, scenario)]
