"""Chiller kernel: other programs' numbers, trends, the extension beyond the box, the Carnot bound."""

from __future__ import annotations

import numpy as np
import pytest
from twin_kernels.chiller import (
    EXTRAPOLATE,
    MIN_CAPACITY_FRAC,
    MIN_LIFT_K,
    carnot_cop,
    chiller_capacity_w,
    chiller_power_w,
)
from twin_kernels.layout import CHILLER_PARAMS

# Modelica Buildings, Fluid.Chillers.Examples.ElectricEIR (McQuay WSC 471 kW) and ElectricEIR_AirCooled (York YCAL0033):
# recorded leaving water [K], entering condenser water or air [K], part-load ratio, COP.
MCQUAY_POINTS = [
    (283.149658, 293.149994, 0.363278836, 5.59462738), (283.603577, 293.149994, 0.362003505, 5.6342845),
    (283.149994, 293.149994, 0.363277495, 5.59465218), (283.149994, 293.149994, 0.435932994, 6.06943417),
    (283.149994, 293.149994, 0.595775068, 6.63865566), (283.149994, 294.350006, 0.728719354, 6.58752966),
    (283.157471, 298.75, 0.804156125, 6.11870241), (283.486176, 303.149994, 0.998027027, 5.76665211),
    (285.003326, 303.149994, 0.731648147, 5.94299173), (288.843323, 303.149994, 0.338847727, 4.88789225),
]
# Part-load ratios above 1 are left out: there the record divides the heat at ratio 1 by the power at the higher ratio.
YCAL_POINTS = [
    (278.149994, 299.25, 0.885624766, 3.84224176), (278.149994, 299.181976, 0.896670699, 3.85070014),
    (278.149994, 299.120514, 0.907692909, 3.85836411), (278.150024, 298.954803, 0.940726101, 3.87913537),
    (278.149994, 298.898865, 0.95177263, 3.88617826), (278.15036, 298.701996, 0.985206127, 3.911134),
    (278.149994, 298.630005, 0.996463537, 3.92028999), (282.395203, 305.375427, 0.990097821, 3.49150491),
    (282.443054, 305.487549, 0.983984292, 3.48531723), (282.843048, 306.170593, 0.959145546, 3.45896435),
]


def chiller(rated_kw: float, cop: float, capft: list[float], eirft: list[float], plr: list[float]) -> np.void:
    p = np.zeros(1, CHILLER_PARAMS)[0]
    p["rated_w"], p["cop"] = rated_kw * 1e3, cop
    p["leaving_min_c"], p["leaving_max_c"] = -50.0, 80.0
    p["condenser_min_c"], p["condenser_max_c"] = -50.0, 80.0
    p["plr_min"], p["plr_unload"], p["plr_max"] = 0.1, 0.1, 1.15
    p["evaporator_lift_k"], p["condenser_lift_k"], p["carnot_max_frac"] = 2.0, 7.0, 5.0
    p["capft"], p["eirft"] = capft, eirft
    p["eirfplr"][: len(plr)] = plr
    return p


def mcquay() -> np.void:
    return chiller(
        471.2, 5.89, [0.252113, 0.01324053, -0.008637329, 0.08581056, -0.004261176, 0.008661899],
        [0.4475238, -0.0258821, -0.001459053, 0.04342595, -0.001000651, 0.001920106],
        [0.2778889, 0.2338363, 0.4883748])


def ycal() -> np.void:
    return chiller(
        100.582, 3.1, [-0.2660645697, 0.0998714035, -0.0023814154, 0.0628316481, -0.0009644649, -0.0011249224],
        [0.1807017787, 0.0271530312, -0.0004553574, 0.0188175079, 0.0002623276, -0.0012881189], [0.0, 1.0, 0.0])


