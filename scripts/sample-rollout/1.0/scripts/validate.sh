#!/bin/sh
# A page without a title does not go to production.
grep '<title>' "$SANDBOX_HOST_DIR/site/index.html" && exit 0
echo "index.html has no <title>" >&2
exit 1
