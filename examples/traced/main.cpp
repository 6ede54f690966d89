// A batch of a distributed trace, and a collector of OpenTelemetry that is told what became of it:
// orders are read and packed, each as a span. `traced URL` sends to http://127.0.0.1:4318 unless it
// is told another collector.
#include <fmt/format.h>

#include <genstage/exporters/otlp_exporter.hpp>
#include <genstage/genstage.hpp>
#include <genstage/process/scoped_span.hpp>
#include <span>
#include <string>

namespace gs = genstage;

struct order {
  int number = 0;
};

// Three orders that have come with a request, whose `traceparent` says what they belong to.
class order_reader final : public gs::producer<order> {
 public:
  explicit order_reader(gs::trace_context request) : request_{std::move(request)} {}

  void handle_demand(gs::demand asked, gs::output<order>& out) override {
    if (last_ == 3) return;
    gs::scoped_span reading{home(), "read orders", &request_};
    reading.be(gs::span_kind::server);
    for (auto left = asked.count(); left > 0 && last_ < 3; --left) out.emit({++last_});
    reading.add("orders", last_);
    out.trace(reading.context());  // The spans of those who handle them come under it.
  }

 private:
  gs::trace_context request_;
  int last_ = 0;
};

class packer final : public gs::consumer<order> {
 public:
  explicit packer(gs::application* program) : program_{program} {}

  void handle_events(std::span<order> orders) override {
    // What whoever is called for this batch is told in a header.
    fmt::print("packing {} orders, traceparent: {}\n", orders.size(), gs::to_traceparent(*trace()));
    program_->request_stop();
  }

 private:
  gs::application* program_;
};

inline constexpr gs::name<gs::otlp_exporter> telling{"otlp"};
inline constexpr gs::name<order_reader> reading{"orders"};
inline constexpr gs::name<packer> packing{"packed"};

int main(int argc, char** argv) {
  gs::trace_context request =
      gs::parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
  request.state = gs::parse_tracestate("rojo=00f067aa0ba902b7").value_or("");

  gs::application app{{}};
  // First, so that it ends last, and what is there then goes out.
  app.add(gs::child(telling, gs::otlp_options{.url = argc > 1 ? argv[1] : "http://127.0.0.1:4318",
                                              .service = "shop"}));
  app.add(gs::child(reading, request));
  app.add(gs::child(packing, &app).subscribe_to(reading));
  return app.run();
}
