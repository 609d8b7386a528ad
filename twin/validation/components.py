"""Suite ``components``: single machines, beside recorded runs and computed output of other programs."""

from __future__ import annotations

from twin.validation.lazily import rows_of
from twin.validation.rows import Row

__all__ = ["MODULES", "SUITE", "rows"]

SUITE = "components"

#: Where the rows come from, in the order they are shown: modules with a function ``rows()``, or what an absent one
#: would have compared. A further machine is a module with ``rows()`` and a line here.
MODULES: dict[str, str] = {
    "twin.validation.recorded.chillers": "three chillers beside Modelica Buildings",
    "twin.validation.recorded.correlations": "York's and Euler's curves beside Modelica Buildings",
    "twin.validation.recorded.exchangers": "heat exchangers beside Modelica Buildings",
    "twin.validation.recorded.controls": "control logic beside Modelica Buildings",
    "twin.validation.merkel": "a Merkel tower beside EnergyPlus",
}


def rows() -> list[Row]:
    """Every row of the suite.

    Returns
    -------
    list of Row
    """
    return [row for module, title in MODULES.items() for row in rows_of(module, SUITE, title)]
