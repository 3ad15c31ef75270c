#!/bin/sh
# ApplicationStart: starts the service in the background. Its outputs must be redirected: a script counts as running
# for as long as something it started holds its standard output or standard error.
set -eu
cd "@HOME@/srv/hello-web"
nohup node server.mjs >../hello-web.log 2>&1 </dev/null &
while [ ! -s ../hello-web.pid ]; do
  kill -0 $! 2>/dev/null || { cat ../hello-web.log >&2; exit 1; }
  sleep 0.02
done
echo "started pid $(cat ../hello-web.pid)"
