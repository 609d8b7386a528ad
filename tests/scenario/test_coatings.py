"""Coatings in scenarios: library, own ones, spectra, ageing, and what is refused and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from twin.errors import InputError, ScenarioError
from twin.facility.envelope import surface_params
from twin.scenario.coatings import (
    Coating,
    Weathering,
    aged_optics,
    coating_part,
    coating_parts,
    dirt_frac,
    find_coating,
)
from twin.scenario.library import part_lines
from twin.scenario.read import load_scenario
from twin.scenario.spectra import SpectrumError, read_spectrum

OWN = {
    "envelope.coatings.mine.solar_reflectance_frac": 0.9, "envelope.coatings.mine.window_emissivity_frac": 0.95,
    "envelope.coatings.mine.other_emissivity_frac": 0.3, "envelope.roof.coating": "mine",
}


def spectrum_file(folder: Path, header: str = "wavelength_um,emissivity_frac", value: float = 0.3,
                  um: np.ndarray | None = None) -> Path:
    path = folder / "film.csv"
    um = np.geomspace(0.28, 25.5, 300) if um is None else um
    path.write_text(header + "\n" + "\n".join(f"{x:.6g},{value:.6g}" for x in um), encoding="utf-8")
    return path


def refusal(overrides: dict[str, object]) -> str:
    with pytest.raises(ScenarioError) as error:
        load_scenario("dh1-none", overrides)
    return str(error.value)


def test_library_has_sources_and_bounds() -> None:
    assert len(coating_parts()) >= 15
    for part in coating_parts():
        assert part.source
        o = part.new_optics()
        assert all(0.0 <= v <= 1.0 for v in (o.absorptance_frac, o.window_frac, o.far_frac, o.other_frac))
    assert any("baso4-paint" in line for line in part_lines("coatings"))
    with pytest.raises(InputError, match="did you mean 'baso4-paint'"):
        coating_part("baso4-pain")


def test_a_coating_acts_on_the_envelope() -> None:
    scenario = load_scenario("dh1-none", OWN)
    p = surface_params(scenario.hall, scenario.envelope)
    assert p["coated"].tolist() == [1, 0, 0, 0, 0, 0]
    assert p["solar_absorptance_frac"][0] == pytest.approx(0.1)
    assert (p["window_emissivity_frac"][0], p["far_emissivity_frac"][0], p["emissivity_frac"][0]) == (0.95, 0.3, 0.3)
    bare = load_scenario("dh1-none", {"envelope.roof.coating": "bare"})
    plain = load_scenario("dh1-none")
    assert (surface_params(bare.hall, bare.envelope) == surface_params(plain.hall, plain.envelope)).all()


def test_a_shell_covers_what_it_says() -> None:
    for covers, expected in (("roof", [1, 0, 0, 0, 0, 0]), ("all", [1, 1, 1, 1, 1, 0])):
        scenario = load_scenario("dh1-none", {"envelope.shell.covers": covers, "envelope.shell.vent_w_m2k": 3.0})
        p = surface_params(scenario.hall, scenario.envelope)
        assert p["shell"].tolist() == p["coated"].tolist() == expected
        assert p["shell_vent_w_m2k"][0] == 3.0


def test_age_soils_and_washing_cleans() -> None:
    paint = coating_part("baso4-paint")
    reflectance = [aged_optics(paint, t, Weathering(site="humid")).reflectance_frac for t in (0.0, 0.5, 1.0, 3.0, 20.0)]
    assert reflectance[0] == pytest.approx(0.981)
    assert (np.diff(reflectance) < 0.0).all()
    assert reflectance[-1] == pytest.approx(0.981 - 0.35 * 0.781, abs=1e-3)  # what the class of site loses in the end
    sites = [Weathering(site="humid"), Weathering(site="temperate"), Weathering(site="dry"), Weathering(site="clean")]
    by_site = [aged_optics(paint, 3.0, each).reflectance_frac for each in sites]
    assert (np.diff(by_site) > 0.0).all()
    assert by_site[-1] == pytest.approx(0.981)
    dirty = dirt_frac(3.0, Weathering(site="humid"))
    assert dirt_frac(3.0, Weathering(site="humid", wash_every_months=6.0)) < 0.7 * dirty
    assert dirt_frac(3.0, Weathering(site="humid", rain_days_per_year=20.0)) < 0.5 * dirty
    # the more often the cleaner, whatever a month is in binary
    often = [Weathering(site="humid", wash_every_months=each) for each in (1e-6, 1.0, 2.0, 3.0, 6.0, 12.0)]
    for age in (1.0, 2.0, 3.0, 5.0):
        dirt = [dirt_frac(age, weathering) for weathering in often]
        assert dirt == sorted(dirt)
    # washed clean at the very end
    assert dirt_frac(3.0, Weathering(site="humid", wash_every_months=12.0, wash_restores_frac=1.0)) == 0.0
    sun = aged_optics(paint, 4.0, Weathering(site="clean", uv_loss_per_year=0.01)).reflectance_frac
    assert sun == pytest.approx(0.941)


def test_published_values_come_first() -> None:
    roof = coating_part("white-cool-roof")
    found = [aged_optics(roof, t, Weathering()).reflectance_frac for t in (0.0, 1.0, 2.0, 3.0, 9.0)]
    assert found == pytest.approx([0.80, 0.73, 0.715, 0.70, 0.70])
    assert aged_optics(roof, 3.0, Weathering(site="dry")).reflectance_frac > 0.70


def test_dirt_ends_selectivity() -> None:
    film = coating_part("hafnia-silica-mirror")
    new, old = (aged_optics(film, t, Weathering(site="humid")) for t in (0.0, 10.0))
    assert old.other_frac > new.other_frac + 0.2
    assert old.window_frac == new.window_frac  # below its floor already
    paint = coating_part("pmma-porous")
    assert aged_optics(paint, 2.0, Weathering(site="humid")).window_frac == pytest.approx(0.96)
    assert aged_optics(paint, 30.0, Weathering(site="humid")).window_frac == pytest.approx(0.88)


def test_grey_spectrum_gives_grey_bands(tmp_path: Path) -> None:
    assert read_spectrum(spectrum_file(tmp_path)).bands() == pytest.approx((0.7, 0.3, 0.3, 0.3))
    mirrored = spectrum_file(tmp_path, "wavelength_um,reflectance_frac", 0.9)
    assert read_spectrum(mirrored).bands() == pytest.approx((0.9, 0.1, 0.1, 0.1))


def test_selective_spectrum(tmp_path: Path) -> None:
    um = np.geomspace(0.28, 26.0, 2000)
    path = tmp_path / "film.csv"
    rows = [f"{x},{0.95 if 8.0 <= x <= 13.3 else 0.1 if x > 4.0 else 0.04}" for x in um]
    path.write_text("wavelength_um,emissivity_frac\n" + "\n".join(rows), encoding="utf-8")
    reflectance, window, far, other = read_spectrum(path).bands()
    assert reflectance == pytest.approx(0.96, abs=1e-3)
    assert window == pytest.approx(0.95, abs=0.01)
    assert (far, other) == pytest.approx((0.1, 0.1), abs=0.01)
    own = {"envelope.coatings.film.spectrum": str(path), "envelope.roof.coating": "film"}
    scenario = load_scenario("dh1-none", own)
    assert surface_params(scenario.hall, scenario.envelope)["window_emissivity_frac"][0] == pytest.approx(window)


@pytest.mark.parametrize(("header", "value", "um", "why"), [
    ("wavelength_um,emissivity_frac", 0.3, np.geomspace(280.0, 26000.0, 300), "nanometres"),
    ("wavelength_nm,emissivity_frac", 0.3, None, "must be in micrometres"),
    ("wavelength_um,emissivity_frac", 93.0, None, "percent"),
    ("wavelength_um,emissivity_frac", 1.02, None, "must lie in 0 … 1"),
    ("wavelength_um,emissivity_frac", -0.1, None, "must lie in 0 … 1"),
    ("um,e", 0.3, None, "the first line must be"),
    ("wavelength_um,emissivity_frac", 0.3, np.geomspace(4.0, 25.0, 200), "it must cover 0.3 … 2.5"),
    ("wavelength_um,emissivity_frac", 0.3, np.geomspace(0.28, 14.0, 200), "it must cover"),
    ("wavelength_um,emissivity_frac", 0.3, np.geomspace(25.0, 0.28, 200), "must rise"),
    ("wavelength_um,emissivity_frac", 0.3,
     np.concatenate([np.geomspace(0.28, 9.0, 200), np.geomspace(11.5, 25.0, 100)]), "gap from 9 to 11.5"),
])
def test_bad_spectra_are_refused(tmp_path: Path, header: str, value: float, um: np.ndarray | None, why: str) -> None:
    path = spectrum_file(tmp_path, header, value, um)
    with pytest.raises(SpectrumError, match=why):
        read_spectrum(path)
    text = refusal({"envelope.coatings.film.spectrum": str(path), "envelope.roof.coating": "film"})
    assert "envelope.coatings.film.spectrum" in text
    assert why in text


def test_missing_and_odd_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpectrumError, match="cannot be read"):
        read_spectrum(tmp_path / "absent.csv")
    odd = tmp_path / "odd.csv"
    odd.write_text("wavelength_um,emissivity_frac\n0.3,x\n0.4,0.5\n", encoding="utf-8")
    with pytest.raises(SpectrumError, match=r"the line '0\.3,x' holds something that is not a number"):
        read_spectrum(odd)
    for ragged in ("0.3,0.5\n0.4,0.5,0.6\n", "0.3,0.5\n0.4\n"):
        odd.write_text("wavelength_um,emissivity_frac\n" + ragged, encoding="utf-8")
        with pytest.raises(SpectrumError, match="does not hold two numbers: every line must"):
            read_spectrum(odd)
    with pytest.raises(SpectrumError, match="is a folder, not a CSV file"):
        read_spectrum(tmp_path)
    for nothing in ("", " "):
        told = refusal({"envelope.coatings.film.spectrum": nothing, "envelope.roof.coating": "film"})
        assert "envelope.coatings.film.spectrum" in told
        assert "is empty: name a CSV file" in told


def test_bad_coatings_are_refused() -> None:
    above = refusal({**OWN, "envelope.coatings.mine.solar_reflectance_frac": 1.05})
    assert "envelope.coatings.mine.solar_reflectance_frac" in above
    assert "0 … 1" in above
    bandless = refusal({"envelope.coatings.mine.solar_reflectance_frac": 0.9,
                        "envelope.coatings.mine.emissivity_frac": 0.95, "envelope.roof.coating": "mine"})
    assert "names no band" in bandless
    half = refusal({"envelope.coatings.mine.solar_reflectance_frac": 0.9,
                    "envelope.coatings.mine.window_emissivity_frac": 0.95, "envelope.roof.coating": "mine"})
    assert "other_emissivity_frac" in half
    both = refusal({**OWN, "envelope.coatings.mine.spectrum": "film.csv"})
    assert "both given" in both
    assert "no such coating" in refusal({"envelope.roof.coating": "nanox"})
    assert "has no coating to act on" in refusal({"envelope.roof.coating_age_years": 3.0})


def test_own_coating_hides_the_librarys() -> None:
    own = Coating(solar_reflectance_frac=0.5, window_emissivity_frac=0.5, other_emissivity_frac=0.5)
    assert find_coating("baso4-paint", {"baso4-paint": own}) is own
    assert find_coating("baso4-paint", {}).solar_reflectance_frac == 0.981
