#pragma once

#include <genstage/process/runtime.hpp>
#include <genstage/telemetry/span.hpp>
#include <string>
#include <utility>

namespace genstage::inline v0 {

/// A piece of work of a program's own as a span: it begins here, and is told when this is
/// destroyed.
///
///     void handle_demand(gs::demand asked, gs::output<job>& out) override {
///       gs::scoped_span reading{home(), "read jobs"};
///       out.append(read(asked));
///       out.trace(reading.context());   // the consumers' spans come under it
///     }
///
/// Lifetime: the runtime outlives it.
class scoped_span {
 public:
  /// Under `parent`, for instance what came in a `traceparent`; null begins a trace of its own.
  scoped_span(runtime& home, std::string name, const trace_context* parent = nullptr)
      : home_{home} {
    driver& scheduler = home_.scheduler();
    made_.name = std::move(name);
    made_.began = scheduler.now();
    if (parent != nullptr) {
      made_.parent = parent->span_id;
      made_.context = span_under(*parent, scheduler.random());
    } else {
      const std::uint64_t first = scheduler.random();
      const std::uint64_t second = scheduler.random();
      made_.context = make_trace(first, second, scheduler.random());
    }
  }
  scoped_span(const scoped_span&) = delete;
  scoped_span& operator=(const scoped_span&) = delete;
  ~scoped_span() {
    made_.took = home_.scheduler().now() - made_.began;
    home_.telemetry().emit(made_);
  }

  [[nodiscard]] const trace_context& context() const noexcept { return made_.context; }
  void be(span_kind kind) noexcept { made_.kind = kind; }
  /// Numbers and truths stay what they are: `add("http.response.status_code", 200)`.
  template <class T>
  void add(std::string key, T&& value) {
    made_.attributes.emplace_back(std::move(key), to_attribute(std::forward<T>(value)));
  }
  void fail(std::string why) { made_.error = std::move(why); }

 private:
  runtime& home_;
  span_ended made_{};
};

}  // namespace genstage::inline v0
