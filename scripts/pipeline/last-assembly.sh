#!/usr/bin/env bash
# Downloads the assembly that a stage runs: the newest one that was deployed and passed its smoke
# test, or that of the given run.
set -euo pipefail
stage=${1:?"usage: last-assembly.sh <stage> <folder> [run id]"}
folder=${2:?"usage: last-assembly.sh <stage> <folder> [run id]"}
run=${3:-}

if [[ -n $run ]]; then
  gh run download "$run" --name assembly --dir "$folder.all"
  mv "$folder.all/$stage" "$folder"
  exit
fi
found=$(gh api "repos/{owner}/{repo}/actions/artifacts?name=deployed-$stage&per_page=1" \
  --jq '.artifacts[] | select(.expired | not) | .workflow_run.id')
if [[ -z $found ]]; then
  echo "No assembly of $stage is kept: none was deployed by this pipeline in the last 90 days." >&2
  exit 1
fi
gh run download "$found" --name "deployed-$stage" --dir "$folder"
