"""Rows of modules by name: a part of the suites that is not there is a row that was not run, never a crash."""

from __future__ import annotations

import importlib
import importlib.util

from twin.validation.rows import Reference, Row, not_run, short

__all__ = ["rows_of"]


def rows_of(module: str, suite: str, title: str) -> list[Row]:
    """Rows of one module.

    Parameters
    ----------
    module : str
        Dotted name of a module with a function ``rows()``.
    suite : str
        Suite that the rows belong to, should the module give none.
    title : str
        What it compares, for the row that stands in for an absent or broken module.

    Returns
    -------
    list of Row
        The module's rows; one row "not run" if there is no such module, one row "short" if it breaks.
    """
    name = module.rsplit(".", 1)[-1]
    stand_in = Reference(f"{name}.module", suite, "this program", title, 0.0, 0.0, "must run")
    if importlib.util.find_spec(module) is None:
        return [not_run(stand_in, f"{module} is not part of this version")]
    try:
        found: list[Row] = importlib.import_module(module).rows()
    except Exception as error:  # what breaks is short and says why; it never hides the others
        return [short(stand_in, f"{type(error).__name__}: {error}")]
    return found
