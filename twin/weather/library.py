"""Built-in weather: names, where each comes from, and how to find it among the installed packages.

Nothing is copied: the files are those that the pvlib wheel (always there) and the ``pyenergyplus-lbnl`` wheel (extra
``test``) carry; all are typical years of NREL, in the public domain in the USA.
"""

from __future__ import annotations

import difflib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from twin.errors import InputError, Problem

__all__ = ["BUILTIN", "BuiltinWeather", "builtin_path", "did_you_mean", "list_weather"]

_TMY3 = "NREL TMY3 (Wilcox and Marion 2008, NREL/TP-581-43156)"
_TMY2 = "NREL TMY2 (Marion and Urban 1995, NREL/SP-463-7668)"


@dataclass(frozen=True)
class BuiltinWeather:
    """A weather year that is found by name.

    Attributes
    ----------
    name : str
    description : str
        Place and format.
    source : str
        Who made the data.
    package : str
        Import name of the package that carries the file.
    file : str
        Path inside that package.
    """

    name: str
    description: str
    source: str
    package: str
    file: str


def _pvlib(name: str, description: str, source: str, file: str) -> BuiltinWeather:
    return BuiltinWeather(name, description, f"{source}, in the pvlib package", "pvlib", f"data/{file}")


def _energyplus(name: str, place: str, file: str) -> BuiltinWeather:
    path = f"data/weather/USA_{file}_TMY3.epw"
    source = f"{_TMY3} as EnergyPlus EPW, in the pyenergyplus-lbnl package"
    return BuiltinWeather(name, f"{place}, EPW", source, "pyenergyplus", path)


_ALL = (
    _pvlib("greensboro-tmy3", "Greensboro NC, TMY3", _TMY3, "723170TYA.CSV"),
    _pvlib("sand-point-tmy3", "Sand Point AK, TMY3", _TMY3, "703165TY.csv"),
    _pvlib("miami-tmy2", "Miami FL, TMY2", _TMY2, "12839.tm2"),
    _energyplus("phoenix-epw", "Phoenix AZ", "AZ_Phoenix-Sky.Harbor.Intl.AP.722780"),
    _energyplus("fresno-epw", "Fresno CA", "CA_Fresno.Air.Terminal.723890"),
    _energyplus("san-francisco-epw", "San Francisco CA", "CA_San.Francisco.Intl.AP.724940"),
    _energyplus("boulder-epw", "Boulder CO", "CO_Boulder-Broomfield-Jefferson.County.AP.724699"),
    _energyplus("colorado-springs-epw", "Colorado Springs CO", "CO_Colorado.Springs-Peterson.Field.724660"),
    _energyplus("denver-epw", "Denver-Aurora CO (Buckley)", "CO_Denver-Aurora-Buckley.AFB.724695"),
    _energyplus("golden-epw", "Golden CO", "CO_Golden-NREL.724666"),
    _energyplus("miami-epw", "Miami FL", "FL_Miami.Intl.AP.722020"),
    _energyplus("orlando-epw", "Orlando FL", "FL_Orlando.Intl.AP.722050"),
    _energyplus("tampa-epw", "Tampa FL", "FL_Tampa.Intl.AP.722110"),
    _energyplus("chicago-epw", "Chicago IL (O'Hare)", "IL_Chicago-OHare.Intl.AP.725300"),
    _energyplus("champaign-epw", "Champaign IL (Willard)", "IL_University.of.Illinois-Willard.AP.725315"),
    _energyplus("newark-epw", "Newark NJ", "NJ_Newark.Intl.AP.725020"),
    _energyplus("las-vegas-epw", "Las Vegas NV", "NV_Las.Vegas-McCarran.Intl.AP.723860"),
    _energyplus("oklahoma-city-epw", "Oklahoma City OK", "OK_Oklahoma.City-Will.Rogers.World.AP.723530"),
    _energyplus("sterling-epw", "Sterling VA (Washington Dulles)", "VA_Sterling-Washington.Dulles.Intl.AP.724030"),
)

#: Built-in weather by name.
BUILTIN = {entry.name: entry for entry in _ALL}

#: What to install when a package that carries weather is not there.
_INSTALL = {
    "pvlib": "reinstall it with 'pip install pvlib'",
    "pyenergyplus": "install the extra that carries it with 'pip install cooling-twin[test]' (or 'pip install "
    "pyenergyplus-lbnl'), or give the path of an EPW file",
}


def list_weather() -> list[BuiltinWeather]:
    """All built-in weather years, installed or not.

    Returns
    -------
    list of BuiltinWeather
    """
    return list(_ALL)


def did_you_mean(name: str) -> str:
    """The end of a message about an unknown built-in weather.

    Parameters
    ----------
    name : str
        What was asked for.

    Returns
    -------
    str
        The closest names, then all of them.
    """
    close = difflib.get_close_matches(name.strip().lower(), BUILTIN, n=2, cutoff=0.5)
    hint = f"did you mean {' or '.join(repr(match) for match in close)}? " if close else ""
    return f"{hint}known: {', '.join(BUILTIN)}; or give the path of an EPW, TMY3 or TMY2 file"


def builtin_path(name: str) -> Path | None:
    """File of a built-in weather, without importing the package that carries it.

    Parameters
    ----------
    name : str
        Built-in name, in any case.

    Returns
    -------
    Path or None
        None when there is no built-in weather of that name.

    Raises
    ------
    InputError
        The package that carries the file is not installed, or has lost it.
    """
    entry = BUILTIN.get(name.strip().lower())
    if entry is None:
        return None
    spec = importlib.util.find_spec(entry.package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / entry.file
        if path.is_file():
            return path
    missing = f"{entry.description} comes with the Python package {entry.package}, which "
    missing += "no longer carries it" if spec else "is not installed"
    raise InputError(name, [Problem(f"weather = {name!r}", f"{missing}; {_INSTALL[entry.package]}")])
