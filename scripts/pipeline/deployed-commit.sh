#!/usr/bin/env bash
# Prints the commit that a stage runs: that of the last assembly which passed its smoke test. Jobs
# that deploy nothing, such as a failed one, do not count. Before the first deploy it prints the
# first commit of the repository.
set -euo pipefail
stage=${1:?"usage: deployed-commit.sh <stage>"}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
code=0
bash "$(dirname "$0")/last-assembly.sh" "$stage" "$folder/assembly" >&2 || code=$?
case $code in
  0) cat "$folder/assembly/commit.txt" ;;
  4) git rev-list --max-parents=0 HEAD | tail -1 ;;
  *) exit "$code" ;;
esac
