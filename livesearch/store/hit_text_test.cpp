#include "livesearch/store/hit_text.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

TEST(hit_text_test, what_is_written_is_read) {
  const std::vector<hit> hits{{"A title: with 3:signs", "https://example.org/", ""},
                              {"Another", "https://example.org/2", std::string("\0x", 2)}};

  EXPECT_EQ(read_hits(write_hits(hits)), hits);
  EXPECT_EQ(read_hits(write_hits({})), std::vector<hit>{});
}

TEST(hit_text_test, a_text_that_was_damaged_is_nothing) {
  const std::string whole = write_hits({{"Title", "https://example.org/", "Snippet"}});

  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_FALSE(read_hits(whole.substr(0, length))) << length;
  }
  EXPECT_FALSE(read_hits("99999999999999999999999:x"));
  EXPECT_FALSE(read_hits("-1:x"));
}

}  // namespace
}  // namespace livesearch
