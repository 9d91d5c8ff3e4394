#!/bin/sh
# with-s3.sh COMMAND…: runs it with OTMIX_HTTPFS, DuckDB's extension that reads addresses, and OTMIX_S3RVER, a server that
# speaks S3; fetches both first, into a cache outside the package, where they are missing.
#     sh scripts/with-s3.sh node scripts/s3-check.mjs
# The cache is OTMIX_CACHE, else otmix in XDG_CACHE_HOME or ~/.cache.
set -eu

duckdb=1.5.5 s3rver=3.7.1
cache=${OTMIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otmix}
place=$cache/s3-duckdb-$duckdb-s3rver-$s3rver

if [ ! -d "$place" ]; then
  mkdir -p "$cache"
  # A draft that is renamed: what is half fetched is none.
  draft=$(mktemp -d "$cache/s3-XXXXXX")
  trap 'rm -rf "$draft"' EXIT
  python3 -m venv "$draft/venv" >&2
  "$draft/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --target "$draft/python" \
    "duckdb-extension-httpfs==$duckdb" >&2
  npm install --silent --no-audit --no-fund --prefix "$draft" "s3rver@$s3rver" >&2
  mv "$draft" "$place"
  trap - EXIT
fi
OTMIX_HTTPFS=$place/python/duckdb_extension_httpfs/extensions/v$duckdb/httpfs.duckdb_extension
OTMIX_S3RVER=$place/node_modules/s3rver/bin/s3rver.js
export OTMIX_HTTPFS OTMIX_S3RVER
exec "$@"
