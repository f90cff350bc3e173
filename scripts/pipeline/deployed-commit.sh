#!/usr/bin/env bash
# Prints the commit that a stage runs: that of the newest deployment which succeeded at GitHub.
# Before the first deploy it prints the first commit of the repository.
set -euo pipefail
stage=${1:?"usage: deployed-commit.sh <stage>"}

for deployment in $(gh api "repos/{owner}/{repo}/deployments?environment=$stage&per_page=50" --jq '.[] | "\(.id):\(.sha)"'); do
  state=$(gh api "repos/{owner}/{repo}/deployments/${deployment%%:*}/statuses" --jq '.[0].state')
  # GitHub marks a deployment as inactive when a newer one succeeds.
  if [[ $state == success || $state == inactive ]]; then
    echo "${deployment#*:}"
    exit
  fi
done
git rev-list --max-parents=0 HEAD | tail -1
