#!/usr/bin/env bash
# Sets pipelines of stages beside the same work in other systems, and beside the limits: installs
# what is missing, builds all programs, and hands over to compare.py, whose --help says more.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

case " $* " in
  *" -h "* | *" --help "*) exec python3 bench/compare.py --help ;;
esac
# shellcheck source=tools/setup/setup.sh
source tools/setup/setup.sh

ensure_packages "$setup_packages/build.txt" "$setup_packages/bench.txt"
build_preset bench compare_programs || die "the programs that are compared could not be built"
exec python3 bench/compare.py "$setup_root/build/bench/bench" "$@"
