#!/bin/sh
# The hosts of a fleet share this machine: each has its site in its own directory.
set -e
mkdir -p "$SANDBOX_HOST_DIR/site"
cp "$(dirname "$0")/../index.html" "$SANDBOX_HOST_DIR/site/"
echo "$SANDBOX_HOST has $(cat "$SANDBOX_HOST_DIR/site/index.html")"
