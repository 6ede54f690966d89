#include "livesearch/cli/recorded_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <genstage/replay/schedule.hpp>
#include <genstage/trace/detail/bytes.hpp>
#include <utility>

namespace livesearch {

namespace {

using genstage::detail::byte_reader;
using genstage::detail::byte_writer;

constexpr std::string_view magic = "search02";
constexpr std::uint8_t cache_uses = 2;
constexpr std::uint8_t output_formats = 3;

void put(byte_writer& to, const std::vector<std::string>& texts) {
  to.number(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& each : texts) to.text(each);
}

std::vector<std::string> take_texts(byte_reader& from, std::string_view of) {
  std::vector<std::string> texts;
  for (std::size_t left = from.count<std::uint32_t>(4, of); left > 0; --left) {
    texts.push_back(from.text());
  }
  return texts;
}

void put(byte_writer& to, const server_settings& server) {
  to.number(static_cast<std::uint8_t>(server.is_offline));
  put(to, server.host_names);
  to.number(static_cast<std::uint8_t>(server.inspect.has_value()));
  to.number(server.inspect.value_or(0));
  to.text(server.otlp);
  to.number(static_cast<std::uint8_t>(server.latencies));
}

server_settings take_server(byte_reader& from) {
  server_settings read{.is_offline = from.below(2, "a network of kind") == 1,
                       .host_names = take_texts(from, "names")};
  const bool inspects = from.below(2, "an inspector of kind") == 1;
  const auto port = from.number<std::uint16_t>();
  if (inspects) read.inspect = port;
  read.otlp = from.text();
  read.latencies = from.below(2, "latencies of kind") == 1;
  return read;
}

}  // namespace

recorded_search recorded_search::of(const search_options& asked, const program& base) {
  recorded_search made{.query = asked.query,
                       .sites = asked.sites,
                       .categories = asked.categories,
                       .page = asked.page,
                       .cache = asked.cache,
                       .format = asked.format,
                       .files = {base.site_files().begin(), base.site_files().end()},
                       .began = base.times().at(genstage::instant{})};
  if (base.remembers()) made.learnt = base.learnt();
  for (const site_ptr& each : base.sites().all()) {
    if (!each->definition.enabled) made.disabled.push_back(each->definition.id);
  }
  return made;
}

genstage::result<site_catalog> recorded_search::catalog() const {
  loaded_sites loaded = load_definitions(files);
  if (!loaded.errors.empty()) {
    return genstage::fail(genstage::errc::invalid_argument,
                          "replay: site definition " + to_string(loaded.errors.front()));
  }
  for (site_definition& each : loaded.definitions) {
    each.enabled = std::ranges::find(disabled, each.id) == disabled.end();
  }
  return site_catalog::make(std::move(loaded.definitions));
}

genstage::result<search_plan> recorded_search::plan(const site_catalog& among) const {
  auto parsed = parse_query(query);
  if (!parsed) return std::unexpected{std::move(parsed.error())};
  auto made = plan_search(among, std::move(*parsed), sites, categories, page);
  if (made) made->cache = cache;
  return made;
}

std::string to_bytes(const recorded_search& written) {
  byte_writer to{magic};
  to.text(written.query);
  put(to, written.sites);
  put(to, written.categories);
  to.number(written.page);
  to.number(static_cast<std::uint8_t>(written.cache));
  to.number(static_cast<std::uint8_t>(written.format));
  to.number(static_cast<std::uint32_t>(written.files.size()));
  for (const definition_file& each : written.files) {
    to.text(each.name);
    to.text(each.yaml);
  }
  put(to, written.disabled);
  to.number(static_cast<std::uint64_t>(written.began.time_since_epoch().count()));
  to.number(static_cast<std::uint8_t>(written.learnt ? 1 : 0));
  if (written.learnt) to.text(to_bytes(*written.learnt));
  to.number(static_cast<std::uint8_t>(written.server ? 1 : 0));
  if (written.server) put(to, *written.server);
  return to.take();
}

std::optional<recorded_search> recorded_search_of_bytes(std::string_view bytes) {
  byte_reader from{bytes, magic};
  recorded_search read;
  read.query = from.text();
  read.sites = take_texts(from, "sites");
  read.categories = take_texts(from, "categories");
  read.page = from.number<std::uint32_t>();
  read.cache = static_cast<cache_use>(from.below(cache_uses, "a use of the cache"));
  read.format = static_cast<output_format>(from.below(output_formats, "a form of output"));
  for (std::size_t left = from.count<std::uint32_t>(8, "files"); left > 0; --left) {
    definition_file& each = read.files.emplace_back();
    each.name = from.text();
    each.yaml = from.text();
  }
  read.disabled = take_texts(from, "sites");
  read.began = calendar::time{
      std::chrono::milliseconds{static_cast<std::int64_t>(from.number<std::uint64_t>())}};
  if (from.below(2, "a memory of kind") == 1) {
    read.learnt = conditions_of_bytes(from.text());
    if (!read.learnt) return std::nullopt;
  }
  if (from.below(2, "a program of kind") == 1) read.server = take_server(from);
  from.end();
  if (from.failure()) return std::nullopt;
  return read;
}

genstage::result<recorded_search> read_recorded_search(const std::string& file) {
  const genstage::result<genstage::schedule> recorded = genstage::read_schedule(file);
  if (!recorded) return std::unexpected{recorded.error()};
  const bool is_there = !recorded->port_inputs.empty() &&
                        recorded->port_inputs.front().port == recorded_search::port_name;
  if (is_there && recorded->port_inputs.front().bytes) {
    if (auto read = recorded_search_of_bytes(*recorded->port_inputs.front().bytes)) return *read;
  }
  return genstage::fail(genstage::errc::invalid_argument,
                        fmt::format("replay: {} is no recording of livesearch", file));
}

}  // namespace livesearch
