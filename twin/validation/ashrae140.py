"""Suite ``ashrae140``: steady HVAC BESTEST cases through the whole engine, beside the analytical solutions."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from twin.validation.rows import Reference, Row, judge, short

__all__ = ["SUITE", "case_overrides", "rows"]

SUITE = "ashrae140"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("ashrae140.toml").read_text(encoding="utf-8"))


def case_overrides(name: str) -> dict[str, object]:
    """Keys that turn the shipped scenario into a case.

    Parameters
    ----------
    name : str
        ``CE100`` … ``CE165``.

    Returns
    -------
    dict
        Key of the scenario → value.
    """
    data = _data()
    case = data["case"][name]
    return {
        "name": f"ashrae140-{name.lower()}", "site.steady.dry_bulb_c": case["outdoor_c"],
        "hall.return_air_temp_c": case["room_c"], "hall.gains.latent_kw": case["latent_w"] / 1e3,
        "hall.gains.sensible_kw": case["sensible_w"] / 1e3 - data["rack_kw"],
    }


def rows() -> list[Row]:
    """Every row of the suite: electricity and COP of each case.

    Returns
    -------
    list of Row
    """
    return [row for name in _data()["case"] for row in _case(name)]


def _case(name: str) -> list[Row]:
    data = _data()
    case = data["case"][name]
    references = []
    for key, quantity in (("energy_kwh", "electricity of the unit [kWh]"), ("cop", "zone load over electricity")):
        middle = 0.5 * sum(case[key])
        references.append(Reference(
            f"{name}.{key.removesuffix('_kwh')}", SUITE, data["source"], f"{name}: {quantity}", middle,
            data["tolerance_frac"] * middle, data["basis"]))
    try:
        from twin.simulate import run  # lazy: compiles or loads every kernel

        result = run(data["scenario"], overrides=case_overrides(name))
        electricity_kwh = sum(result.summary["energy_kwh"][use] for use in ("dx", "crah_fan"))
        envelope_kw = float(result.series["envelope.gain_kw"].mean())
        zone_kwh = ((case["sensible_w"] + case["latent_w"]) / 1e3 + envelope_kw) * data["hours"]
        return [judge(references[0], electricity_kwh), judge(references[1], zone_kwh / electricity_kwh)]
    except Exception as error:  # a run that breaks is short and says why
        return [short(reference, f"{type(error).__name__}: {error}") for reference in references]
