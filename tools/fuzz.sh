#!/usr/bin/env bash
# Builds the fuzz targets and runs them one after the other.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

case ${1-} in
  '' | *[!0-9]*)
    cat >&2 <<'USAGE'
usage: tools/fuzz.sh SECONDS [TARGET...]   run all targets, or these, for so long each

What a target has learnt is kept in build/fuzz/learnt/TARGET, what breaks it in
build/fuzz/found/TARGET, and what it said in build/fuzz/said/TARGET.
USAGE
    exit 2
    ;;
esac
seconds=$1
shift
[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz >/dev/null
cmake --build build/fuzz --target fuzz_targets
mapfile -t programs < <(
  find build/fuzz -type f -executable \( -name '*_fuzz' -o -name '*_fuzz_*' \) | sort
)
status=0
for program in "${programs[@]}"; do
  name=${program##*/}
  ((!$#)) || [[ " $* " == *" $name "* ]] || continue
  seeds=$(find genstage livesearch -path "*/corpus/$name")
  mkdir -p "build/fuzz/learnt/$name" "build/fuzz/found/$name" build/fuzz/said
  if "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/found/$name/" "build/fuzz/learnt/$name" \
    ${seeds:+"$seeds"} &>"build/fuzz/said/$name"; then
    verdict='nothing found'
  else
    verdict="broken, see build/fuzz/said/$name"
    status=1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/said/$name")
  seen=$(grep -o ' cov: [0-9]*' "build/fuzz/said/$name" | tail -1 | tr -dc 0-9)
  echo "$name: $verdict; ${runs:-0} runs, ${seen:-0} branches seen"
done
exit "$status"
