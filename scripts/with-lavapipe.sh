#!/bin/sh
# Runs a command with lavapipe, Mesa's Vulkan on the CPU, as the one driver; installs it first where it is missing.
#     sh scripts/with-lavapipe.sh npm run test:webgpu
# Needs root on Debian for that. Bookworm's own Mesa 22.3 is too old for Dawn, its backports are not; they come from the
# archive that the system itself uses.
set -eu

manifest() { ls /usr/share/vulkan/icd.d/lvp_icd*.json 2>/dev/null | head -n 1; }

recent() { # Mesa 24 or later
  version=$(dpkg-query --show --showformat '${Version}' mesa-vulkan-drivers 2>/dev/null) && dpkg --compare-versions "$version" ge 24
}

install() {
  . /etc/os-release
  release=$VERSION_CODENAME
  if [ "$release" = bookworm ]; then
    release=bookworm-backports
    apt-get update -qq # apt tells of archives once it has their lists
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
    if [ -z "$archive" ]; then
      echo 'lavapipe: expected an archive of bookworm among the sources of apt, got none; add one' >&2
      exit 1
    fi
    printf '%s\n' 'Types: deb' "URIs: $archive" "Suites: $release" 'Components: main' \
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' >"/etc/apt/sources.list.d/$release.sources"
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -t "$release" mesa-vulkan-drivers
}

if ! recent; then install >&2; fi
VK_ICD_FILENAMES=$(manifest)
if [ -z "$VK_ICD_FILENAMES" ] || ! recent; then
  echo 'lavapipe: expected mesa-vulkan-drivers of Mesa 24 or later, got none; install it' >&2
  exit 1
fi
# The loader complains where there is none.
XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$(mktemp -d)}
export VK_ICD_FILENAMES XDG_RUNTIME_DIR
exec "$@"
