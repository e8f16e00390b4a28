#!/usr/bin/env bash
# Installs the peers of scoring (once), builds the engine, and runs both in turns: a table in Markdown on stdout.
#
#   benches/peers/scoring.sh [--rounds N] [--only WORK …]
#
# PEERS_HOME: where the Python environment and the data live (target/peers).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
home=${PEERS_HOME:-$root/target/peers}
mkdir -p "$home"
if [ ! -x "$home/venv-scoring/bin/python" ]; then
    python3 -m venv "$home/venv-scoring"
    "$home/venv-scoring/bin/pip" install --quiet --requirement "$here/requirements-scoring.txt" >&2
fi
cd "$root"
cargo build --quiet --release --locked --example columns
exec env PYTHONDONTWRITEBYTECODE=1 "$home/venv-scoring/bin/python" "$here/scoring.py" \
    --engine "${CARGO_TARGET_DIR:-target}/release/examples/columns" --home "$home/scoring" "$@"
