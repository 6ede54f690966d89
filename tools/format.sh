#!/usr/bin/env bash
# Formats every C++ file with clang-format 19; --check only says what is not formatted.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

mode=(-i)
case ${1-} in
  '') ;;
  --check) mode=(--dry-run -Werror) ;;
  *)
    echo "usage: tools/format.sh [--check]   format all C++ files, or check that they are" >&2
    exit 2
    ;;
esac
find genstage livesearch examples bench tools -name node_modules -prune -o \
  \( -name '*.hpp' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format-19 "${mode[@]}"
