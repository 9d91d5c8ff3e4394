#!/bin/sh
# Runs a command with RADV, Mesa's Vulkan for AMD, as the one driver, which compiles for a GPU that is not there.
#     sh scripts/with-radv.sh node dist/bench/gpu/compiled/main.js
# The GPU is navi31 (RDNA 3), or what RADV_FORCE_FAMILY names. Needs root on Debian to install Mesa (with-lavapipe.sh) and
# a C compiler, where they are missing. The driver's files are left in COMPILED_OUT.
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
sh "$here/scripts/with-lavapipe.sh" true
if ! command -v cc >/dev/null || [ ! -f /usr/include/vulkan/vulkan.h ]; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends gcc libc6-dev libvulkan-dev >&2
fi
COMPILED_OUT=$(mktemp -d)
trap 'rm -rf "$COMPILED_OUT"' EXIT
cc -O1 -shared -fPIC -fvisibility=hidden -o "$COMPILED_OUT/driver.so" "$here/bench/gpu/compiled/driver.c" -ldl
printf '{ "file_format_version": "1.0.0", "ICD": { "library_path": "%s", "api_version": "1.3.0" } }' \
  "$COMPILED_OUT/driver.so" >"$COMPILED_OUT/icd.json"
COMPILED_DRIVER=${COMPILED_DRIVER:-libvulkan_radeon.so}
RADV_FORCE_FAMILY=${RADV_FORCE_FAMILY:-navi31}
VK_ICD_FILENAMES=$COMPILED_OUT/icd.json
XDG_RUNTIME_DIR=$COMPILED_OUT
export COMPILED_OUT COMPILED_DRIVER RADV_FORCE_FAMILY VK_ICD_FILENAMES XDG_RUNTIME_DIR
"$@"
