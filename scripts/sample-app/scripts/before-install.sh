#!/bin/sh
# BeforeInstall: runs from the new revision, before its files are installed.
set -eu
mkdir -p "@HOME@/srv"
echo "$APPLICATION_NAME goes to $DEPLOYMENT_GROUP_NAME as $DEPLOYMENT_ID"
