"""The answer in one sentence, and five numbers."""

from __future__ import annotations

from dataclasses import dataclass

from twin.report.data import FREE_MODES, ReportData
from twin.report.wording import energy_text, hours_text, mass_text, number_text, share_text, water_text

__all__ = ["Tile", "answer", "five_numbers"]

_LEAST_REST = 0.01


@dataclass(frozen=True)
class Tile:
    """One of the five numbers: what it is, the number, and one line beside it."""

    label: str
    value: str
    aside: str


def _cooling_words(data: ReportData) -> str:
    """How much of the time no compressor ran; nothing for a plant that cannot do without."""
    if "free_heat_frac" in data.metrics:
        return f"{share_text(min(data.metrics['free_heat_frac'], 1.0))} of the heat left without compressors"
    if not data.has_free_cooling or not data.has_compressors:
        return ""
    free = float(data.mode_fracs[list(FREE_MODES)].sum())
    if free < _LEAST_REST:  # a minute without power is no free cooling
        return f"the {data.compressors} {'hardly' if free > 0.0 else 'never'} rested"
    air = "outdoor air and spray water alone" if float(data.summary["water_l"]) > 0.0 else "outdoor air alone"
    how = air if data.is_evaporative else "free cooling"
    return f"{how} carried {share_text(free)} of {data.clock.of()}"


def _inlet_words(data: ReportData) -> str:
    over = data.metrics.get("inlet_over_recommended_h", 0.0)
    limit = data.limits["recommended_max_c"]
    if over <= 0.0:
        return f"no rack drew air above {limit:g} °C"
    return f"the hottest rack drew air above {limit:g} °C for {hours_text(over)}"


def answer(data: ReportData) -> str:
    """What came out, in one sentence."""
    energy, metrics = data.energy_kwh, data.metrics
    used = f"{data.clock.over()} the facility used {energy_text(energy['total'])}"
    if "pue" not in metrics:
        return f"{used}, with no IT energy to compare it with."
    parts = [part for part in (_cooling_words(data), _inlet_words(data)) if part]
    return f"{used} for {energy_text(energy['it'])} of IT, a PUE of {metrics['pue']:.3f}; {' and '.join(parts)}."


def five_numbers(data: ReportData) -> list[Tile]:
    """PUE, cooling energy, water, peak, and cost with carbon."""
    metrics, it_kwh = data.metrics, data.energy_kwh["it"]
    tiles = []
    if "pue" in metrics:
        interim = "" if data.clock.is_year else "interim, "
        aside = f"TUE {metrics['tue']:.3f}" if "tue" in metrics else "IT metered at PDU output"
        aside = f"ERE {metrics['ere']:.3f}" if metrics.get("erf", 0.0) > 0.0 else aside
        tiles.append(Tile("PUE", f"{metrics['pue']:.3f}", f"{interim}category 2; {aside}"))
    cooling = metrics["cooling_energy_kwh"]
    beside = f"{share_text(cooling / it_kwh)} of IT energy" if it_kwh > 0.0 else ""
    tiles.append(Tile("Cooling energy", energy_text(cooling), beside))
    wue = f"{metrics['wue_l_per_kwh']:.2f} L per kWh of IT" if "wue_l_per_kwh" in metrics else ""
    tiles.append(Tile("Water", water_text(float(data.summary["water_l"])), wue))
    if "peak_facility_kw" in metrics:
        tiles.append(Tile("Peak demand", f"{number_text(metrics['peak_facility_kw'])} kW", "highest 15 minutes"))
    if metrics.get("cost", 0.0) > 0.0:
        tiles.append(Tile(f"Cost [{data.currency}]" if data.currency else "Cost", number_text(metrics["cost"]),
                          f"{mass_text(metrics['carbon_kg'])} of CO₂ from the grid"))
    else:
        tiles.append(Tile("Carbon", mass_text(metrics["carbon_kg"]), "CO₂ from the grid"))
    return tiles
