#!/usr/bin/env bash
# Installs what is missing, builds livesearch and runs it. `./run.sh --help` says more.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: ./run.sh [ARGUMENT...]

Installs what is missing (Debian 12, as root or with sudo), builds livesearch and runs it.
A second run installs nothing, needs no network and builds only what has changed.

  ./run.sh                    starts the server, on http://127.0.0.1:8080
  ./run.sh search "stage"     prints results in the terminal; arguments are livesearch's own
  ./run.sh sites              lists the sites
  ./run.sh help               livesearch's own help, as does ./run.sh -- --help
  ./run.sh --help             this text

What the set-up says goes to stderr and, in full, to build/log; stdout is livesearch's alone.
Packages: tools/setup/packages/build.txt. For the page an existing node 18.20 or newer with its npm
is taken, and only otherwise Debian's is installed.
EOF
}

case ${1-} in
  -h | --help)
    usage
    exit 0
    ;;
  help) set -- --help "${@:2}" ;;
  --) shift ;;
  '') set -- serve ;;
esac

called_from=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=tools/setup/setup.sh
source tools/setup/setup.sh

ensure_packages "$setup_packages/build.txt"
ensure_node
build_preset release livesearch || die "livesearch could not be built"

program=$setup_root/build/release/livesearch/cli/livesearch
[[ -x $program ]] || die "${program#"$setup_root"/}: not there after the build, which must make it"
cd "$called_from"
exec "$program" "$@"
