#!/bin/sh
# Makes the peers' Python environment in .cache/peers (git-ignored): sh bench/peers/setup.sh
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"${OTMIX_PYTHON:-python3}" -m venv "$root/.cache/peers"
python=$root/.cache/peers/bin/python
"$python" -m pip install --quiet --requirement "$root/bench/peers/requirements.txt"
"$python" -c 'import sklearn, torch, jax; print("scikit-learn", sklearn.__version__, "torch", torch.__version__, "jax", jax.__version__)'
