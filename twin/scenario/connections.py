"""How components are connected: where the heat of each goes, written in the scenario or following from what there is.

An arrow leads from what gives heat to what takes it, and every path has to end outdoors. A scenario that connects
its components in the usual way needs no ``[plant.connections]``; where there is a choice (which towers cool which
water), or to leave nothing implied, it writes the arrows down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from twin.errors import InputError, Problem
from twin.scenario.hall import Hall
from twin.scenario.library import chiller_part
from twin.scenario.plant import Plant
from twin.scenario.shipped import did_you_mean

__all__ = ["OUTDOORS", "HeatPaths", "connection_problems", "heat_paths"]

OUTDOORS = "outdoors"
CHILLED, CONDENSER, FACILITY = "plant.chilled_water", "plant.condenser_water", "plant.facility_water"
_WSE, _THERMOSYPHON, _TANK, _ICE = "plant.water_economiser", "plant.thermosyphon", "plant.tank", "plant.ice"
_PANELS = "plant.sky_panels"
_EXCHANGER, _REUSE, _DOOR = "plant.facility_water.exchanger", "hall.liquid.reuse", "hall.rear_door"

#: Kind of component → kinds that may take its heat, in the order in which water passes them.
_ALLOWED: dict[str, tuple[str, ...]] = {
    "hall.crah": (CHILLED,), _DOOR: (CHILLED,), "hall.liquid.cdu": (FACILITY, CHILLED),
    CHILLED: (_REUSE, _PANELS, _THERMOSYPHON, _TANK, _ICE, _WSE, "plant.chiller"),
    FACILITY: (_REUSE, _PANELS, _THERMOSYPHON, _EXCHANGER, "plant.tower", "plant.dry_cooler"),
    _WSE: (CONDENSER,), "plant.chiller": (CONDENSER,), "plant.air_cooled_chiller": (OUTDOORS,),
    CONDENSER: ("plant.tower", "plant.dry_cooler"), _EXCHANGER: ("plant.tower", "plant.dry_cooler"),
    "plant.tower": (OUTDOORS,), "plant.dry_cooler": (OUTDOORS,), _THERMOSYPHON: (OUTDOORS,), _REUSE: (OUTDOORS,),
    _PANELS: (OUTDOORS,),
    _TANK: (CHILLED,), _ICE: (CHILLED,),
}
#: What each is, in words.
_WORDS = {
    "hall.crah": "air handlers with chilled-water coils", _DOOR: "rear doors",
    "hall.liquid.cdu": "coolant distribution units",
    CHILLED: "the chilled-water loop", CONDENSER: "the condenser-water loop", FACILITY: "the facility-water loop",
    _WSE: "the water-side economiser", "plant.chiller": "a water-cooled chiller",
    "plant.air_cooled_chiller": "an air-cooled chiller", _EXCHANGER: "the exchanger of the facility water",
    "plant.tower": "a cooling tower", "plant.dry_cooler": "a dry cooler", _THERMOSYPHON: "the thermosyphon cooler",
    _PANELS: "the sky panels", _REUSE: "the user of the heat", _TANK: "the store", _ICE: "the store",
    OUTDOORS: "outdoors",
}


@dataclass(frozen=True)
class HeatPaths:
    """The connections of a plant, as its builder needs them.

    Attributes
    ----------
    arrows : dict of str to tuple of str
        Every component that takes part → what takes its heat.
    condenser : tuple of str
        Towers and dry coolers of the chilled-water plant, by path.
    facility : tuple of str
        Towers and dry coolers of the facility water.
    cdus : dict of str to int
        Group of distribution units → water system that cools it: 0 chilled, 1 facility water.
    thermosyphon : int
        Water system that the thermosyphon precools: 0, 1, or -1 without one.
    reuse : int
        Water system that a user takes heat from, or -1.
    panels : int
        Water system that sky panels precool, or -1.
    """

    arrows: dict[str, tuple[str, ...]]
    condenser: tuple[str, ...]
    facility: tuple[str, ...]
    cdus: dict[str, int]
    thermosyphon: int
    reuse: int
    panels: int

    @property
    def chilled_used(self) -> bool:
        """Whether anything is cooled by chilled water."""
        return CHILLED in self.arrows

    @property
    def facility_used(self) -> bool:
        """Whether anything is cooled by facility water."""
        return FACILITY in self.arrows


def _components(hall: Hall, plant: Plant) -> dict[str, str]:
    """Every component that there is: path → kind."""
    found = {f"hall.crah.{name}": "hall.crah" for name in hall.crah}
    if hall.rear_door is not None:
        found[_DOOR] = _DOOR
    if hall.liquid is not None:
        found |= {f"hall.liquid.cdu.{name}": "hall.liquid.cdu" for name in hall.liquid.cdu}
        if hall.liquid.reuse is not None:
            found[_REUSE] = _REUSE
    for name, chiller in plant.chiller.items():
        found[f"plant.chiller.{name}"] = "plant.air_cooled_chiller" if _air_cooled(chiller.part) else "plant.chiller"
    found |= {f"plant.tower.{name}": "plant.tower" for name in plant.tower}
    found |= {f"plant.dry_cooler.{name}": "plant.dry_cooler" for name in plant.dry_cooler}
    single = {
        CHILLED: plant.chilled_water_pump, CONDENSER: plant.condenser_water_pump, FACILITY: plant.facility_water,
        _WSE: plant.water_economiser, _PANELS: plant.sky_panels, _THERMOSYPHON: plant.thermosyphon,
        _TANK: plant.tank, _ICE: plant.ice,
        _EXCHANGER: plant.facility_water.exchanger if plant.facility_water else None,
    }
    return found | {path: path for path, there in single.items() if there is not None}


def _air_cooled(part: str) -> bool:
    try:
        return chiller_part(part).cooling == "air"
    except InputError:  # refused elsewhere
        return False


def _implied(there: dict[str, str], plant: Plant) -> dict[str, tuple[str, ...]]:
    """Arrows of the usual arrangement, for every component that there is."""
    said = _said(plant)

    def of(kind: str) -> list[str]:
        return [path for path, its in there.items() if its == kind]

    claimed = {target for source in (CONDENSER, FACILITY, _EXCHANGER) for target in said.get(source, [])}
    rejectors = [path for path in (*of("plant.tower"), *of("plant.dry_cooler")) if path not in claimed]
    chillers = [*of("plant.chiller"), *of("plant.air_cooled_chiller")]
    warm = FACILITY in there
    condenser_needed = bool(of("plant.chiller")) or _WSE in there
    warm_rejectors = [] if condenser_needed and warm and CONDENSER not in said else rejectors
    precooler = [path for path in (_PANELS, _THERMOSYPHON) if path in there]
    arrows: dict[str, tuple[str, ...]] = {}
    for path, kind in there.items():
        if kind in ("hall.crah", _DOOR):
            arrows[path] = (CHILLED,)
        elif kind == "hall.liquid.cdu":
            arrows[path] = (FACILITY if warm else CHILLED,)
        elif kind == CHILLED:
            before = [*([] if warm else [p for p in (_REUSE,) if p in there] + precooler)]
            before += [p for p in (_TANK, _ICE, _WSE) if p in there]
            arrows[path] = (*before, *chillers)
        elif kind == FACILITY:
            last = [_EXCHANGER] if _EXCHANGER in there else warm_rejectors
            arrows[path] = (*(p for p in (_REUSE,) if p in there), *precooler, *last)
        elif kind == _EXCHANGER:
            arrows[path] = tuple(warm_rejectors)
        elif kind == CONDENSER:
            arrows[path] = tuple(rejectors)
        elif kind in (_WSE, "plant.chiller"):
            arrows[path] = (CONDENSER,)
        elif kind in (_TANK, _ICE):
            arrows[path] = (CHILLED,)
        else:
            arrows[path] = (OUTDOORS,)
    return arrows


def _said(plant: Plant) -> dict[str, list[str]]:
    """Connections as written; an empty list takes back what an extended scenario says."""
    return {source: targets for source, targets in plant.connections.items() if targets}


def _arrows(hall: Hall, plant: Plant) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Components, and arrows as written where they are, else as implied."""
    there = _components(hall, plant)
    arrows = _implied(there, plant)
    arrows |= {source: tuple(target) for source, target in _said(plant).items() if source in there}
    return there, arrows


