#include "bench/old_architecture/job.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace old_architecture {

using json = nlohmann::ordered_json;

std::string to_text(const job& what) {
  const json written{{"search", what.search},
                     {"site", what.site},
                     {"query", what.query},
                     {"enqueued_ms", what.enqueued.time_since_epoch().count()},
                     {"attempt", what.attempt}};
  return written.dump(-1, ' ', false, json::error_handler_t::replace);
}

genstage::result<job> read_job(std::string_view text) {
  try {
    const json read = json::parse(text);
    const std::chrono::milliseconds enqueued{read.at("enqueued_ms").get<std::int64_t>()};
    return job{.search = read.at("search"),
               .site = read.at("site"),
               .query = read.at("query"),
               .enqueued = wall_time{enqueued},
               .attempt = read.at("attempt")};
  } catch (const json::exception& wrong) {
    return genstage::fail(
        genstage::errc::bad_answer,
        fmt::format("job: \"{}\" is no job ({}), only what this program writes is allowed; dropped",
                    text.substr(0, 80), wrong.what()));
  }
}

}  // namespace old_architecture
