#!/bin/sh
# Build the wheel, unpack it into a folder of its own, and run the tests against it from there,
# away from the checkout: what ships must be complete. BIN is the environment's bin folder.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
"$BIN/python" -m build --wheel --outdir "$room/dist" "$here" >"$room/build.log" 2>&1 || {
  cat "$room/build.log" >&2
  exit 1
}
"$BIN/pip" install --quiet --no-deps --target "$room/site" "$room"/dist/*.whl
cp -r "$here/tests" "$here/docs" "$room"
cp "$here/pyproject.toml" "$room/"
cd "$room"
HENGFU_WHEEL="$room/site" PYTHONPATH="$room/site" "$BIN/python" -P -m pytest -q -n auto --dist loadfile -m "not stack and not checkout" "$@"
