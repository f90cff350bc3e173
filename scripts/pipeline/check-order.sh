#!/usr/bin/env bash
# Rejects an assembly that is older than the one that the stage runs, for example of a run that
# waited for its approval while a later one was deployed. The workflow roll-back deploys older ones.
set -euo pipefail
stage=${1:?"usage: check-order.sh <stage> <assembly>"}
assembly=${2:?"usage: check-order.sh <stage> <assembly>"}

deployed=$(bash "$(dirname "$0")/deployed-commit.sh" "$stage")
commit=$(cat "$assembly/commit.txt")
if [[ $commit != "$deployed" ]] && git merge-base --is-ancestor "$commit" "$deployed"; then
  echo "$stage runs $deployed, which is later than $commit. Run the workflow roll-back to go back." >&2
  exit 1
fi