def centrifugal() -> np.void:
    """The chiller of hall DH1 (EnergyPlus 25.2), read inside its box as EnergyPlus does."""
    p = chiller(
        1250.0, 6.0, [0.7446451, 0.0114858, 0.0000148, 0.0224010, -0.0006880, 0.0009839],
        [0.7728770, 0.0221010, -0.0000799, -0.0070045, 0.0004763, -0.0010612], [0.222903, 0.313387, 0.463710])
    p["leaving_min_c"], p["leaving_max_c"], p["condenser_min_c"], p["condenser_max_c"] = 5.0, 15.0, 20.0, 35.0
    p["plr_unload"], p["plr_max"] = 0.2, 1.0
    return p


def second_law() -> np.void:
    """Curve set B: constant second-law efficiency, fitted on leaving 6–24 °C and entering 12–36 °C."""
    p = chiller(
        1250.0, 6.5, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [0.4283165, -0.04907908, 0.0001672201, 0.04735289, -8.77e-17, -0.0001572817], [0.222903, 0.313387, 0.463710])
    p["leaving_min_c"], p["leaving_max_c"], p["condenser_min_c"], p["condenser_max_c"] = 6.0, 24.0, 12.0, 36.0
    p["carnot_max_frac"], p["extend"], p["plr_unload"] = 0.7, 1, 0.2
    return p


def cop_errors(p: np.void, points: list[tuple[float, float, float, float]]) -> np.ndarray:
    errors = []
    for leaving_k, entering_k, plr, cop in points:
        leaving_c, entering_c = leaving_k - 273.15, entering_k - 273.15
        load_w = plr * chiller_capacity_w(p, leaving_c, entering_c)[0]
        power_w, plr_back, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
        assert plr_back == pytest.approx(plr, rel=1e-12)
        errors.append(abs(load_w / power_w / cop - 1.0))
    return np.array(errors)


# York YT 1055 kW, set of the catalogue, far outside its box (condenser water from 12.78 °C on). Modelica Buildings,
# IntegratedPrimaryLoadSideEconomizer: recorded water leaving the towers [°C], evaporator load [kW] and power [kW].
YORK_POINTS = [(6.0007, 50.976, 8.9689), (7.2662, 82.226, 13.0403), (5.2448, 32.245, 6.6436)]


def test_extrapolated_curves_are_read_outside_their_box_and_counted() -> None:
    p = chiller(
        1055.0, 5.96, [0.1785912, -0.05900023, -0.0005946963, 0.09297889, -0.002841024, 0.004974221],
        [0.524511, -0.02850126, 0.000803472, 0.01893133, 0.0001151629, -9.340642e-5], [0.2619878, 0.2393605, 0.4988306])
    p["leaving_min_c"], p["leaving_max_c"], p["condenser_min_c"], p["condenser_max_c"] = 4.44, 8.89, 12.78, 35.0
    for extend, far in ((0, True), (EXTRAPOLATE, False)):
        p["extend"] = extend
        for entering_c, load_kw, power_kw in YORK_POINTS:
            power_w, _, outside = chiller_power_w(p, load_kw * 1e3, 8.0, entering_c)
            assert outside == 1
            assert (abs(power_w / 1e3 / power_kw - 1.0) > 1e-3) == far  # the record is given to five digits
        assert chiller_power_w(p, 500e3, 8.0, 20.0)[2] == 0


@pytest.mark.parametrize(("p", "points"), [(mcquay(), MCQUAY_POINTS), (ycal(), YCAL_POINTS)], ids=["mcquay", "ycal"])
def test_cop_of_modelica_buildings(p: np.void, points: list[tuple[float, float, float, float]]) -> None:
    errors = cop_errors(p, points)
    # single-precision records of eight digits
    assert np.median(errors) < 1e-6
    assert errors.max() < 1e-4


@pytest.mark.parametrize(
    ("evaporator_kw", "entering_c", "plr", "power_kw"),
    [(762.791, 21.0, 0.469568, 105.126), (733.399, 21.0, 0.451475, 102.144), (774.949, 25.6736, 0.473508, 108.092),
     (911.746, 23.5192, 0.557397, 121.944), (903.168, 21.0, 0.555983, 120.302)])
