#!/bin/sh
# Runs a command with tfjs-node, the backend tensorflow, whose binding is built here over the libtensorflow of PyPI's wheel:
#     sh scripts/with-tensorflow.sh npx vitest run test/kernels/tensorflow.test.ts
#     sh scripts/with-tensorflow.sh --cuda node dist/node/cli/main.js doctor
# What npm would download for it is of 2022, and of CUDA 11 with --cuda's package. Built once (half a minute, 600 MB; with
# --cuda CUDA 12 and cuDNN too, 3.8 GB) in OTMIX_CACHE, else in otmix in XDG_CACHE_HOME or ~/.cache. Needs Linux on x64; on
# Debian as root it installs g++ and Python where they are missing.
set -eu

tfjs=4.22.0 tensorflow=2.15.1 headers=1.9.0
wheel=tensorflow-cpu
# What tensorflow[and-cuda] 2.15.1 asks for.
cuda='nvidia-cublas-cu12==12.2.5.6 nvidia-cuda-cupti-cu12==12.2.142 nvidia-cuda-nvcc-cu12==12.2.140
nvidia-cuda-nvrtc-cu12==12.2.140 nvidia-cuda-runtime-cu12==12.2.140 nvidia-cudnn-cu12==8.9.4.25
nvidia-cufft-cu12==11.0.8.103 nvidia-curand-cu12==10.3.3.141 nvidia-cusolver-cu12==11.5.2.141
nvidia-cusparse-cu12==12.1.2.141 nvidia-nccl-cu12==2.16.5 nvidia-nvjitlink-cu12==12.2.140'
if [ "${1:-}" = --cuda ]; then
  wheel=tensorflow
  shift
fi

here=$(cd "$(dirname "$0")/.." && pwd)
cache=${OTMIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otmix}
place=$cache/$wheel-$tensorflow-tfjs-$tfjs

require() { # a command, and Debian's packages that have it
  command=$1
  shift
  if $command >/dev/null 2>&1; then return; fi
  if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "with-tensorflow: expected $command to run, got a failure; install $*" >&2
    exit 1
  fi
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# Takes of the wheel the libraries and the headers of the C API, which the binding is built with.
unpack='
import glob, os, shutil, sys, zipfile
[path] = glob.glob(sys.argv[1] + "/*.whl")
parts = ("include/tensorflow/c/", "include/tensorflow/core/platform/", "include/tsl/")
with zipfile.ZipFile(path) as wheel:
    for name in wheel.namelist():
        inner = name.removeprefix("tensorflow/")
        if inner.startswith("libtensorflow_"): inner = "lib/" + inner
        elif not inner.startswith(parts): continue
        if name.endswith("/"): continue
        target = sys.argv[2] + "/" + inner
        os.makedirs(target.rpartition("/")[0], exist_ok=True)
        with wheel.open(name) as source, open(target, "wb") as file: shutil.copyfileobj(source, file)
'

build() { # into a draft that is renamed: what is half built is nothing
  require 'g++ --version' g++
  require 'python3 -m pip --version' python3-pip
  mkdir -p "$cache"
  draft=$(mktemp -d "$cache/tensorflow-XXXXXX")
  trap 'rm -rf "$draft"' EXIT
  echo '{ "private": true }' >"$draft/package.json"
  npm install --prefix "$draft" --ignore-scripts --no-audit --no-fund --loglevel=error --no-package-lock \
    "@tensorflow/tfjs-node@$tfjs" "node-api-headers@$headers" >&2
  own=$draft/node_modules/@tensorflow/tfjs-node
  # A user has one copy of tfjs; here it is the checkout's, which NODE_PATH leads to.
  find "$draft/node_modules/@tensorflow" -mindepth 1 -maxdepth 1 ! -name tfjs-node -exec rm -rf {} +
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --dest "$draft/wheel" \
    --python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_17_x86_64 "$wheel==$tensorflow" >&2
  python3 -c "$unpack" "$draft/wheel" "$own/deps"
  rm -rf "$draft/wheel"
  mkdir -p "$own/lib/napi-v8"
  (
    cd "$own"
    g++ -O2 -fPIC -shared -std=c++17 -DNAPI_VERSION=8 -I "$draft/node_modules/node-api-headers/include" -I deps/include \
      -I . binding/tfjs_backend.cc binding/tfjs_binding.cc -o lib/napi-v8/tfjs_binding.node \
      deps/lib/libtensorflow_cc.so.2 deps/lib/libtensorflow_framework.so.2 "-Wl,-rpath,\$ORIGIN/../../deps/lib"
  )
  if [ "$wheel" = tensorflow ]; then
    # shellcheck disable=SC2086
    python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$draft/cuda" $cuda >&2
  fi
  mv "$draft" "$place"
  trap - EXIT
}

if [ ! -d "$place" ]; then build; fi
if [ -d "$place/cuda" ]; then
  LD_LIBRARY_PATH=$(echo "$place"/cuda/nvidia/*/lib | tr ' ' ':')${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi
NODE_PATH=$place/node_modules:$here/node_modules${NODE_PATH:+:$NODE_PATH}
TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-2}
OTMIX_REQUIRE_TENSORFLOW=1
export NODE_PATH TF_CPP_MIN_LOG_LEVEL OTMIX_REQUIRE_TENSORFLOW
exec "$@"
