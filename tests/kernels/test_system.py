"""A step of the whole facility: small enough to run as plain Python too, and equal to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rig import DOORS, LIQUID, Rig, iec_scenario, laid_over, small_scenario, steady_weather
from twin_kernels.layout import State

TESTS = Path(__file__).parents[1]
#: Small halls that between them take most branches of a step.
CASES: dict[str, tuple[dict[str, object], float, float]] = {
    "damp summer": ({}, 30.0, 0.7),
    "winter": ({}, -8.0, 0.4),
    "undersized": ({"plant": {"chiller": {"c": {"rated_kw": 10.0}}, "water_economiser": None}}, 32.0, 0.5),
    "outdoor air": ({"plant": {"air_economiser": {}, "water_economiser": None}}, 12.0, 0.4),
    "no mass, no volume": (
        {"hall": {"server": {"heat_capacity_kj_k_per_kw": 0.0}},
         "plant": {"chilled_water_volume_m3": 0.0, "condenser_water_volume_m3": 0.0}}, 16.0, 0.6),
}
#: The same with liquid cooling, doors and stores, enough and too little of it.
_TANK = {"plant": {"tank": {"volume_m3": 2.0, "rated_kg_s": 1.0, "charge_c": 12.0, "start_c": 13.0,
                            "charge_first_hour": 12.0, "charge_last_hour": 24.0, "discharge_first_hour": 0.0,
                            "discharge_last_hour": 12.0}}}
_COOLER = {"plant": {"thermosyphon": {"rated_kw": 20.0, "entering_c": 34.0, "dry_bulb_c": 10.0, "water_kg_s": 0.9,
                                      "air_m3_s": 3.0, "fan_kw": 0.5}}}
_REUSE = {"hall": {"liquid": {"reuse": {"demand_kw": 5.0, "delivery_c": 28.0, "return_c": 20.0}}}}
CASES |= {
    "cold plates": (laid_over(LIQUID, _REUSE), 12.0, 0.5),
    "starved plates": (laid_over(LIQUID, {"plant": {"facility_water": {"pump": {"rated_kg_s": 0.2}}}}), 30.0, 0.5),
    "immersion": (laid_over(laid_over(LIQUID, {"hall": {"liquid": {"kind": "immersion"}}}), _COOLER), 15.0, 0.5),
    "rear doors": (DOORS, 25.0, 0.6),
    "tank": (_TANK, 28.0, 0.5),
    "ice": ({"plant": {"ice": {"capacity_kwh": 50.0, "rated_kg_s": 2.0, "start_frac": 0.3, "charge_first_hour": 0.0,
                               "charge_last_hour": 12.0}, "water_economiser": None}}, 25.0, 0.5),
}
#: The same with indirect evaporative units: dry, sprayed, with trim, and with trims that condense.
CASES_IEC: dict[str, tuple[dict[str, object], float, float]] = {
    "dry plates": ({}, 8.0, 0.7),
    "sprayed plates": ({}, 26.0, 0.5),
    "sprayed and trimmed": ({"hall": {"air": {"ventilation_kg_s": 0.3}}}, 33.0, 0.7),
    "dry and trimmed": ({"hall": {"iec": {"n": {"spray": {"freeze_c": 15.0}, "modes": {"wait_s": 0.0}}}},
                         "plant": {"supply_air_temp_c": 15.0, "chilled_water_temp_c": 10.0}}, 13.0, 0.9),
}


def few_steps(name: str) -> Rig:
    """Six audited steps of a case, then two in one block."""
    changes, dry_bulb_c, damp = CASES_IEC[name] if name in CASES_IEC else CASES[name]
    weather = steady_weather(dry_bulb_c, damp, steps=6, ghi_w_m2=300.0, dhi_w_m2=100.0, dni_w_m2=250.0, sun_up=0.8)
    rig = Rig(iec_scenario(changes) if name in CASES_IEC else small_scenario(changes), weather)
    rig.run(weather, np.linspace(0.2, 0.9, 6), 60.0)
    rig.rows(weather[:2], 0.9, 60.0)
    return rig


@pytest.mark.parametrize("name", [*CASES, *CASES_IEC])
def test_a_few_steps_close(name: str) -> None:
    rig = few_steps(name)
    assert rig.f["steps"] == 8
    assert rig.worst_energy < 1e-12
    assert rig.worst_water < 1e-12


def numbers(state: State) -> np.ndarray:
    """Every number of a state but the scratch between blocks and the order of racks (equal ones fall as they may)."""
    flat = []
    for name, array in zip(State._fields, state, strict=True):
        if name in {"columns", "order"}:
            continue
        fields = [array[field] for field in array.dtype.names] if array.dtype.names else [array]
        flat += [np.ravel(field).astype(float) for field in fields]
    return np.concatenate(flat)


def test_compiled_equals_plain_python(tmp_path: Path) -> None:
    """The same steps with the JIT on here and off in another process."""
    cases = [*CASES, *CASES_IEC]
    script = (
        f"import sys; sys.path[:0] = [{str(TESTS)!r}, {str(TESTS / 'kernels')!r}]\n"
        "import numpy as np, test_system as t\n"
        f"np.savez({str(tmp_path / 'plain.npz')!r}, **{{n: t.numbers(t.few_steps(n).state) for n in {cases!r}}})\n"
    )
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=240)
    plain = np.load(tmp_path / "plain.npz")
    for name in cases:
        np.testing.assert_allclose(numbers(few_steps(name).state), plain[name], rtol=1e-9, atol=1e-9, err_msg=name)
