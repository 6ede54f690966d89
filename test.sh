#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test. `./test.sh --help` says more.
set -euo pipefail

usage() {
  cat <<'EOF'
usage: ./test.sh [--ci] [--only LABEL|REGEX]

Installs what is missing (Debian 12, as root or with sudo), builds the preset dev and runs every
test, those with real wikis and a real browser included. Ends with ctest's summary; the exit status
is ctest's.

  --ci          clang 19 and the sanitizers as well (the presets asan with g++, asan-clang and tsan
                with clang 19), each with the whole suite but the browser's. All of it runs even if
                something fails; each preset is then one more test of the last summary.
  --only WHAT   a label (unit, simulation, acceptance, browser) or a regular expression of names
  --help        this text

One line says what each step took; everything a step printed is in build/log. A second run installs
nothing, needs no network and builds only what has changed. Nothing but the loopback is searched.
Packages: tools/setup/packages and tools/real_sites/packages.txt.
EOF
}

refuse() {
  echo "test.sh: $*" >&2
  exit 2
}

ci=
selection=()
while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --ci) ci=1 ;;
    --only)
      [[ -n ${2-} ]] || refuse "--only: nothing follows, a label or a regular expression must"
      case $2 in
        unit | simulation | acceptance | browser) selection=(-L "^$2\$") ;;
        *) selection=(-R "$2") ;;
      esac
      shift
      ;;
    *)
      refuse "$1: unknown, allowed are --ci, --only WHAT and --help"
      ;;
  esac
  shift
done

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=tools/setup/setup.sh
source tools/setup/setup.sh
exec 2>&1 # One stream, so that a log file holds the steps and the summary in their order.

export LIVESEARCH_OFFLINE=1
export LIVESEARCH_REAL_SITES=$setup_root/build/real_sites
# The same source compiled in another clone is a hit: only debug data names the folder.
export CCACHE_BASEDIR=$setup_root CCACHE_NOHASHDIR=1

jobs=$(nproc)
# clang 19 builds everything twice here, so a plain build of it would tell nothing new.
presets=(asan asan-clang tsan)
verdicts=$setup_root/build/ci
failed=()

suite() { ctest --test-dir "$1" -j "$jobs" --output-on-failure "${selection[@]}" "${@:2}"; }

# verdict NAME: what the step before printed at its end becomes a failed test of the last summary.
verdict() {
  local report=$verdicts/$1.txt
  sed -n '/^The following tests FAILED:/,$p' "$setup_step_log" >"$report"
  [[ -s $report ]] || tail -n 30 "$setup_step_log" >"$report"
  failed+=("$1")
}

# other_preset PRESET: builds it, runs its suite, and leaves one test that tells how that went.
other_preset() {
  local preset=$1 count
  if ! build_preset "$preset"; then
    verdict "$preset"
  elif ! step "test $preset" suite "$setup_root/build/$preset" -LE browser --no-tests=ignore; then
    verdict "$preset"
  else
    count=$(sed -n 's/.*tests failed out of //p' "$setup_step_log")
    say "      $preset: ${count:-0} tests passed"
  fi
}

# The last ctest run: the suite of dev, and what became of the other presets.
last_run() {
  local preset report label=
  case ${selection[0]-} in
    -L) label=${selection[1]//[^a-z]/} ;;
    -R) selection[1]+='|^preset\.' ;;
  esac
  {
    [[ -n $1 ]] && printf 'subdirs("%s")\n' "$1"
    for preset in dev "${presets[@]}"; do
      report=$verdicts/$preset.txt
      if [[ -f $report ]]; then
        printf 'add_test("preset.%s" "sh" "-c" "cat %s; exit 1")\n' "$preset" "$report"
      elif [[ $preset != dev ]]; then
        printf 'add_test("preset.%s" "true")\n' "$preset"
      else
        continue
      fi
      [[ -n $label ]] &&
        printf 'set_tests_properties("preset.%s" PROPERTIES LABELS %s)\n' "$preset" "$label"
    done
  } >"$verdicts/CTestTestfile.cmake"
  if ((${#failed[@]})); then
    say "failed so far: ${failed[*]}"
    for preset in "${failed[@]}"; do sed "s/^/  $preset: /" "$verdicts/$preset.txt"; done
  fi
  say "      all but the last suite took $((SECONDS / 60)) min $((SECONDS % 60)) s"
  suite "$verdicts"
}

lists=("$setup_packages"/{build,test,bench}.txt tools/real_sites/packages.txt)
[[ -n $ci ]] && lists+=("$setup_packages/ci.txt")
ensure_packages "${lists[@]}"
ensure_node
# The wikis are downloaded, not installed, and that too needs apt to know its packages.
[[ -f $LIVESEARCH_REAL_SITES/stamp ]] || apt-cache show mediawiki dokuwiki >/dev/null 2>&1 ||
  step "update the package lists" as_root apt-get -q update || true
step "set up the real wikis" tools/real_sites/setup.sh "$LIVESEARCH_REAL_SITES" ||
  die "the real wikis could not be set up"

if [[ -z $ci ]]; then
  build_preset dev || die "the preset dev could not be built"
  tools/compile_time/measure.py --runs 1 || true
  say "      set-up and build took $((SECONDS / 60)) min $((SECONDS % 60)) s"
  suite "$setup_root/build/dev" --no-tests=error || exit
  exit 0
fi

rm -rf "$verdicts"
mkdir -p "$verdicts"
dev=$setup_root/build/dev
build_preset dev || { verdict dev; dev=; }
tools/compile_time/measure.py --runs 1 || true
for preset in "${presets[@]}"; do other_preset "$preset"; done
last_run "$dev" || exit
