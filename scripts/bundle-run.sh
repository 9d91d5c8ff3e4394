#!/bin/sh
# Runs the GPU bench of otmix on a Linux x64 machine with a GPU driver and nothing else of note: no network, no Node,
# no npm.
#
#   sh run.sh [--quick] [--seconds S] [--json FILE] [--adapter NAME] [--rows N] [--dawn TOGGLE,...]
#
# It ends in under 8 minutes: correctness first, then sizes, then each speed-up switched off in turn, then PyTorch; what there
# is no time for is left out, and said. --seconds S gives it another time. Figures go to otmix-gpu.json in $OUT, or in the current folder, unless --json says otherwise. PyTorch is timed beside
# it where $OTMIX_PYTHON or python3 has it with CUDA. KEEP=1 leaves what was unpacked.
set -eu

case " $* " in
*' --help '* | *' -h '*)
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
  exit
  ;;
esac

fail() {
  echo "run.sh: $1" >&2
  exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
[ "$(uname -sm)" = 'Linux x86_64' ] || fail "expected Linux x86_64, got $(uname -sm)"
[ -f "$here/payload.tar.gz" ] || fail "expected payload.tar.gz beside run.sh in $here; copy the whole folder"

work=$(mktemp -d "${TMPDIR:-/tmp}/otmix-bench-XXXXXX")
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
gzip -dc "$here/payload.tar.gz" | tar -xf - -C "$work" || fail "could not unpack into $work: it needs 150 MB"

# Vulkan drivers: a driver's manifest says where it is. Whoever sets the loader's own variables has the last word.
driver=${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-}}
if [ -z "$driver" ]; then
  for folder in /etc/vulkan/icd.d /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d \
    /usr/local/nvidia/share/vulkan/icd.d /usr/local/etc/vulkan/icd.d; do
    for manifest in "$folder"/*.json; do
      [ -f "$manifest" ] && driver="${driver:+$driver:}$manifest"
    done
  done
fi
[ -n "$driver" ] || fail 'found no Vulkan driver: no *.json in vulkan/icd.d of /etc, /usr/share, /usr/local/share,
/usr/local/nvidia/share; set VK_DRIVER_FILES to the manifest of your GPU (NVIDIA: nvidia_icd.json, part of the driver)'
export VK_DRIVER_FILES="$driver" VK_ICD_FILENAMES="$driver"

# Libraries of a driver that was mounted rather than installed.
libraries=${LD_LIBRARY_PATH:-}
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
  [ -d "$folder" ] && libraries="${libraries:+$libraries:}$folder"
done

# The loader: the system's where there is one, else ours.
loader=''
for folder in $(echo "$libraries" | tr ':' ' ') /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib /lib64 /lib; do
  [ -e "$folder/libvulkan.so.1" ] && loader="$folder/libvulkan.so.1" && break
done
if [ -z "$loader" ]; then
  loader="$work/lib/libvulkan.so.1"
  libraries="${libraries:+$libraries:}$work/lib"
fi
export LD_LIBRARY_PATH="$libraries"
[ -n "${XDG_RUNTIME_DIR:-}" ] || export XDG_RUNTIME_DIR="$work" # the loader complains where it is missing
echo "Vulkan: loader $loader, driver $driver" >&2

"$work/node" --version >/dev/null || fail 'the Node in here does not start: it needs glibc 2.34 or later and libstdc++'

json="${OUT:-$PWD}/otmix-gpu.json"
case " $* " in
*' --seconds'*) ;;
*) set -- --seconds 420 "$@" ;;
esac
case " $* " in
*' --json'*) "$work/node" "$work/bench.mjs" gpu "$@" ;;
*) "$work/node" "$work/bench.mjs" gpu --json "$json" "$@" && echo "Figures: $json" ;;
esac
