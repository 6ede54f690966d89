"""The rules. Each takes a file and yields (line, rule, message)."""

import ast
import re

import cpp_source
import layers

LINE_COLUMNS = 100
FUNCTION_LINES = 70
FILE_LINES = 600
HEADER_LINES = 400

CODE = {"hpp", "cpp", "py", "sh", "cmake", "ts", "js", "mjs", "svelte", "css"}
PROSE = {"md", "yaml", "yml", "json", "html", "php"}
FORBIDDEN_NAMES = {"utils", "util", "common", "misc", "helpers", "helper"}

# Written apart, so that this file passes its own rule.
_HOSTS = [
    "registry" + ".npmjs.org", "registry" + ".yarnpkg.com", "deb" + ".debian.org",
    "snapshot" + ".debian.org", "files.pythonhosted" + ".org", "index.crates" + ".io",
    "proxy" + ".golang.org",
]
_MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|root|home/\w+|tmp/build-\w+|mnt/\w+|Users/\w+)/")
_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
_UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
_SLEEP = re.compile(r"\bthis_thread::sleep_\w+|namespace\s+std::this_thread|\b(?:u|nano)sleep\b")
_CLOCK = re.compile(r"\b(?:steady_clock|system_clock|high_resolution_clock)::now\b")
_BANNER = re.compile(r"^\s*(?://|#)[/!]?\s*([-=*#~_/])\1{5,}")
_CHRONO = re.compile(r"\b(?:nano|micro|milli)?seconds$|\b(?:minutes|hours)$")
_DECLARATION = re.compile(r"^[\w:<>,&*\s]+[\w>&*]\s+\w+$")
_CAPTURE = re.compile(
    r"(?<![\w\])\[])\[(?!\[)([^\[\]]+)\]\s*(?:<[^{}]*>\s*)?"
    r"(?:\(|mutable|->|" + cpp_source.BODY + ")")


class File:
    """One file as the rules see it; what is derived is made once and only if a rule asks."""

    def __init__(self, path, text):
        self.path = path
        self.name = path.rsplit("/", 1)[-1]
        self.kind = "cmake" if self.name == "CMakeLists.txt" else self.name.rpartition(".")[2]
        if self.kind == self.name:
            self.kind = "sh" if text.startswith("#!") and "sh\n" in text[:40] else ""
        self.text = text
        self.lines = text.split("\n")
        self.is_cpp = self.kind in ("hpp", "cpp")
        self.is_test = bool(re.search(r"_test\.(cpp|hpp)$|/compile_fail/", path))
        self.is_acceptance = self.name.endswith("_acceptance_test.cpp")
        self._scanned = None

    def blanked(self):
        return self.scanned()[0]

    def scanned(self):
        if self._scanned is None:
            blanked = cpp_source.blank(self.text)
            self._scanned = (blanked, *cpp_source.scan(blanked))
        return self._scanned

    def includes(self):
        for number, line in enumerate(self.lines, 1):
            match = _INCLUDE.match(line)
            if match:
                yield number, match.group(1), match.group(2)


def line_length(file):
    if file.kind not in CODE:
        return
    for number, line in enumerate(file.lines, 1):
        if len(line) > LINE_COLUMNS:
            yield number, f"{len(line)} columns, at most {LINE_COLUMNS} are allowed"


def file_length(file):
    if file.kind not in CODE:
        return
    limit = HEADER_LINES if file.kind == "hpp" else FILE_LINES
    count = len(file.lines) - 1
    if count > limit:
        yield count, f"{count} lines, at most {limit} are allowed in such a file"


def function_length(file):
    for name, first, last in _functions(file):
        count = last - first + 1
        if count > FUNCTION_LINES:
            yield first, f"{name} has {count} lines, at most {FUNCTION_LINES} are allowed"


def _functions(file):
    if file.is_cpp:
        blanked, functions, _ = file.scanned()
        for head, begin, end in functions:
            words = " ".join(head.split())
            yield words[:60], cpp_source.line_of(blanked, begin), cpp_source.line_of(blanked, end)
    elif file.kind == "py":
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, ast.FunctionDef):
                yield node.name, node.lineno, node.end_lineno
    elif file.kind == "sh":
        opened = None
        for number, line in enumerate(file.lines, 1):
            match = re.match(r"^(\w+)\(\) \{$", line)
            opened = (match.group(1), number) if match else opened
            if line == "}" and opened:
                yield opened[0], opened[1], number
                opened = None


