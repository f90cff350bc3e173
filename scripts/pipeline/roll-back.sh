#!/usr/bin/env bash
# Deploys the last assembly of a stage that worked, or that of the given run. Migrations stay: each
# only adds, so the earlier code runs on the newer schema.
set -euo pipefail
stage=${1:?"usage: roll-back.sh <stage> [run id]"}
here=$(dirname "$0")

bash "$here/last-assembly.sh" "$stage" rollback "${2:-}"
bash "$here/deploy-assembly.sh" rollback