def _reached(there: dict[str, str], arrows: dict[str, tuple[str, ...]]) -> list[str]:
    """Components that heat of the hall passes, from the loads on."""
    loads = [path for path, kind in there.items() if kind in ("hall.crah", _DOOR, "hall.liquid.cdu")]
    seen: list[str] = []
    waiting = list(loads)
    while waiting:
        path = waiting.pop(0)
        if path in seen or path == OUTDOORS:
            continue
        seen.append(path)
        waiting += arrows.get(path, ())
    return seen


def heat_paths(hall: Hall, plant: Plant) -> HeatPaths:
    """Connections of a sound scenario.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Returns
    -------
    HeatPaths
    """
    there, arrows = _arrows(hall, plant)
    used = {path: arrows.get(path, ()) for path in _reached(there, arrows)}

    def rejectors(*sources: str) -> tuple[str, ...]:
        found = [t for s in sources for t in used.get(s, ()) if there.get(t) in ("plant.tower", "plant.dry_cooler")]
        return tuple(dict.fromkeys(found))

    cdus = {}
    if hall.liquid is not None:
        cdus = {name: int(FACILITY in used.get(f"hall.liquid.cdu.{name}", ())) for name in hall.liquid.cdu}
    def system(component: str) -> int:
        return next((k for k, loop in enumerate((CHILLED, FACILITY)) if component in used.get(loop, ())), -1)

    return HeatPaths(
        used, rejectors(CONDENSER), rejectors(FACILITY, _EXCHANGER), cdus, system(_THERMOSYPHON), system(_REUSE),
        system(_PANELS),
    )


