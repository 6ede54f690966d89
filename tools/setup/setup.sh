# Shared by run.sh and test.sh, which source it from the repository's root folder: steps with a
# log, Debian packages, node, building a preset. It speaks on stderr; stdout is the program's.

setup_root=$PWD
setup_packages=$setup_root/tools/setup/packages
setup_logs=$setup_root/build/log
setup_step_log=

say() { printf '%s\n' "$*" >&2; }

trap 'say "${0##*/}: stopped: \"$BASH_COMMAND\" failed in line $LINENO"' ERR

die() {
  say "${0##*/}: $*"
  exit 1
}

# One line now and then, so that a long step is seen to be alive.
watch_step() {
  local title=$1 started=$SECONDS pause=15 last
  [[ -t 2 ]] && pause=2
  while sleep "$pause" >/dev/null 2>&1; do
    last=$(tail -n 5 "$setup_step_log" | grep -oE '^[[ ]*[0-9]+/[0-9]+' | tail -n 1) || true
    last=${last//[[ ]/}
    if [[ -t 2 ]]; then
      printf '\r\033[K ...  %s %s (%d s)' "$title" "$last" $((SECONDS - started)) >&2
    else
      say " ...  $title $last ($((SECONDS - started)) s)"
      pause=60
    fi
  done
}

# step TITLE COMMAND...: runs it quietly into build/log, says how long it took, shows the log's end
# if it failed. Returns the command's exit status.
step() {
  local title=$1 started=$SECONDS status=0 watcher
  shift
  mkdir -p "$setup_logs"
  setup_step_log=$setup_logs/${title// /-}.log
  : >"$setup_step_log"
  watch_step "$title" &
  watcher=$!
  "$@" >"$setup_step_log" 2>&1 </dev/null || status=$?
  kill "$watcher" 2>/dev/null
  wait "$watcher" 2>/dev/null || true
  [[ -t 2 ]] && printf '\r\033[K' >&2
  if ((status == 0)); then
    say " ok   $title ($((SECONDS - started)) s)"
  else
    # Without what went well: Ninja's progress and ctest's passed tests.
    grep -vE '^\[[0-9]+/|^ +Start +[0-9]+:| Passed  ' "$setup_step_log" | tail -n 200 >&2 || true
    say "FAIL  $title: exit status $status after $((SECONDS - started)) s," \
      "above is the end of ${setup_step_log#"$setup_root"/}"
  fi
  return "$status"
}

# The package names in the given lists, without comments.
listed_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@" | sort -u; }

missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
  listed_packages "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

as_root() {
  if ((EUID == 0)); then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

apt_install() {
  # A third-party source that does not answer must not stop us: the install itself decides.
  [[ -n ${setup_updated:-} ]] || as_root apt-get -q update ||
    say "apt-get update failed; trying with what is known"
  setup_updated=1
  as_root apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@"
}

# ensure_packages LIST...: installs what is missing and only that; no network if nothing is.
ensure_packages() {
  local missing
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    missing=$(listed_packages "$@" | tr '\n' ' ')
    say "no apt-get here: taking for granted what Debian 12 calls $missing"
    return 0
  fi
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [[ -z $missing ]] && return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null ||
      die "this needs root or sudo, neither is there; install these packages first: $missing"
    sudo -v || die "sudo refused; install these packages first: $missing"
  fi
  # shellcheck disable=SC2086  # a list of package names
  step "install $(wc -w <<<"$missing") Debian packages" apt_install $missing ||
    die "packages could not be installed: $missing"
  setup_installed=1
}

has_node() {
  local version
  command -v npm >/dev/null && command -v node >/dev/null || return 1
  version=$(node --version 2>/dev/null) || return 1
  printf 'v18.20\n%s\n' "$version" | sort -V -C
}

# Takes an existing node 18.20 or newer with its npm, and only otherwise Debian's.
ensure_node() {
  has_node && return 0
  ensure_packages "$setup_packages/node.txt"
  has_node || PATH=/usr/bin:$PATH
  has_node || die "node: found $(node --version 2>/dev/null || echo none) with npm" \
    "$(npm --version 2>/dev/null || echo none), the page needs 18.20 or newer with its npm"
}

# Whether the preset was configured to the end, and nothing that matters to it has changed since.
configured() {
  local stamp=$setup_root/build/$1/.configured
  [[ -f $stamp && -z ${setup_installed:-} && ! $setup_root/CMakePresets.json -nt $stamp ]]
}

# build_preset PRESET [TARGET]: configures where needed and builds what is out of date.
build_preset() {
  local preset=$1 target=${2:-all} folder=$setup_root/build/$1
  if [[ -f $folder/CMakeCache.txt ]] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$setup_root" "$folder/CMakeCache.txt"; then
    say "build/$preset was made for another folder; starting it anew"
    rm -rf "$folder"
  fi
  if ! configured "$preset"; then
    # Afresh: a cache that meets another compiler would forget the rest of its preset.
    rm -f "$folder/.configured"
    step "configure $preset" cmake --fresh --preset "$preset" || return
    touch "$folder/.configured"
  fi
  step "build $preset" cmake --build "$folder" --target "$target"
}
