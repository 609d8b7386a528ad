"""[plant.air_economiser]: outdoor air through the air handlers, what locks it out, and a wet pad in its way."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from twin.scenario.base import Frac, NonNegative, Part, TempC, key

__all__ = ["LOCKOUTS", "AirEconomiser", "EvaporativePad"]

_E = "DH1 reference hall"

#: Lockouts in the order of their numbers in the kernels, from 1.
LOCKOUTS = (
    "differential_dry_bulb", "dry_bulb", "enthalpy", "differential_enthalpy", "dew_point", "dry_bulb_and_dew_point", "always",
)
#: Those that have a highest dew point also when none is given, °C.
_DEW_POINT_KINDS = ("differential_dry_bulb", "dew_point", "dry_bulb_and_dew_point")
_DEW_POINT_C = 11.0


class EvaporativePad(Part):
    """Wet pad in the outdoor air of the economiser, wet while that air is warmer than the supply setpoint, as far as max_dew_point_c lets it."""

    effectiveness_frac: float = key(
        0.85, text="(dry bulb - leaving) / (dry bulb - wet bulb)", source="assumed: 0.3 m rigid media at 2.5 m/s reach 0.88", gt=0.0, le=0.98
    )
    pump_kw: NonNegative = key(0.5, unit="kW", text="pump of all pads, while they are wet", source="assumed", le=1000.0)
    cycles: float = key(3.0, text="cycles of concentration", source="assumed: usual for pads 2 … 5", gt=1.0, le=100.0)
    freeze_wet_bulb_c: float = key(2.0, unit="°C", text="no water below this outdoor wet bulb", source="assumed: frost protection", ge=0.0, le=15.0)


class AirEconomiser(Part):
    """Outdoor air through the air handlers, and what locks it out."""

    lockout: Literal[
        "differential_dry_bulb", "dry_bulb", "enthalpy", "differential_enthalpy", "dew_point", "dry_bulb_and_dew_point", "always"
    ] = key(
        "differential_dry_bulb",
        text="locked out when outdoor air is: not colder than the return air; above max_dry_bulb_c; above max_enthalpy_kj_kg; of no lower "
        "enthalpy than the return air; above max_dew_point_c; above either; always (min_outdoor_frac only)",
        source=_E,
    )
    max_dew_point_c: TempC | None = key(
        None, unit="°C",
        text="locked out above this outdoor dew point, whatever the lockout; 11 with differential_dry_bulb, dew_point and "
        "dry_bulb_and_dew_point if left out, else none", source=_E,
    )
    min_dew_point_c: TempC | None = key(
        None, unit="°C", text="locked out below this outdoor dew point (air too dry to humidify); none if left out", source="none"
    )
    max_dry_bulb_c: TempC = key(
        24.0, unit="°C", text="lockout dry_bulb and dry_bulb_and_dew_point: locked out above", source="ASHRAE 90.1-2019, fixed dry bulb 24 °C in dry climates"
    )
    max_enthalpy_kj_kg: float = key(
        47.0, unit="kJ/kg", text="lockout enthalpy: locked out above, per kg of dry air, 0 for dry air of 0 °C",
        source="ASHRAE 90.1-2019, fixed enthalpy", ge=0.0, le=150.0,
    )
    min_outdoor_frac: Frac = key(0.0, text="lowest outdoor-air share of the supply, also when locked out", source=_E)
    integrated: bool = key(
        True, text="false: compressors or chillers run only at the lowest outdoor-air share (compressor lockout)", source="ASHRAE 90.1-2019 asks for it"
    )
    dead_band_k: float = key(
        0.0, unit="K", text="back in only this far below a limit (enthalpy: the heat of so many kelvin of dry air)", source="ideal loop", ge=0.0, le=10.0
    )
    wait_s: NonNegative = key(0.0, unit="s", text="shortest time open or locked out", source="ideal loop", le=86400.0)
    pad: EvaporativePad | None = key(None, text="wet pad in the outdoor air; none if left out")

    @property
    def dew_point_max_c(self) -> float:
        """Highest outdoor dew point in force, °C; beyond any air where there is none."""
        if self.max_dew_point_c is not None:
            return self.max_dew_point_c
        return _DEW_POINT_C if self.lockout in _DEW_POINT_KINDS else 1e9

    @model_validator(mode="after")
    def _ordered(self) -> AirEconomiser:
        if self.min_dew_point_c is not None and self.min_dew_point_c + 2.0 * self.dead_band_k >= self.dew_point_max_c:
            raise ValueError(
                f"min_dew_point_c = {self.min_dew_point_c:g} and dead bands leave no dew point below max_dew_point_c = {self.dew_point_max_c:g}"
            )
        return self
