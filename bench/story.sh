#!/usr/bin/env bash
# Plays the story's scenarios on both systems and writes docs/story.md. `--help` says more.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: bench/story.sh [--quick] [--only SCENARIO]

Installs what is missing (Debian 12, as root or with sudo), builds what is needed, plays each
scenario on the old architecture and on livesearch, and writes docs/story.md, its charts and the
page /story of the demonstration from that run's figures. Takes less than 15 minutes on 2 cores;
leave the machine alone meanwhile.

  --quick          everything in a fraction of the time, into build/story; its figures say little
  --only SCENARIO  calm, slow, hang, overload, kill or leave; prints the figures, writes no document
  --help           this text

The figures are in build/story/results.json. Servers listen on the loopback only.
EOF
}

quick=()
only=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --quick) quick=(--quick) ;;
    --only)
      only=(--only "${2-}")
      shift
      ;;
    *)
      echo "story.sh: $1: unknown, allowed are --quick, --only SCENARIO and --help" >&2
      exit 2
      ;;
  esac
  shift
done

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
# shellcheck source=tools/setup/setup.sh
source tools/setup/setup.sh

export LIVESEARCH_OFFLINE=1
work=$setup_root/build/story
results=$work/results.json
workshop=$work/workshop

ensure_packages "$setup_packages/build.txt" "$setup_packages/bench.txt"
ensure_node
build_preset bench story_programs || die "the programs of the story could not be built"
mkdir -p "$work"

say "      playing the scenarios, about 11 minutes"
node bench/story/run.mjs --programs "$setup_root/build/bench/bench" --work "$work" \
  --out "$results" "${quick[@]}" "${only[@]}"
((${#only[@]})) && exit 0

# The packages that draw the charts are installed beside a copy, never in the source tree.
mkdir -p "$workshop"
cp bench/story/*.mjs bench/story/*.css bench/story/package.json bench/story/package-lock.json \
  bench/story/.npmrc "$workshop"
step "install what draws the charts" npm --prefix "$workshop" ci --prefer-offline \
  --loglevel=error ||
  die "the packages that draw the charts could not be installed"
output=$setup_root/docs
((${#quick[@]})) && output=$work/docs
node "$workshop/document.mjs" "$results" "$output" --repository "$setup_root"
