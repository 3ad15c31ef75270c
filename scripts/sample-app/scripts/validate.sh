#!/bin/sh
# ValidateService: asks the service whether it is there in the version that was just installed.
set -eu
cd "@HOME@/srv/hello-web"
exec node --input-type=module -e '
  const [port, version] = process.argv.slice(1);
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const answer = (await response.text()).trim();
  console.log(`GET http://127.0.0.1:${port}/ -> ${response.status} "${answer}"`);
  process.exitCode = answer === `hello ${version}` ? 0 : 1;
' "$(cat PORT)" "$(cat VERSION)"
