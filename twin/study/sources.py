"""Where a policy of a study comes from: a name of the library, a class in a file, or an object."""

from __future__ import annotations

import copy
import difflib
import hashlib
import pickle
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin.errors import Problem
from twin.policies.contract import Policy
from twin.policies.loader import files_of, import_file
from twin.scenario.policy_choice import PolicyChoice

__all__ = ["PolicySource", "library_names", "policy_problem", "policy_source", "told_apart"]

_METHODS = ("reset", "decide", "snapshot", "restore")


@dataclass(frozen=True)
class PolicySource:
    """One policy of a study, in a form that another process can make anew.

    Attributes
    ----------
    label : str
        What it is called in tables.
    name : str
        Of the library; empty for the user's own.
    file, attribute : str
        Where the user's class or function without arguments stands.
    instance : Policy or None
        The user's object; every run gets a copy of it.
    """

    label: str
    name: str = ""
    file: str = ""
    attribute: str = ""
    instance: Any = None

    @property
    def is_own(self) -> bool:
        """Whether it is the user's code: it is watched while it decides."""
        return not self.name

    def make(self) -> Policy:
        """A fresh policy of the user's.

        Returns
        -------
        Policy
        """
        if self.instance is not None:
            return copy.deepcopy(self.instance)  # type: ignore[no-any-return]
        return _factory(self.file, self.attribute)()  # type: ignore[no-any-return]

    def identity(self) -> str:
        """Text that changes when the policy does: the name, the content of the file and its helpers, or the object's.

        Returns
        -------
        str
        """
        if self.name:
            return self.name
        if self.instance is not None:
            kind = type(self.instance)
            try:
                content = hashlib.sha256(pickle.dumps(self.instance)).hexdigest()
            except Exception:  # the user's object: it may refuse in any way
                content = "not stored"
            return f"{kind.__module__}.{kind.__qualname__} {content}"
        digest = hashlib.sha256()
        for path in files_of(Path(self.file)):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return f"{self.attribute} {digest.hexdigest()}"

    @property
    def travels(self) -> bool:
        """Whether another process can have it: an object of a class that was typed in cannot."""
        if self.instance is None:
            return True
        if type(self.instance).__module__ == "__main__":
            return False
        try:
            pickle.dumps(self.instance)
        except Exception:  # as above
            return False
        return True


def library_names() -> tuple[str, ...]:
    """Names that ``policy.name`` of a scenario takes.

    Returns
    -------
    tuple of str
    """
    return tuple(typing.get_args(PolicyChoice.model_fields["name"].annotation))


class _AbsentError(Exception):
    """A file lacks the class that was named."""


def _factory(file: str, attribute: str) -> Callable[[], Any]:
    """The class or function of a file, which is run anew: no run finds what another has left in its module."""
    module = import_file(Path(file))
    if not hasattr(module, attribute):
        raise _AbsentError
    found: Callable[[], Any] = getattr(module, attribute)
    return found


def policy_source(given: Any) -> PolicySource | Problem:
    """Read one policy of a study, and try to make it.

    Parameters
    ----------
    given : str, Policy or PolicySource
        A name of the library, ``file.py:Class``, or an object.

    Returns
    -------
    PolicySource or Problem
        What is wrong, in one sentence.
    """
    if isinstance(given, PolicySource):
        return given
    if not isinstance(given, str):
        what = policy_problem(given)
        return Problem(f"policy {given!r}"[:80], what) if what else PolicySource(type(given).__name__, instance=given)
    file, colon, attribute = given.rpartition(":")
    if colon and file.endswith(".py"):
        return _from_file(given, file, attribute)
    if given in library_names():
        return PolicySource(given, name=given)
    close = difflib.get_close_matches(given, library_names(), n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    known = ", ".join(library_names())
    return Problem(f"--policy {given}", f"{hint}known: {known}; your own is given as my_policy.py:MyPolicy")


def _from_file(given: str, file: str, attribute: str) -> PolicySource | Problem:
    where = f"--policy {given}"
    if not Path(file).is_file():
        return Problem(where, f"no such file as {file}")
    try:
        made = _factory(file, attribute)
    except _AbsentError:
        return Problem(where, f"{file} has nothing called {attribute}; name a class in it, {file}:MyPolicy")
    except (Exception, SystemExit) as error:  # the user's code
        return Problem(where, f"{file} cannot be read: {type(error).__name__}: {error}")
    try:
        policy = made()
    except (Exception, SystemExit) as error:  # the user's code
        return Problem(where, f"{attribute}() cannot be made: {type(error).__name__}: {error}")
    what = policy_problem(policy)
    if what:
        return Problem(where, what)
    return PolicySource(attribute, file=str(Path(file).resolve()), attribute=attribute)


def told_apart(sources: Iterable[PolicySource]) -> list[PolicySource]:
    """Sources in which classes of the same name from several files go by their files: ``second.py:Mine``.

    Parameters
    ----------
    sources : iterable of PolicySource

    Returns
    -------
    list of PolicySource
        In the same order; folders are named as far as it takes.
    """
    given = list(sources)
    found = []
    for source in given:
        others = {other.file for other in given if other.label == source.label and other.file} - {source.file}
        parts = Path(source.file).parts
        names = ("/".join(parts[-count:]) for count in range(1, len(parts) + 1))
        own = next((name for name in names if not any(Path(o).match(name) for o in others)), source.file)
        found.append(replace(source, label=f"{own}:{source.attribute}") if source.file and others else source)
    return found


def policy_problem(policy: Any) -> str:
    """Why an object is no policy; empty if it looks like one.

    Parameters
    ----------
    policy : object

    Returns
    -------
    str
    """
    if isinstance(policy, type):
        return f"is a class; give an object: {policy.__name__}()"
    missing = [f"{name}()" for name in _METHODS if not callable(getattr(policy, name, None))]
    return f"{type(policy).__name__} lacks {', '.join(missing)}; a policy has all four of them" if missing else ""
