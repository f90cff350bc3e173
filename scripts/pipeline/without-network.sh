#!/usr/bin/env bash
# Runs a command that reaches only this machine: in a network namespace with the loopback interface
# alone. Linux only; needs root or sudo.
set -euo pipefail
if (($# == 0)); then
  echo 'usage: without-network.sh <command> [argument...]' >&2
  exit 2
fi

# shellcheck disable=SC2016 # The inner shell expands its arguments.
enter='ip link set lo up && exec "$@"'
if [[ $(id -u) == 0 ]]; then
  exec unshare --net -- bash -c "$enter" bash "$@"
fi
# sudo replaces PATH and HOME, and the command runs as this user again.
exec sudo --non-interactive unshare --net -- bash -c "$enter" bash \
  setpriv --reuid="$(id -u)" --regid="$(id -g)" --init-groups \
  env "PATH=$PATH" "HOME=$HOME" "TMPDIR=${TMPDIR:-/tmp}" "$@"
