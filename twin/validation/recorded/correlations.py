"""York's approach and the Euler curve of fans (``correlations.toml``, ``york.csv``, ``euler.csv``)."""

from __future__ import annotations

from twin_kernels.movers import euler_efficiency_frac
from twin_kernels.york import york_polynomial_k

from twin.validation.recorded.tables import about, column
from twin.validation.rows import Reference, Row, judge

__all__ = ["rows"]

_SUITE = "components"


def rows() -> list[Row]:
    """Largest difference along each recorded sweep.

    Returns
    -------
    list of Row
    """
    return [*_york(), _euler()]


def _york() -> list[Row]:
    york = about("correlations")["york"]
    found = []
    for way in ("water", "air"):
        worst = 0.0
        for time_s, theirs in zip(column("york", "time_s"), column("york", f"along_{way}_k"), strict=True):
            ratio = york["first_ratio"] + time_s
            liquid_gas = ratio if way == "water" else 1.0 / ratio
            ours = york_polynomial_k(york["range_k"], york["wet_bulb_c"], liquid_gas)
            worst = max(worst, abs(ours - theirs))
        points = len(column("york", "time_s"))
        quantity = f"approach, a quarter … five quarters of the {way}, largest difference of {points} points [K]"
        found.append(judge(Reference(f"york.{way}", _SUITE, york["source"], quantity, 0.0, york["tolerance_k"],
                                     york["basis"]), worst))
    return found


def _euler() -> Row:
    euler = about("correlations")["euler"]
    pairs = zip(column("euler", "time_s"), column("euler", "efficiency_frac"), strict=True)
    apart = [abs(euler_efficiency_frac(euler["first_log10"] + time_s) - theirs)
             for time_s, theirs in pairs if time_s not in euler["left_out_s"]]
    left_out = len(euler["left_out_s"])
    quantity = f"efficiency over its best, largest difference of {len(apart)} points, left out by name: {left_out}"
    return judge(Reference("euler", _SUITE, euler["source"], quantity, 0.0, euler["tolerance_frac"], euler["basis"]),
                 max(apart))
