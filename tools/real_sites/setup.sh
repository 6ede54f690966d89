#!/bin/sh
# Unpacks MediaWiki and DokuWiki from Debian's packages into a folder and fills them with pages, so
# that livesearch can be tested against sites that it was not written for.
set -eu

usage() {
  cat <<'TEXT'
Usage: setup.sh DIR

Sets up MediaWiki and DokuWiki below DIR, without installing them on this machine. Their packages
are downloaded into DIR/downloads once. A second run does nothing unless the pages or this script
have changed. The PHP packages that must be installed are listed in packages.txt.
TEXT
}

case "${1:-}" in
  -h|--help) usage; exit 0 ;;
  '') usage >&2; exit 2 ;;
esac
mkdir -p "$1"
dir=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../../livesearch/demo/corpus

say() { printf 'real sites: %s\n' "$*"; }
die() { printf 'setup.sh: %s; stopped\n' "$*" >&2; exit 1; }

command -v php >/dev/null || die "php is not installed; see packages.txt"

stamp=$(cat "$here/setup.sh" "$here/convert.php" "$here"/pages/*/*.md "$corpus"/*.md | sha256sum)
if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ]; then
  say "up to date in $dir"
  exit 0
fi
rm -rf "$dir/stamp" "$dir/mediawiki" "$dir/dokuwiki" "$dir/data" "$dir/pages" "$dir/unpacked"

# Debian's own dependencies would bring a web server and a database; only the files are wanted.
mkdir -p "$dir/downloads"
cd "$dir/downloads"
for package in mediawiki mediawiki-classes dokuwiki; do
  if ! ls "${package}"_*.deb >/dev/null 2>&1; then
    say "downloading $package"
    apt-get -q -o APT::Sandbox::User=root download "$package" >/dev/null ||
      die "cannot download $package; apt-get update may help"
  fi
done

# MediaWiki's extensions and its translations are two thirds of all and are not used here.
say "unpacking"
unpacked=$dir/unpacked
mkdir "$unpacked"
for archive in "$dir"/downloads/*.deb; do
  dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$unpacked" --no-same-owner \
    --exclude='./usr/share/doc' --exclude='./usr/share/mediawiki/extensions-core/*' \
    --exclude='*/languages/i18n/[a-df-z]*.json' --exclude='*/languages/i18n/e[a-mo-z]*.json'
done

mkdir -p "$dir/pages/mediawiki" "$dir/pages/dokuwiki"
for wiki in mediawiki dokuwiki; do
  php "$here/convert.php" $wiki "$dir/pages/$wiki" "$corpus"/*.md "$here"/pages/*/*.md
done

say "setting up MediaWiki"
mkdir -p "$dir/data"
mv "$unpacked/usr/share/mediawiki" "$dir/mediawiki"
cd "$dir/mediawiki"
rm LocalSettings.php config extensions images
mkdir images
mv extensions-core extensions
php maintenance/install.php --dbtype sqlite --dbpath "$dir/data" --dbname mediawiki \
  --server http://127.0.0.1 --scriptpath "" --confpath "$PWD" --pass livesearch-test \
  --lang en --skins Vector "Stage wiki" Admin >"$dir/mediawiki.log" 2>&1 ||
  die "MediaWiki's installer failed, see $dir/mediawiki.log"
cat >>LocalSettings.php <<'SETTINGS'

# The port is known only when the site is served.
$wgServer = getenv( 'MEDIAWIKI_SERVER' ) ?: 'http://127.0.0.1';
$wgArticlePath = '/index.php/$1';
$wgJobRunRate = 0;
$wgEnableUploads = false;
$wgMainCacheType = CACHE_NONE;
$wgMessageCacheType = CACHE_NONE;
$wgParserCacheType = CACHE_NONE;
$wgCacheDirectory = "$IP/cache";
$wgLocalisationCacheConf['store'] = 'array';
SETTINGS
mkdir -p cache
{
  php maintenance/rebuildLocalisationCache.php --lang en --no-progress
  php maintenance/importTextFiles.php --user Admin --summary seed --bot --overwrite \
    "$dir"/pages/mediawiki/*.txt
  php maintenance/rebuildtextindex.php
} >>"$dir/mediawiki.log" 2>&1 || die "MediaWiki could not be filled, see $dir/mediawiki.log"

say "setting up DokuWiki"
mv "$unpacked/usr/share/dokuwiki" "$dir/dokuwiki"
cd "$dir/dokuwiki"
# Debian's preload.php points into /etc; without it DokuWiki uses its own conf/ and data/.
rm -rf inc/preload.php .htaccess lib/plugins lib/tpl
mv "$unpacked/var/lib/dokuwiki/lib/plugins" "$unpacked/var/lib/dokuwiki/lib/tpl" lib/
mv "$unpacked/etc/dokuwiki" conf
mv "$unpacked/var/lib/dokuwiki/data" data
rm -f conf/acl.auth.php conf/users.auth.php
cat >conf/local.php <<'SETTINGS'
<?php
$conf['title'] = 'Stage notes';
$conf['lang'] = 'en';
$conf['license'] = '0';
$conf['useacl'] = 0;
$conf['savedir'] = './data';
$conf['useheading'] = '1';
$conf['updatecheck'] = 0;
$conf['basedir'] = '/';
SETTINGS
rm -rf data/pages/*
cp "$dir"/pages/dokuwiki/*.txt data/pages/
php -d error_reporting=0 bin/indexer.php -c -q >"$dir/dokuwiki.log" 2>&1 ||
  die "DokuWiki could not be indexed, see $dir/dokuwiki.log"

rm -rf "$unpacked"
printf '%s\n' "$stamp" >"$dir/stamp"
say "ready in $dir"
