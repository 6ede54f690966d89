"""The order of layers, from docs/architecture.md: one includes itself and what stands before it."""

GENSTAGE = [
    "core", "record", "telemetry", "task", "scheduler", "process", "trace", "replay",
    "supervision", "dispatch", "stage", "application", "observe", "simulation", "io", "http",
    "inspector", "exporters", "pipeline", "flow", "connect", "conformance",
]

LIVESEARCH = [
    "site", "query", "merge", "demo", "sites", "store", "fetch", "search", "cluster", "web",
    "server", "cli", "fuzz",
]

# Their headers may show a third party's types: whoever links them has chosen it.
OPTIONAL = {"io", "http", "inspector", "exporters", "connect"}

# What a test may include whatever its layer is, besides what users include (genstage.hpp): the
# driver that gives it virtual time.
FOR_TESTS = {"simulation"}


def of_path(path):
    """(order, layer) of a path such as genstage/stage/x.hpp; layer is "" for a file at the top."""
    parts = path.split("/")
    orders = {"genstage": GENSTAGE, "livesearch": LIVESEARCH}
    order = orders.get(parts[0])
    return (order, parts[1] if len(parts) > 2 else "") if order else (None, "")


def allowed(path, included, is_test):
    """None if the file at path may include the other; otherwise what is allowed, in words."""
    order, layer = of_path(path)
    other_order, other = of_path(included)
    if order is None or other_order is None:
        return None
    if order is not other_order:
        return None if order is LIVESEARCH else "the library never includes the application"
    if not layer:
        return None
    if not other and not is_test:
        return f"a layer includes only layers, of {layer} those up to it"
    if layer not in order or (other and other not in order):
        return "only folders of tools/tidy/layers.py are layers"
    if is_test and (not other or other in FOR_TESTS):
        return None
    if order.index(other) <= order.index(layer):
        return None
    return f"{layer} may include {', '.join(order[:order.index(layer) + 1])}"
