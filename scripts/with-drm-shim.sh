#!/bin/sh
# Runs a command with Mesa's NVK or ANV as the one driver, which compiles for a GPU of NVIDIA or Intel that is not there.
#     sh scripts/with-drm-shim.sh nouveau 172 node dist/bench/gpu/compiled/main.js    (172: Ampere, 192: Ada)
#     sh scripts/with-drm-shim.sh intel dg2 node dist/bench/gpu/compiled/main.js      (or bmg, tgl)
# The first run makes a folder of 700 MB in .cache/drm-shim: Debian 13 with its Mesa, and of Mesa's source the libraries that
# stand in for a kernel driver. Needs root on Debian 12 or later; what is missing of its packages is installed.
set -eu

driver=$1 chip=$2
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)
cache=$here/.cache/drm-shim
root=$cache/trixie

make_root() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap ninja-build pkg-config bison \
    flex gcc g++ libc6-dev python3-venv libdrm-dev libexpat1-dev zlib1g-dev libvulkan-dev
  archive=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -n 1) # the one that this system uses
  mkdir -p "$cache"
  debootstrap --variant=minbase --include=mesa-vulkan-drivers,libvulkan1 trixie "$root" "$archive"
  cp "$(command -v node)" "$root/usr/bin/node"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  echo "deb-src $archive trixie main" >"$root/etc/apt/sources.list.d/src.list"
  chroot "$root" sh -c 'cd /tmp && apt-get update -qq && apt-get source -qq --download-only mesa'
  mkdir -p "$cache/source"
  tar xf "$root"/tmp/mesa_*.orig.tar.xz -C "$cache/source" --strip-components 1
  python3 -m venv "$cache/venv"
  "$cache/venv/bin/pip" install -q meson mako pyyaml packaging
  PATH=$cache/venv/bin:$PATH
  without='-Dvulkan-drivers= -Dplatforms= -Dglx=disabled -Degl=disabled -Dgbm=disabled -Dgles1=disabled -Dgles2=disabled
    -Dllvm=disabled -Dvideo-codecs= -Dzstd=disabled -Dbuildtype=release -Dvalgrind=disabled -Dlibunwind=disabled
    -Dlmsensors=disabled -Dshader-cache=disabled'
  # shellcheck disable=SC2086
  meson setup "$cache/nouveau" "$cache/source" $without -Dtools=drm-shim -Dgallium-drivers=nouveau -Dopengl=true \
    -Dxmlconfig=disabled -Dexpat=disabled
  ninja -C "$cache/nouveau" src/nouveau/drm-shim/libnouveau_noop_drm_shim.so
  # shellcheck disable=SC2086
  meson setup "$cache/intel" "$cache/source" $without -Dtools=drm-shim,intel -Dgallium-drivers= -Dopengl=false \
    -Dexpat=enabled
  ninja -C "$cache/intel" src/intel/tools/libintel_noop_drm_shim.so
  cp "$cache"/nouveau/src/*/*/lib*_noop_drm_shim.so "$cache"/intel/src/*/*/lib*_noop_drm_shim.so "$root/usr/lib/"
}

if [ ! -f "$root/usr/lib/libintel_noop_drm_shim.so" ]; then
  rm -rf "$cache"
  make_root >&2
fi
out=$root/compiled
rm -rf "$out"
mkdir -p "$out" "$root/project"
cc -O1 -shared -fPIC -fvisibility=hidden -o "$out/driver.so" "$here/bench/gpu/compiled/driver.c" -ldl
printf '{ "file_format_version": "1.0.0", "ICD": { "library_path": "/compiled/driver.so", "api_version": "1.3.0" } }' \
  >"$out/icd.json"
exec unshare -m sh -c '
  root=$1 project=$2 driver=$3 chip=$4
  shift 4
  mount --bind "$project" "$root/project" || exit 1
  exec chroot "$root" env NOUVEAU_CHIPSET="$chip" INTEL_STUB_GPU_PLATFORM="$chip" \
    COMPILED_DRIVER="libvulkan_$driver.so" COMPILED_OUT=/compiled XDG_RUNTIME_DIR=/tmp \
    VK_ICD_FILENAMES=/compiled/icd.json LD_PRELOAD="/usr/lib/lib${driver}_noop_drm_shim.so" \
    sh -c "cd /project && exec \"\$@\"" sh "$@"
' sh "$root" "$here" "$driver" "$chip" "$@"
