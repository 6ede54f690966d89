#include <fmt/format.h>

#include <algorithm>
#include <genstage/supervision/child_spec.hpp>

namespace genstage::inline v0 {

namespace {

double milliseconds(duration span) {
  return std::chrono::duration<double, std::milli>{span}.count();
}

result<void> refused(const child_spec& child, std::string_view why) {
  return fail(errc::invalid_argument, fmt::format("child {}: {}; not started", child.id, why));
}

}  // namespace

std::string to_string(shutdown_limit limit) {
  if (!limit) return "infinity";
  if (*limit == duration::zero()) return "brutal kill";
  return fmt::format("{} ms", milliseconds(*limit));
}

std::string_view to_string(restart_type type) noexcept {
  switch (type) {
    case restart_type::permanent:
      return "permanent";
    case restart_type::transient:
      return "transient";
    case restart_type::temporary:
      return "temporary";
  }
  return "unknown";
}

std::string_view to_string(child_type type) noexcept {
  return type == child_type::supervisor ? "supervisor" : "worker";
}

std::vector<child_spec> one_by_one(std::span<const child_spec> children) {
  std::vector<child_spec> all;
  for (const child_spec& each : children) {
    for (std::size_t index = 0; index < each.count; ++index) {
      child_spec one = each;
      one.count = 1;
      if (each.count > 1) {
        one.id = fmt::format("{}/{}", each.id, index);
        if (!each.name.empty()) one.name = fmt::format("{}/{}", each.name, index);
      }
      all.push_back(std::move(one));
    }
  }
  return all;
}

result<void> check(const child_spec& child, auto_shutdown ending) {
  if (!child.start) return refused(child, "it has no start function, every child needs one");
  if (child.shutdown && *child.shutdown < duration::zero()) {
    return refused(child, fmt::format("its shutdown limit is {} ms, from 0 on is allowed",
                                      milliseconds(*child.shutdown)));
  }
  if (child.significant && child.restart == restart_type::permanent) {
    return refused(child,
                   "it is significant and permanent, only transient and temporary children "
                   "can be significant");
  }
  if (child.significant && ending == auto_shutdown::never) {
    return refused(child,
                   "it is significant under a supervisor whose auto_shutdown is never, only "
                   "any_significant and all_significant allow such children");
  }
  if (child.backoff && (child.backoff->first < duration::zero() || child.backoff->factor < 1.0 ||
                        child.backoff->jitter < 0.0 || child.backoff->jitter > 1.0)) {
    return refused(child,
                   fmt::format("its backoff has first {} ms, factor {} and jitter {}, a wait "
                               "from 0, a factor from 1 and a jitter from 0 to 1 are allowed",
                               milliseconds(child.backoff->first), child.backoff->factor,
                               child.backoff->jitter));
  }
  return {};
}

result<void> check(std::span<const child_spec> children, auto_shutdown ending) {
  for (auto each = children.begin(); each != children.end(); ++each) {
    if (result<void> one = check(*each, ending); !one) return one;
    const auto same = [&](const child_spec& other) { return other.id == each->id; };
    if (std::any_of(children.begin(), each, same)) {
      return fail(
          errc::invalid_argument,
          fmt::format("two children have the id \"{}\", ids must differ; not started", each->id));
    }
  }
  return {};
}

}  // namespace genstage::inline v0
