<?php
// Turns documents (Markdown with front matter) into the page files of a wiki.
//   php convert.php mediawiki|dokuwiki OUTPUT_FOLDER FILE...
// A document goes into a wiki if its front matter names a site listed for it below.

const TAKEN = ['mediawiki' => ['handbook', 'journal', 'mediawiki'],
               'dokuwiki' => ['handbook', 'tracker', 'dokuwiki']];

function stop(string $why): never {
    fwrite(STDERR, "convert.php: $why; stopped\n");
    exit(1);
}

function read_document(string $file): array {
    $text = file_get_contents($file);
    if (!preg_match('/\A---\n(.*?)\n---\n\s*(.*)\z/s', $text, $parts)) {
        stop("$file: no front matter");
    }
    $doc = ['body' => rtrim($parts[2])];
    foreach (explode("\n", $parts[1]) as $line) {
        [$key, $value] = explode(':', $line, 2);
        $doc[trim($key)] = trim($value);
    }
    return $doc;
}

/** Gives each run of a line its form in the wiki: code, strong, stress or plain text. */
function inline_markup(string $text, callable $code, string $strong, string $stress,
                       callable $plain): string {
    $inner = fn($run) => inline_markup($run, $code, $strong, $stress, $plain);
    $form = fn($m) => match (true) {
        ($m[1] ?? '') !== '' => $code($m[1]),
        ($m[2] ?? '') !== '' => $strong . $inner($m[2]) . $strong,
        ($m[3] ?? '') !== '' => $stress . $inner($m[3]) . $stress,
        default => $plain($m[0]),
    };
    $runs = '/`([^`]+)`|\*\*((?:`[^`]*`|[^*`])+)\*\*|\*([^*\n]+)\*|[^`*]+|[`*]/u';
    return preg_replace_callback($runs, $form, $text);
}

function wiki_blocks(string $body, callable $paragraph, callable $item, callable $code): string {
    $one_line = fn($text) => preg_replace('/\s+/', ' ', trim($text));
    $form = '/```\n(.*?)\n```|((?:(?!```)[^\n]+\n?)+)/s';
    preg_match_all($form, $body, $blocks, PREG_SET_ORDER);
    $out = [];
    foreach ($blocks as $block) {
        if (str_starts_with($block[0], '```')) {
            $out[] = $code($block[1]);
        } elseif (str_starts_with($block[0], '- ')) {
            $items = preg_split('/\n- /', substr($block[0], 2));
            $out[] = implode("\n", array_map(fn($text) => $item($one_line($text)), $items));
        } else {
            $out[] = $paragraph($one_line($block[0]));
        }
    }
    return implode("\n\n", $out) . "\n";
}

function to_mediawiki(array $doc): string {
    $escape = fn($t) => htmlspecialchars($t, ENT_NOQUOTES);
    $code = fn($t) => '<code><nowiki>' . $escape($t) . '</nowiki></code>';
    $inline = fn($t) => inline_markup($t, $code, "'''", "''", $escape);
    return wiki_blocks($doc['body'], $inline, fn($t) => '* ' . $inline($t),
                       fn($t) => '<pre>' . $escape($t) . '</pre>');
}

function to_dokuwiki(array $doc): string {
    $plain = fn($t) => $t;
    $code = fn($t) => "''%%" . $t . "%%''";
    $inline = fn($t) => inline_markup($t, $code, '**', '//', $plain);
    return "====== {$doc['title']} ======\n\n" .
        wiki_blocks($doc['body'], $inline, fn($t) => '  * ' . $inline($t),
                    fn($t) => "<code>\n$t\n</code>");
}

$wiki = $argv[1] ?? '';
$folder = $argv[2] ?? '';
if (!isset(TAKEN[$wiki]) || !is_dir($folder)) stop("usage: WIKI OUTPUT_FOLDER FILE...");
$count = 0;
foreach (array_slice($argv, 3) as $file) {
    $doc = read_document($file);
    $sites = array_map('trim', explode(',', $doc['sites']));
    if (!array_intersect(TAKEN[$wiki], $sites)) continue;
    // MediaWiki's import takes the title from the file's name, DokuWiki the page's id.
    $name = $wiki === 'mediawiki' ? $doc['title'] : str_replace('-', '_', basename($file, '.md'));
    $text = $wiki === 'mediawiki' ? to_mediawiki($doc) : to_dokuwiki($doc);
    file_put_contents("$folder/$name.txt", $text);
    $count++;
}
echo "$wiki: $count pages\n";
