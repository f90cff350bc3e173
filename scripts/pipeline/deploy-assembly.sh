#!/usr/bin/env bash
# Deploys an assembly as it is, without synthesizing again.
set -euo pipefail
assembly=${1:?"usage: deploy-assembly.sh <folder>"}

npx cdk deploy --app "$assembly" --all --require-approval never --ci
