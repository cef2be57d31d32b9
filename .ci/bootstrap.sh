# Sourced by ./clausewatch and ./test. `bootstrap STAMP EXTRA` leaves a .venv that holds the project with that extra.
# shellcheck shell=bash

_find_python() {
  local candidate
  for candidate in "${CLAUSEWATCH_PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  echo "clausewatch needs python3 >= 3.11 on PATH (or name one in CLAUSEWATCH_PYTHON)" >&2
  exit 2
}

_fingerprint() { # what the installation depends on; an environment does not survive being moved
  { printf '%s\n' "$here"; cat "$here/pyproject.toml" "$here/constraints.txt"; } | cksum
}

_fresh() { # whether stamp $1 says that the environment is as it should be
  [[ -f "$here/.venv/.clausewatch-$1" && "$(<"$here/.venv/.clausewatch-$1")" == "$2" ]]
}

bootstrap() {
  local stamp=$1 extra=$2 wanted python
  wanted=$(_fingerprint)
  # The test environment holds everything that the run environment does. `-x` follows links: a python that was
  # uninstalled since makes the environment stale too.
  if [[ -x "$here/.venv/bin/clausewatch" && -x "$here/.venv/bin/python" ]] &&
    { _fresh "$stamp" "$wanted" || { [[ $stamp == run ]] && _fresh test "$wanted"; }; }; then
    return
  fi
  python=$(_find_python)
  echo "clausewatch: setting up $here/.venv (once, about half a minute)" >&2
  if command -v uv >/dev/null 2>&1; then
    [[ -x "$here/.venv/bin/python" ]] || uv venv --quiet --clear --python "$python" "$here/.venv"
    uv pip install --quiet --python "$here/.venv/bin/python" -c "$here/constraints.txt" -e "$here$extra"
  else
    if [[ ! -x "$here/.venv/bin/python" || ! -x "$here/.venv/bin/pip" ]] && ! "$python" -m venv --clear "$here/.venv"; then
      echo "clausewatch: $python cannot make an environment; on Debian and Ubuntu: apt-get install python3-venv" >&2
      exit 2
    fi
    "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$here/constraints.txt" -e "$here$extra"
  fi
  printf '%s' "$wanted" >"$here/.venv/.clausewatch-$stamp"
}
