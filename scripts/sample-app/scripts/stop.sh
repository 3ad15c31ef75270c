#!/bin/sh
# ApplicationStop: ends the running service, if there is one, and waits until it has let go of its PID file.
set -eu
pid_file="@HOME@/srv/hello-web.pid"
[ -f "$pid_file" ] || { echo "not running"; exit 0; }
pid=$(cat "$pid_file")
kill "$pid" 2>/dev/null || { echo "already ended"; rm -f "$pid_file"; exit 0; }
while [ -f "$pid_file" ]; do sleep 0.02; done
echo "stopped pid $pid"
