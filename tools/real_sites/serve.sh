#!/bin/sh
# Serves the wikis that setup.sh made, until it is killed.
set -eu

usage() {
  cat <<'TEXT'
Usage: serve.sh DIR

Serves MediaWiki and DokuWiki from DIR (see setup.sh) on free ports of 127.0.0.1. Prints one line

  mediawiki=PORT dokuwiki=PORT

as soon as both answer, and stays until it receives SIGTERM, SIGINT or SIGHUP; then it ends both.
TEXT
}

case "${1:-}" in
  -h|--help) usage; exit 0 ;;
  '') usage >&2; exit 2 ;;
esac
die() { printf 'serve.sh: %s; stopped\n' "$*" >&2; exit 1; }
[ -f "$1/stamp" ] || die "$1: the wikis are not set up; run setup.sh $1"
dir=$(cd "$1" && pwd)

servers=''
waiter=''
finish() {
  trap - EXIT INT TERM HUP
  [ -z "$waiter" ] || kill "$waiter" 2>/dev/null || :
  for server in $servers; do kill -s TERM -- "-$server" 2>/dev/null || :; done
  wait
}
trap finish EXIT
trap 'exit 0' INT TERM HUP

# Both sockets are open at the same time, so the ports differ.
ports=$(php -r '
  $open = [stream_socket_server("tcp://127.0.0.1:0"), stream_socket_server("tcp://127.0.0.1:0")];
  foreach ($open as $socket) {
    $name = stream_socket_get_name($socket, false);
    $ports[] = substr($name, strrpos($name, ":") + 1);
  }
  echo implode(" ", $ports);
')
mediawiki=${ports% *}
dokuwiki=${ports#* }

# PHP's server forks its workers, so each server has a process group of its own that can be ended
# as a whole. Without workers it would answer one request at a time.
export PHP_CLI_SERVER_WORKERS=4
MEDIAWIKI_SERVER=http://127.0.0.1:$mediawiki \
  setsid php -d opcache.enable_cli=1 -d display_errors=0 -S "127.0.0.1:$mediawiki" \
  -t "$dir/mediawiki" >"$dir/mediawiki.serve.log" 2>&1 &
servers="$servers $!"
setsid php -d opcache.enable_cli=1 -d error_reporting=0 \
  -S "127.0.0.1:$dokuwiki" -t "$dir/dokuwiki" >"$dir/dokuwiki.serve.log" 2>&1 &
servers="$servers $!"

# Asking for what will be asked for later also warms their caches. It is done in the background,
# because the shell handles a signal only when what runs in the foreground has ended.
php -d default_socket_timeout=10 -r '
  $until = microtime(true) + 60;
  foreach (array_slice($argv, 1) as $url) {
    while (@file_get_contents($url) === false) {
      if (microtime(true) > $until) exit(1);
      usleep(50000);
    }
  }
' "http://127.0.0.1:$mediawiki/api.php?action=query&list=search&srsearch=stage&format=json" \
  "http://127.0.0.1:$mediawiki/index.php?title=Special:Search&fulltext=1&search=stage" \
  "http://127.0.0.1:$dokuwiki/doku.php?do=search&q=stage" &
waiter=$!
wait "$waiter" || die "the wikis do not answer after 60 s, see $dir/*.serve.log"
waiter=''

printf 'mediawiki=%s dokuwiki=%s\n' "$mediawiki" "$dokuwiki"
wait
