#!/bin/sh
# AfterInstall: the files are in place; the place for migrations and configuration.
set -eu
echo "installed version $(cat "@HOME@/srv/hello-web/VERSION")"