def connection_problems(hall: Hall, plant: Plant) -> Iterator[Problem]:
    """Arrows that cannot be, heat with nowhere to go, loops without a pump, and what serves nothing.

    Parameters
    ----------
    hall : Hall
    plant : Plant

    Yields
    ------
    Problem
    """
    there, arrows = _arrows(hall, plant)
    wrong = list(_wrong_arrows(there, plant))
    yield from wrong
    if wrong:
        return
    reached = _reached(there, arrows)
    broken = [*_without_pump(there, reached, hall)]
    ends = [path for path in reached if path in there and not arrows.get(path)]
    broken += [Problem(*_nowhere(path, there[path], hall)) for path in ends]
    broken += _twice(arrows, reached)
    yield from broken
    if broken:  # what a broken path leaves unused is no fault of its own
        return
    for path, kind in there.items():
        if path not in reached:
            where = f"{path}_pump" if path in (CHILLED, CONDENSER) else path
            yield Problem(where, f"serves nothing: no heat of the hall reaches {_WORDS[kind]}; {_why_not(hall)}")


def _why_not(hall: Hall) -> str:
    if (hall.iec or hall.dx) and not hall.liquid:
        units = "direct-expansion units (hall.dx)" if hall.dx else "indirect evaporative units (hall.iec)"
        return f"{units} have no water coils; leave it out"
    return "connect it in [plant.connections], or leave it out"


def _wrong_arrows(there: dict[str, str], plant: Plant) -> Iterator[Problem]:
    known = [*there, OUTDOORS]
    for source, targets in _said(plant).items():
        where = f"plant.connections.{source[:60]!r}"
        if source.startswith(("hall.dx.", "hall.iec.")):
            yield Problem(where, "gives its heat to the outdoors by itself: it has no connections; leave it out")
            continue
        if source not in there:
            hint = did_you_mean(source, known) or "there are: " + ", ".join(there)
            yield Problem(where, f"no such component; {hint} ([] takes back what an extended file says)")
            continue
        kind = there[source]
        if kind == "hall.liquid.cdu" and len(dict.fromkeys(targets)) > 1:
            yield Problem(where, "a distribution unit has one water: give facility water or chilled water, not both")
            continue
        if len(set(targets)) < len(targets):
            yield Problem(where, f"the same component twice: {', '.join(targets)}; write each once"[:300])
            continue
        last = -1
        for target in targets:
            to = there.get(target, target if target == OUTDOORS else "")
            if not to:
                fit = [path for path in known if there.get(path, path) in _ALLOWED[kind]]
                hint = did_you_mean(target, fit) or "it may give heat to: " + (", ".join(fit) or "nothing that is here")
                yield Problem(f"{where} = {target[:60]!r}", f"no such component; {hint}")
                continue
            to = "plant.chiller" if to == "plant.air_cooled_chiller" else to
            allowed = _ALLOWED[kind]
            if to not in allowed:
                may = " or ".join(dict.fromkeys(_WORDS[a] for a in allowed))
                what = f"crossed connection: {_WORDS[kind]} cannot give heat to {_WORDS[to]}; it goes to {may}"
                yield Problem(f"{where} = {target[:60]!r}", what)
            elif allowed.index(to) < last:
                passed = sorted(targets, key=lambda path: _rank(path, there, allowed))
                yield Problem(where, f"wrong order: the water passes them as {', '.join(passed)}; write them so")
            last = max(last, allowed.index(to)) if to in allowed else last