def test_hours_of_energyplus(evaporator_kw: float, entering_c: float, plr: float, power_kw: float) -> None:
    # EnergyPlus 25.2, hall DH1, Sterling VA, hours 1, 101, 4001, 6501, 8001: six digits where the condenser water
    # stands still, 1e-4 where an hourly mean hides its movement
    tolerance = 2e-5 if entering_c == 21.0 else 1e-4
    power_w, ours, outside = chiller_power_w(centrifugal(), evaporator_kw * 1e3, 12.0, entering_c)
    assert outside == 0
    assert power_w == pytest.approx(power_kw * 1e3, rel=tolerance)
    assert ours == pytest.approx(plr, rel=tolerance)


def test_dispatch_cap_of_energyplus() -> None:
    p = centrifugal()
    free_w, _ = chiller_capacity_w(p, 12.0, 21.0)
    assert free_w > 1.29 * p["rated_w"]  # EnergyPlus: 1.31 MW "available" from 1.0 MW rated
    p["dispatch_cap"] = 1
    assert chiller_capacity_w(p, 12.0, 21.0)[0] == p["rated_w"]
    p["plr_max"] = 1.1
    assert chiller_capacity_w(p, 12.0, 21.0)[0] == pytest.approx(1.1 * p["rated_w"])
    # the part-load ratio keeps counting from what is available before the cap
    assert chiller_power_w(p, p["rated_w"], 12.0, 21.0)[1] == pytest.approx(p["rated_w"] / free_w)


def test_no_load_no_power_and_cycling_is_proportional() -> None:
    p = centrifugal()
    assert chiller_power_w(p, 0.0, 12.0, 25.0) == (0.0, 0.0, 0)
    capacity_w, _ = chiller_capacity_w(p, 12.0, 25.0)
    low = [chiller_power_w(p, frac * capacity_w, 12.0, 25.0)[0] for frac in (0.02, 0.04, 0.08, 0.1, 0.2)]
    assert low[1] / low[0] == pytest.approx(2.0)
    assert low[2] / low[0] == pytest.approx(4.0)
    assert low[3] == pytest.approx(low[4])  # from plr_min to plr_unload the power does not fall


@pytest.mark.parametrize("plr", [0.2, 0.5, 1.0])
def test_second_law_set_never_punishes_less_lift(plr: float) -> None:
    p = second_law()
    load_w = plr * p["rated_w"]
    for entering_c in np.arange(4.0, 45.0, 1.0):
        powers = np.array([chiller_power_w(p, load_w, t, entering_c)[0] for t in np.arange(2.0, 32.0, 0.25)])
        assert (np.diff(powers) <= 1e-9 * powers[1:]).all()
    for leaving_c in np.arange(4.0, 30.0, 1.0):
        powers = np.array([chiller_power_w(p, load_w, leaving_c, t)[0] for t in np.arange(0.0, 45.0, 0.25)])
        assert (np.diff(powers) >= -1e-9 * powers[1:]).all()


def test_colder_condenser_water_than_the_least_lift_brings_nothing() -> None:
    p = second_law()
    p["carnot_max_frac"] = 5.0
    least_c = 20.0 - 2.0 - 7.0 + MIN_LIFT_K
    at_least = chiller_power_w(p, 6e5, 20.0, least_c)[0]
    assert chiller_power_w(p, 6e5, 20.0, least_c - 4.0)[0] == pytest.approx(at_least, rel=1e-12)
    assert chiller_power_w(p, 6e5, 20.0, least_c + 1.0)[0] > at_least
    p["extend"] = 0  # other programs read the curve whatever the lift
    assert chiller_power_w(p, 6e5, 20.0, least_c - 1.0)[0] < 0.9 * at_least


