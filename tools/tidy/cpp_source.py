"""Reads C++ just well enough for the rules: functions, statements, text without comments."""

import re

_RAW_STRING = re.compile(r'(?:u8|[uUL])?R"([^\s()\\]{0,16})\(')
_CONTROL = re.compile(r"^(?:else\s+)?(?:if|for|while|switch|do|else|try|catch)\b")
_SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum)\b")
_TEMPLATE = re.compile(r"\btemplate\s*<")
_RETURNS = re.compile(r"\b(?:return|co_return|co_yield|co_await)$")

# Stands in a statement's text for a lambda's body.
BODY = "@"


def blank(source):
    """The source with comments, strings and preprocessor lines turned to spaces; line ends stay."""
    out = []
    position = 0
    end = len(source)
    while position < end:
        stop = _skip(source, position)
        if stop == position:
            out.append(source[position])
            position += 1
            continue
        piece = source[position:stop]
        if piece[0] not in "/#":
            out.append('"' + _spaces(piece[1:-1]) + '"')
        else:
            out.append(_spaces(piece))
        position = stop
    return "".join(out)


def _spaces(piece):
    return re.sub(r"[^\n]", " ", piece)


def _skip(source, position):
    """Where the comment, string or directive that begins here ends; position itself if none."""
    char = source[position]
    if char == "/" and source.startswith("//", position):
        return _line_end(source, position)
    if char == "/" and source.startswith("/*", position):
        close = source.find("*/", position + 2)
        return len(source) if close < 0 else close + 2
    if char == "#" and not source[source.rfind("\n", 0, position) + 1:position].strip():
        return _directive_end(source, position)
    word_before = position > 0 and (source[position - 1].isalnum() or source[position - 1] == "_")
    if not word_before:
        raw = _RAW_STRING.match(source, position)
        if raw:
            close = source.find(")" + raw.group(1) + '"', raw.end())
            return len(source) if close < 0 else close + len(raw.group(1)) + 2
    if char == '"' or (char == "'" and not word_before):
        return _quote_end(source, position)
    return position


def _line_end(source, position):
    stop = source.find("\n", position)
    return len(source) if stop < 0 else stop


def _directive_end(source, position):
    stop = _line_end(source, position)
    while stop < len(source) and source[stop - 1] == "\\":
        stop = _line_end(source, stop + 1)
    return stop


def _quote_end(source, position):
    quote = source[position]
    at = position + 1
    while at < len(source) and source[at] not in (quote, "\n"):
        at += 2 if source[at] == "\\" else 1
    return min(at + 1, len(source))


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


class _Level:
    """What is known between one block's braces: the statement being read and what is open in it."""

    def __init__(self, start):
        self.text = []
        self.start = start
        self.parens = 0
        self.initialisers = 0

    def restart(self):
        self.text = []

    def add(self, char, offset):
        if not self.text:
            if char.isspace():
                return
            self.start = offset
        self.text.append(char)
        if char == ":" and "".join(self.text) in ("public:", "private:", "protected:"):
            self.text = []

    def head(self):
        return "".join(self.text)


def scan(blanked):
    """Returns functions as (head, first offset, last offset) and statements as (text, offset).

    A statement's text is its own: bodies of lambdas in it are statements of theirs.
    """
    functions, statements, levels = [], [], [_Level(0)]
    for offset, char in enumerate(blanked):
        level = levels[-1]
        if char == "{":
            if _is_initialiser(blanked, offset, level):
                level.initialisers += 1
                level.add(char, offset)
            else:
                levels.append(_Level(offset + 1))
        elif char == "}" and level.initialisers:
            level.initialisers -= 1
            level.add(char, offset)
        elif char == "}" and len(levels) > 1:
            statements.append((level.head(), level.start))
            levels.pop()
            _close(blanked, offset, levels[-1], functions, statements)
        elif char == ";" and level.parens <= 0 and not level.initialisers:
            statements.append((level.head(), level.start))
            level.restart()
        else:
            level.parens += {"(": 1, ")": -1}.get(char, 0)
            level.add(char, offset)
    statements.append((levels[-1].head(), levels[-1].start))
    return functions, statements


def _close(blanked, offset, level, functions, statements):
    head = level.head()
    if _is_function(head):
        functions.append((head, level.start, offset))
    # Only a lambda's or a class's statement goes on after the brace.
    if blanked[offset + 1:offset + 200].lstrip()[:1] in (";", ",", "(", ")", ".", "]"):
        level.add(BODY, offset)
    else:
        statements.append((head, level.start))
        level.restart()


def _is_initialiser(blanked, offset, level):
    """Whether a brace makes a value: clang-format keeps the brace of a body apart by a space."""
    if offset == 0 or blanked[offset - 1] not in " \n":
        return offset > 0
    before = blanked[max(0, offset - 200):offset].rstrip()
    if before.endswith("{"):
        return level.initialisers > 0
    return before[-1:] in ("=", "(", ",", "?", "<") or _RETURNS.search(before) is not None


def _is_function(head):
    head = _without_template_lists(head).strip()
    before_parameters, parenthesis, _ = head.partition("(")
    if not parenthesis or _CONTROL.match(head):
        return False
    return not _SCOPE.search(before_parameters)


def _without_template_lists(head):
    match = _TEMPLATE.search(head)
    while match:
        depth, at = 1, match.end()
        while at < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            at += 1
        head = head[:match.start()] + head[at:]
        match = _TEMPLATE.search(head)
    return head
