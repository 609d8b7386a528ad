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

newest_python() {
    for name in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" > /dev/null 2>&1 && "$name" -c "$right_version" 2> /dev/null; then
            command -v "$name"
            return
        fi
        if [ -n "${PYTHON:-}" ] && [ "$name" = "$PYTHON" ]; then
            return # somebody asked for this one: do not quietly take another
        fi
    done
}

# --- a virtual environment that works -------------------------------------------------------------------------

if [ -e "$venv" ] || [ -L "$venv" ]; then
    if ! "$python" -c "$right_version" 2> /dev/null; then
        say "$venv does not run Python 3.11 to 3.13: making it anew."
        rm -rf "$venv"
    elif ! "$python" -c 'import pip' 2> /dev/null; then
        say "$venv has no working pip: making it anew."
        rm -rf "$venv"
    elif [ -n "${PYTHON:-}" ] && [ "$("$python" -c 'import sys; print(sys.version)')" != "$("$PYTHON" -c 'import sys; print(sys.version)' 2> /dev/null)" ]; then
        say "$venv was made from another Python than PYTHON=$PYTHON: making it anew."
        rm -rf "$venv"
    fi
fi

if [ ! -e "$venv" ]; then
    base=$(newest_python)
    if [ -z "$base" ]; then
        fail "${PYTHON:+PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13. }No usable Python was found." \
            "Install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=/path/to/python3.12 ..."
    fi
    say "Making $venv with $("$base" --version) ($base)."
    if "$base" -c 'import ensurepip, venv' 2> /dev/null; then
        "$base" -m venv "$venv"
    elif "$base" -c 'import venv' 2> /dev/null && "$base" -m pip --version > /dev/null 2>&1; then
        # Some distributions cut ensurepip out of Python; the pip of that Python can put one into the environment.
        "$base" -m venv --without-pip "$venv"
        "$base" -m pip --python "$python" install --quiet pip || { rm -rf "$venv"; fail "pip could not be installed into $venv."; }
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
