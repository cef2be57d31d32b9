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

_fingerprint() { # what the installation depends on
  cat "$here/pyproject.toml" "$here/constraints.txt" | cksum
}

bootstrap() {
  local stamp="$here/.venv/.clausewatch-$1" extra=$2 wanted python
  wanted=$(_fingerprint)
  # The test environment holds everything that the run environment does.
  if [[ -x "$here/.venv/bin/clausewatch" ]]; then
    if [[ -f "$stamp" && "$(<"$stamp")" == "$wanted" ]]; then return; fi
    if [[ $1 == run && -f "$here/.venv/.clausewatch-test" && "$(<"$here/.venv/.clausewatch-test")" == "$wanted" ]]; then return; fi
  fi
  python=$(_find_python)
  echo "clausewatch: setting up $here/.venv (once; about half a minute)" >&2
  if command -v uv >/dev/null 2>&1; then
    [[ -x "$here/.venv/bin/python" ]] || uv venv --quiet --python "$python" "$here/.venv"
    uv pip install --quiet --python "$here/.venv/bin/python" -c "$here/constraints.txt" -e "$here$extra"
  else
    [[ -x "$here/.venv/bin/pip" ]] || "$python" -m venv --clear "$here/.venv"
    "$here/.venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$here/constraints.txt" -e "$here$extra"
  fi
  printf '%s' "$wanted" >"$stamp"
}
