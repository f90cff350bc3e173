#!/usr/bin/env bash
# Fails unless a run belongs to this pipeline on main. A pull request can upload an artifact of any
# name, so the name alone says nothing about an assembly.
set -euo pipefail
run=${1:?"usage: trusted-run.sh <run id>"}

if ! [[ $run =~ ^[0-9]+$ ]]; then
  echo "The run '$run' is not the number of a run, as in the address of its page." >&2
  exit 2
fi
found=$(gh api "repos/{owner}/{repo}/actions/runs/$run" \
  --jq '[.path, .event, .head_branch, .head_repository.full_name == .repository.full_name] | join(" ")')
if ! [[ $found =~ ^\.github/workflows/(deploy|roll-back)\.yml(@[^ ]*)?\ workflow_dispatch\ main\ true$ ]]; then
  echo "The run $run is not a deploy or roll-back of main in this repository: $found." >&2
  exit 1
fi