def _rank(path: str, there: dict[str, str], allowed: tuple[str, ...]) -> int:
    """Which place in the order a component has; the last where it has none."""
    kind = there.get(path, path)
    kind = "plant.chiller" if kind == "plant.air_cooled_chiller" else kind
    return allowed.index(kind) if kind in allowed else len(allowed)


def _without_pump(there: dict[str, str], reached: list[str], hall: Hall) -> Iterator[Problem]:
    """Loops that heat reaches and that no pump moves."""
    needs = _needs(hall)
    if CHILLED in reached and CHILLED not in there:
        yield Problem("plant.chilled_water_pump", f"is missing: {needs}, and no loop runs without a pump")
        if not any(kind in ("plant.chiller", "plant.air_cooled_chiller", _WSE) for kind in there.values()):
            yield Problem("plant.chiller", f"is missing: {needs}; give chillers or an economiser")
    if CONDENSER in reached and CONDENSER not in there:
        yield Problem(
            "plant.condenser_water_pump",
            f"is missing: chillers and economiser reject to condenser water ({needs}), and no loop runs without a pump",
        )
        if not any(kind in ("plant.tower", "plant.dry_cooler") for kind in there.values()):
            what = f"is missing: condenser water has nowhere to give its heat ({needs}); give towers or dry coolers"
            yield Problem("plant.tower", what)
    if FACILITY in reached and FACILITY not in there:
        what = "is missing: hall.liquid.cdu gives its heat to it; give it a pump and a setpoint"
        yield Problem("plant.facility_water", what)


def _needs(hall: Hall) -> str:
    if hall.crah:
        return "the coils of hall.crah need chilled water"
    return "rear doors need chilled water" if hall.rear_door is not None else "hall.liquid.cdu needs chilled water"


def _nowhere(path: str, kind: str, hall: Hall) -> tuple[str, str]:
    """Where to say, and what, that heat has nowhere to go."""
    if kind == CHILLED:
        what = f"is missing: {_needs(hall)} and its heat has nowhere to go; give chillers or an economiser"
        return "plant.chiller", what
    if kind == CONDENSER:
        what = f"is missing: heat of condenser water has nowhere to go ({_needs(hall)}); give towers or dry coolers"
        return "plant.tower", what
    what = f"heat has nowhere to go: {_WORDS[kind]} is connected to nothing that ends outdoors"
    if kind in (FACILITY, _EXCHANGER):
        what += '; say which towers or dry coolers cool it: [plant.connections] "' + path + '" = ["plant.tower.NAME"]'
    return path, what


def _twice(arrows: dict[str, tuple[str, ...]], reached: list[str]) -> Iterator[Problem]:
    """Towers, dry coolers, the thermosyphon and sky panels carry one water only."""
    users: dict[str, list[str]] = {}
    for source in (CHILLED, FACILITY, CONDENSER, _EXCHANGER):
        if source in reached:
            for target in arrows.get(source, ()):
                users.setdefault(target, []).append(source)
    for target, sources in users.items():
        if len(sources) > 1 and target.startswith(("plant.tower.", "plant.dry_cooler.", _THERMOSYPHON, _PANELS)):
            yield Problem(target, f"crossed connection: it cools {' and '.join(sources)} at once; give each its own")
