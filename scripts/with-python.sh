#!/bin/sh
# Runs a command with OTMIX_PYTHON, a Python of its own that has what exported models and distances are checked with; makes it
# first, in a cache outside the package, where it is missing.
#     sh scripts/with-python.sh node scripts/exports-check.mjs
# The cache is OTMIX_CACHE, else otmix in XDG_CACHE_HOME or ~/.cache.
set -eu

onnx=1.23.1 onnxruntime=1.30.0 sklearn=1.9.1 pot=0.9.7.post1
cache=${OTMIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otmix}
place=$cache/python-onnx-$onnx-ort-$onnxruntime-sklearn-$sklearn-pot-$pot

if [ ! -x "$place/bin/python" ]; then
  mkdir -p "$cache"
  # A draft that is renamed: an environment that is half made is none. Its programs know their own place, its packages do not.
  draft=$(mktemp -d "$cache/python-XXXXXX")
  trap 'rm -rf "$draft"' EXIT
  python3 -m venv "$draft" >&2
  "$draft/bin/python" -m pip install --quiet --disable-pip-version-check \
    "onnx==$onnx" "onnxruntime==$onnxruntime" "scikit-learn==$sklearn" "pot==$pot" >&2
  mv "$draft" "$place"
  trap - EXIT
fi
OTMIX_PYTHON=$place/bin/python
export OTMIX_PYTHON
exec "$@"
