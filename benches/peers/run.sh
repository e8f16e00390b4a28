#!/usr/bin/env bash
# Installs the peers (once), builds the engine, and runs both in turns: a table in Markdown on stdout.
#
#   benches/peers/run.sh [--rounds N] [--only GROUP …] [--json FILE]
#
# PEERS_HOME: where the Python environments live (target/peers); PEERS_NETWORKS: the folder of the networks (../shared/networks).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export PEERS_NETWORKS=${PEERS_NETWORKS:-$root/../shared/networks}
home=${PEERS_HOME:-$root/target/peers}
mkdir -p "$home"

# An environment that cannot be had is left out, and the table says so.
environment() {
    if [ ! -x "$home/$1/bin/python" ]; then
        python3 -m venv "$home/$1" && "$home/$1/bin/pip" install --quiet --requirement "$here/$2" >&2 ||
            { echo "warning: $1 cannot be installed" >&2; rm -rf "${home:?}/$1"; }
    fi
}
environment venv requirements.txt
environment venv-jax requirements-jax.txt
python=$home/venv/bin/python
[ -x "$python" ] || { echo "error: the comparison itself needs numpy, which could not be installed" >&2; exit 2; }

cd "$root"
cargo build --quiet --release --locked --example peers
version=$(git describe --always --dirty 2>/dev/null || echo "of unknown version")
exec env PYTHONDONTWRITEBYTECODE=1 "$python" "$here/compare.py" \
    --engine "${CARGO_TARGET_DIR:-target}/release/examples/peers" --home "$home" --version "$version" "$@"
