#!/bin/sh
# Makes .venv and installs the project into it; does nothing when that is already done.
#
#   sh tools/set_up.sh run     what running needs
#   sh tools/set_up.sh test    and what testing needs
#
# PYTHON=/path/to/python3.12 chooses the interpreter. The package index is whatever pip is configured to use.
set -eu

extra=$1
venv=.venv
python=$venv/bin/python
right_version='import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 13)))'

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# A finished install is known by what it was made from: the folder (an editable install points at it by its
# absolute path), the interpreter and the package metadata. When one of them changes, it is installed again.
made_from() {
    pwd
    "$python" -c 'import sys; print(sys.version)'
    cksum < pyproject.toml
}
is_stamped() { [ -f "$venv/installed-$1" ] && [ "$(cat "$venv/installed-$1")" = "$(made_from)" ]; }

version_of() { "$1" -c 'import sys; print(sys.version)' 2> /dev/null; }
suits() { command -v "$1" > /dev/null 2>&1 && "$1" -c "$right_version" 2> /dev/null; }

newest_python() {
    if [ -n "${PYTHON:-}" ]; then # somebody asked for this one: do not quietly take another
        suits "$PYTHON" || fail "PYTHON=$PYTHON does not run, or is not Python 3.11, 3.12 or 3.13."
        command -v "$PYTHON"
        return
    fi
    for name in python3.13 python3.12 python3.11 python3 python; do
        if suits "$name"; then
            command -v "$name"
            return
        fi
    done
    fail "No Python 3.11, 3.12 or 3.13 was found." "Install one, or name it: make PYTHON=/path/to/python3.12 ..."
}

# --- a virtual environment that works -------------------------------------------------------------------------

why=
if [ -e "$venv" ] || [ -L "$venv" ]; then
    if ! "$python" -c "$right_version" 2> /dev/null; then
        why="$venv does not run Python 3.11 to 3.13"
    elif ! "$python" -c 'import pip' 2> /dev/null; then
        why="$venv has no working pip"
    elif [ -n "${PYTHON:-}" ] && [ "$(version_of "$python")" != "$(version_of "$PYTHON")" ]; then
        why="$venv was made from another Python than PYTHON=$PYTHON"
    fi
fi

if [ -n "$why" ] || [ ! -e "$venv" ]; then
    base=$(newest_python) # before anything is removed: there may be none
    if [ -n "$why" ]; then
        say "$why: making it anew."
        rm -rf "$venv"
    fi
    say "Making $venv with $("$base" --version) ($base)."
    if "$base" -c 'import ensurepip, venv' 2> /dev/null; then
        "$base" -m venv "$venv"
    elif "$base" -c 'import venv' 2> /dev/null && "$base" -m pip --version > /dev/null 2>&1; then
        # Some distributions cut ensurepip out of Python; the pip of that Python can put one into the environment.
        "$base" -m venv --without-pip "$venv"
        "$base" -m pip --python "$python" install --quiet pip || {
            rm -rf "$venv"
            fail "pip could not be installed into $venv; the message above says why."
        }
    else
        fail "$base cannot make virtual environments: its modules venv or ensurepip are missing." \
            "On Debian and Ubuntu install the package that carries them (python3-venv) and repeat the command."
    fi
fi

# --- the project and what it needs ----------------------------------------------------------------------------

if is_stamped test || { [ "$extra" = run ] && is_stamped run; }; then
    exit 0
fi
if [ "$extra" = test ]; then
    what='.[test]'
else
    what='.'
fi
say "Installing the twin and what it needs to $extra (a minute or two the first time) ..."
rm -f "$venv/installed-run" "$venv/installed-test"
"$python" -m pip install --quiet --disable-pip-version-check --editable "$what" ||
    fail "The installation did not finish; the message above says why. A network (or a package cache) is needed once."
made_from > "$venv/installed-$extra"