@pytest.mark.parametrize("p", [second_law(), centrifugal()], ids=["second law", "centrifugal"])
def test_extension_joins_the_box_without_a_step(p: np.void) -> None:
    p["extend"] = 1
    low_x, high_x = p["leaving_min_c"], p["leaving_max_c"]
    low_y, high_y = p["condenser_min_c"], p["condenser_max_c"]
    middle_x, middle_y = 0.5 * (low_x + high_x), 0.5 * (low_y + high_y)
    edges = [(low_x, middle_y, -1, 0), (high_x, middle_y, 1, 0), (middle_x, low_y, 0, -1), (middle_x, high_y, 0, 1)]
    for x, y, dx, dy in edges:
        inside = chiller_power_w(p, 6e5, x, y)
        outside = chiller_power_w(p, 6e5, x + 1e-5 * dx, y + 1e-5 * dy)
        assert (inside[2], outside[2]) == (0, 1)
        assert outside[0] == pytest.approx(inside[0], rel=1e-5)
        far = chiller_power_w(p, 6e5, x + 3.0 * dx, y + 3.0 * dy)[0]
        assert far != pytest.approx(inside[0], rel=1e-3)


def test_extension_keeps_the_second_law_efficiency_of_the_edge() -> None:
    p = second_law()
    load_w = 6e5
    beyond = [(26.0, 40.0, (24.0, 36.0)), (4.0, 30.0, (6.0, 30.0)), (10.0, 40.0, (10.0, 36.0))]
    for leaving_c, entering_c, edge in beyond:
        here = load_w / chiller_power_w(p, load_w, leaving_c, entering_c)[0] / carnot_cop(p, leaving_c, entering_c)
        there = load_w / chiller_power_w(p, load_w, *edge)[0] / carnot_cop(p, *edge)
        assert here == pytest.approx(there, rel=1e-12)


def test_clamp_instead_of_extension() -> None:
    p = second_law()
    p["extend"] = 0
    assert chiller_power_w(p, 6e5, 27.0, 40.0)[0] == chiller_power_w(p, 6e5, 24.0, 36.0)[0]
    assert chiller_power_w(p, 6e5, 27.0, 40.0)[2] == 1


def test_capacity_holds_its_edge_and_stays_positive() -> None:
    p = second_law()
    assert chiller_capacity_w(p, 40.0, 60.0) == (p["rated_w"], 1)
    poor = mcquay()  # read far outside its own box its CapFT is -1.8 at 25 / 12 °C
    assert chiller_capacity_w(poor, 25.0, 12.0)[0] == pytest.approx(MIN_CAPACITY_FRAC * poor["rated_w"])
    assert chiller_power_w(poor, 1e3, 25.0, 12.0)[0] > 0.0


@pytest.mark.parametrize("build", [second_law, centrifugal, mcquay, ycal])
def test_carnot_bound_everywhere(build: object) -> None:
    p = build()  # type: ignore[operator]
    p["carnot_max_frac"], p["extend"] = 0.65, 1
    bound_hit = 0
    for leaving_c in np.arange(0.0, 31.0, 3.0):
        for entering_c in np.arange(0.0, 51.0, 5.0):
            for plr in (0.05, 0.3, 0.6, 1.0):
                load_w = plr * chiller_capacity_w(p, leaving_c, entering_c)[0]
                power_w, _, _ = chiller_power_w(p, load_w, leaving_c, entering_c)
                share = load_w / power_w / carnot_cop(p, leaving_c, entering_c)
                assert 0.0 < share <= 0.65 * (1.0 + 1e-12)
                bound_hit += share > 0.65 * (1.0 - 1e-12)
    if build is mcquay:
        assert bound_hit > 0  # catalogue curves do beat it when left alone


def test_lift_has_a_floor() -> None:
    p = second_law()
    assert carnot_cop(p, 24.0, 10.0) == pytest.approx((24.0 - 2.0 + 273.15) / MIN_LIFT_K)
    assert carnot_cop(p, 24.0, 10.0) == carnot_cop(p, 24.0, 5.0)


def test_kernels_equal_their_py_func() -> None:
    p = second_law()
    for leaving_c, entering_c in [(12.0, 25.0), (27.0, 40.0), (3.0, 8.0)]:
        for function, arguments in [
            (chiller_capacity_w, (p, leaving_c, entering_c)), (chiller_power_w, (p, 7e5, leaving_c, entering_c))]:
            assert function(*arguments) == pytest.approx(function.py_func(*arguments), rel=1e-14)
