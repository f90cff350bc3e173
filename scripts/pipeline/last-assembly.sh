#!/usr/bin/env bash
# Downloads the assembly that a stage runs: the newest one that was deployed and passed its smoke
# test, or that of the given run. Exit code 4: no assembly is kept.
set -euo pipefail
stage=${1:?"usage: last-assembly.sh <stage> <folder> [run id]"}
folder=${2:?"usage: last-assembly.sh <stage> <folder> [run id]"}
run=${3:-}
here=$(dirname "$0")

if [[ -n $run ]]; then
  bash "$here/trusted-run.sh" "$run"
  gh run download "$run" --name assembly --dir "$folder.all"
  mv "$folder.all/$stage" "$folder"
  exit
fi
runs=$(gh api "repos/{owner}/{repo}/actions/artifacts?name=deployed-$stage&per_page=100" \
  --jq '.artifacts[] | select(.expired | not) | .workflow_run.id')
for found in $runs; do
  if bash "$here/trusted-run.sh" "$found"; then
    gh run download "$found" --name "deployed-$stage" --dir "$folder"
    exit
  fi
done
echo "No assembly of $stage is kept: none was deployed by this pipeline in the last 90 days." >&2
exit 4
