#!/bin/sh
# with-ray.sh COMMAND…: runs it with OTMIX_PYTHON, a Python that has the pinned Ray, in an environment of its own.
set -eu
ray=2.60.0
folder=${OTMIX_RAY_FOLDER:-${TMPDIR:-/tmp}/otmix-ray-$ray-$(id -u)}
if ! "$folder/bin/python" -c "import ray, mypy, pytest; assert ray.__version__ == '$ray'" 2>/dev/null; then
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet --disable-pip-version-check "ray==$ray" mypy==1.* pytest==8.* jsonschema==4.*
fi
export OTMIX_PYTHON="$folder/bin/python"
exec "$@"
