#!/bin/sh
# Makes the peers' Python environment in .cache/peers (git-ignored): sh bench/peers/setup.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"${OTMIX_PYTHON:-python3}" -m venv "$root/.cache/peers"
"$root/.cache/peers/bin/python" -m pip install --quiet --requirement "$root/bench/peers/requirements.txt"
"$root/.cache/peers/bin/python" -c 'import sklearn; print("scikit-learn", sklearn.__version__)'
