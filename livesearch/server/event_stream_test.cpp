#include "livesearch/server/event_stream.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

TEST(event_stream_test, an_event_has_an_id_a_name_and_one_line_of_data) {
  EXPECT_EQ(wire_event(3, "site", R"({"id":"wiki"})"),
            "id: 3\nevent: site\ndata: {\"id\":\"wiki\"}\n\n");
}

}  // namespace
}  // namespace livesearch
