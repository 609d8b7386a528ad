"""Parts for the power chain and for fans: published figures, that a name acts, and what is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from twin_kernels.electrical import chain_loss_w
from twin_kernels.layout import FACILITY_PARAMS

from twin.errors import InputError
from twin.facility.air import crah_params
from twin.facility.plant import fill_power
from twin.scenario.presets import fan_parts, loss_parts
from twin.scenario.read import load_scenario
from twin.scenario.toml import scenario_text

LOADS = (0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize(("name", "published"), [
    ("double-conversion", (0.950, 0.963, 0.966, 0.965)),
    ("double-conversion-legacy", (0.82, 0.88, 0.905, 0.915)),
    ("eco-mode", (0.978, 0.986, 0.989, 0.990)),
])
def test_published_efficiencies(name: str, published: tuple[float, ...]) -> None:
    """To the fit's own half of a thousandth; the old machine's are given to half a percent."""
    near = 0.005 if "legacy" in name else 0.0006
    assert [loss_parts()[name].efficiency_frac(load) for load in LOADS] == pytest.approx(published, abs=near)


def test_transformer_of_the_federal_rule() -> None:
    part = loss_parts()["doe-2016-300kva"]
    assert part.efficiency_frac(0.35) == pytest.approx(0.9902, abs=5e-6)
    assert max(np.linspace(0.05, 1.0, 96), key=part.efficiency_frac) == pytest.approx(0.35, abs=0.011)


@pytest.mark.parametrize("node_w", [626.0, 1500.0, 2704.26])
def test_frontiers_rectifier_and_converter(node_w: float) -> None:
    """Stage by stage by hand: four converters behind one rectifier."""
    converter_w = (node_w + 13.0) / 0.98
    rectifier_w = (4.0 * converter_w + 17.0) / 0.96
    loss = np.array(loss_parts()["rectifier-sivoc-frontier"].loss)
    assert chain_loss_w(4.0 * node_w, 2704.26, loss, 4) == pytest.approx(rectifier_w - 4.0 * node_w, rel=1e-5)


@pytest.mark.parametrize(("name", "half"), [("cube", 0.125), ("vsd-90.1", 0.300), ("good-pressure-reset", 0.185)])
def test_fans_at_half_flow(name: str, half: float) -> None:
    part = fan_parts()[name]
    assert part.power_frac(0.5) == pytest.approx(half, abs=5e-4)
    assert part.power_frac(1.0) == pytest.approx(1.0, abs=1e-3)
    powers = [part.power_frac(flow) for flow in np.linspace(0.0, 1.0, 51)]
    assert min(powers) >= 0.0
    # a good reset has its least power at a little air; from a tenth of the flow on, more air is more power
    assert all(b > a for a, b in pairwise(powers[5:]))


def test_a_part_of_the_power_chain_acts() -> None:
    scenario = load_scenario("chilled-water-greensboro", {
        "power.ups.part": "eco-mode", "power.pdu.part": "wiring", "power.transformer.part": "doe-2016-300kva"})
    f = np.zeros(1, FACILITY_PARAMS)
    fill_power(f, scenario.power, 1000.0, 1500.0)
    assert f["ups_loss"][0].tolist() == loss_parts()["eco-mode"].loss
    assert f["pdu_loss"][0].tolist() == loss_parts()["wiring"].loss
    assert f["transformer_loss"][0].tolist() == loss_parts()["doe-2016-300kva"].loss


def test_a_rectifier_takes_the_ups_place() -> None:
    scenario = load_scenario("chilled-water-greensboro", {"power.hvdc": {"part": "rectifier-sivoc-frontier"}})
    assert scenario.power.conversion.loss == loss_parts()["rectifier-sivoc-frontier"].loss


def test_a_named_fan_curve_acts() -> None:
    scenario = load_scenario("dh1-none", {"hall.crah.main.fan_curve": "vsd-90.1"})
    p = crah_params(scenario.hall, 20.0, 1.2)
    assert p["fan_curve"][0].tolist() == fan_parts()["vsd-90.1"].curve


def test_a_written_scenario_reads_back(tmp_path: Path) -> None:
    changes = {"power.ups.part": "eco-mode", "hall.crah.north.fan_curve": "good-pressure-reset"}
    scenario = load_scenario("chilled-water-greensboro", changes)
    path = tmp_path / "again.toml"
    path.write_text(scenario_text(scenario), encoding="utf-8")
    assert load_scenario(path) == scenario


@pytest.mark.parametrize(("changes", "said"), [
    ({"power.ups.part": "eco-mode", "power.ups.loss": [0.0, 0.1, 0.0, 0.0]}, "both given"),
    ({"power.ups.part": "eco-mod"}, "did you mean 'eco-mode'"),
    ({"power.pdu.part": "eco-mode"}, "is a part for ups"),
    ({"hall.crah.north.fan_curve": "cubed"}, "did you mean 'cube'"),
    ({"hall.crah.north.fan_curve": [1.0, 0.0]}, "fan_curve"),
])
def test_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_scenario("chilled-water-greensboro", changes)
