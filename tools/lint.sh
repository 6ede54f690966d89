#!/usr/bin/env bash
# Runs clang-tidy 19 on the given sources, or on those that differ from the main branch.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

case ${1-} in
  -h | --help)
    echo "usage: tools/lint.sh [SOURCE.cpp...]   clang-tidy on these, or on what differs from main"
    exit 0
    ;;
esac
[[ -f build/clang/compile_commands.json ]] || cmake --preset clang >/dev/null
files=("$@")
if ((!$#)); then
  base=$(git merge-base HEAD main 2>/dev/null || git rev-parse HEAD)
  mapfile -t files < <({
    git diff --name-only --diff-filter=d "$base"
    git ls-files --others --exclude-standard
  } | grep '\.cpp$' | sort -u)
fi
((${#files[@]})) || { echo "lint: no source differs from main" && exit 0; }
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p build/clang --quiet