def whitespace(file):
    if file.kind not in CODE | PROSE:
        return
    for number, line in enumerate(file.lines, 1):
        if "\t" in line:
            yield number, "a tab, only spaces are allowed"
        if line != line.rstrip():
            yield number, "white space at the end of the line, none is allowed"
    if file.text and not file.text.endswith("\n"):
        yield len(file.lines), "no line end at the end of the file, one is needed"


def layer_order(file):
    if not file.is_cpp:
        return
    for number, _, included in file.includes():
        reason = layers.allowed(file.path, included, file.is_test)
        if reason:
            yield number, f"includes {included}, {reason}"


def pragma_once(file):
    if file.kind != "hpp":
        return
    first = next((line for line in file.lines if line.strip() and not line.startswith("//")), "")
    if first != "#pragma once":
        yield 1, f'begins with "{first[:40]}", "#pragma once" must be the first that is no comment'


def name(file):
    parts = file.path.split("/")
    for part in parts:
        if part.partition(".")[0] in FORBIDDEN_NAMES:
            yield 1, f'"{part}" says nothing, a name tells what is inside'
    if file.is_cpp and not re.fullmatch(r"[a-z][a-z0-9_]*\.(hpp|cpp)", parts[-1]):
        yield 1, f'"{parts[-1]}", only snake_case is allowed'


def third_party(file):
    order, layer = layers.of_path(file.path)
    if order is not layers.GENSTAGE or file.kind != "hpp" or file.is_test:
        return
    if layer in layers.OPTIONAL:
        return
    for number, _, included in file.includes():
        if not included.startswith("genstage/") and not re.fullmatch(r"[a-z_0-9]+", included):
            yield number, f"includes {included}, a public header may include std and genstage only"


def machine(file):
    if file.kind not in CODE | PROSE | {"txt"}:
        return
    for number, line in enumerate(file.lines, 1):
        for host in _HOSTS:
            # A site's definition names the host that it searches.
            if host in line and not file.path.startswith("livesearch/sites/"):
                yield number, f"names {host}, no registry's address is allowed"
        match = _MACHINE_PATH.search(line)
        if match:
            yield number, f"names {match.group(0)}, no path of one machine is allowed"
        if file.name == "package-lock.json" and '"resolved"' in line:
            yield number, "a resolved address, a lock file must do without"


def unfinished(file):
    if file.kind not in CODE:
        return
    for number, line in enumerate(file.lines, 1):
        match = _UNFINISHED.search(line)
        if match:
            yield number, f"{match.group(1)}, work left over belongs into an issue"


def real_time(file):
    if not file.is_test or file.is_acceptance:
        return
    for number, line in enumerate(file.blanked().split("\n"), 1):
        match = _SLEEP.search(line) or _CLOCK.search(line)
        if match:
            yield number, f"{match.group(0)}, only an _acceptance_test.cpp may use real time"


def banner(file):
    if file.kind not in CODE:
        return
    for number, line in enumerate(file.lines, 1):
        if _BANNER.match(line):
            yield number, "a banner, a comment is sentences"


def coroutine(file):
    """g++ 12 destroys some temporaries twice that are made inside a co_await expression."""
    if not file.is_cpp:
        return
    blanked, _, statements = file.scanned()
    for text, start in statements:
        if re.search(r"\bco_await\b", text):
            line = cpp_source.line_of(blanked, start)
            for seen in _dangerous(text):
                yield line, f"{seen} in a co_await expression, name it in a statement before"


def _dangerous(text):
    for match in _CAPTURE.finditer(text):
        yield f"a lambda that captures [{match.group(1).strip()}]"
    if "?" in text:
        yield "a conditional"
    for match in re.finditer(r"\{", text):
        before = text[:match.start()].rstrip()
        if _CHRONO.search(before) or _DECLARATION.match(before):
            continue
        word = re.search(r"[\w:]*(?:<[^()]*>)?$", before).group(0)
        yield f"the temporary {word}{{...}}" if word else "a braced temporary"


ALL = {
    "line_length": line_length,
    "file_length": file_length,
    "function_length": function_length,
    "whitespace": whitespace,
    "layer_order": layer_order,
    "pragma_once": pragma_once,
    "name": name,
    "third_party": third_party,
    "machine": machine,
    "unfinished": unfinished,
    "real_time": real_time,
    "banner": banner,
    "coroutine": coroutine,
}
