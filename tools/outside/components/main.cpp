#include <genstage/exporters/otlp_exporter.hpp>
#include <genstage/http/target.hpp>
#include <genstage/inspector/inspector.hpp>
#include <genstage/io/reactor.hpp>

#include <cstdio>

int main() {
  const genstage::reactor reactor{"outside"};
  const auto target = genstage::http::parse_target("/search?q=stage");
  if (!target) return 1;
  std::printf("%s %s\n", target->path.c_str(), target->find("q")->c_str());
  genstage::runtime home;
  const auto told = genstage::spawn<genstage::otlp_exporter>(home, {}, genstage::otlp_options{});
  if (!told) return 1;
  const auto looked_at = genstage::inspector::start(home, {.port = 0});
  std::printf("%s\n", looked_at ? "inspected" : looked_at.error().message.c_str());
}
