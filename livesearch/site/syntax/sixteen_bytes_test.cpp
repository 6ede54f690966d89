#include "livesearch/site/syntax/sixteen_bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace livesearch {
namespace {

bool is_printable(std::string_view text) {
  return all_fit(text, [](sixteen_bytes each) { return each.printable(); });
}

bool has_no_two(std::string_view text, char c) {
  return all_neighbours_fit(text, [c](sixteen_bytes each, sixteen_bytes after) {
    return ~(each.equal(c) & after.equal(c));
  });
}

TEST(sixteen_bytes_test, every_byte_is_known_at_every_place) {
  for (const std::size_t size : {16U, 17U, 31U, 32U, 33U, 50U}) {
    for (std::size_t place = 0; place < size; ++place) {
      for (int byte = 0; byte < 0x100; ++byte) {
        std::string text(size, 'x');
        text[place] = static_cast<char>(byte);

        const bool is_found = !all_fit(
            text, [&](sixteen_bytes each) { return ~each.equal(static_cast<char>(byte)); });

        EXPECT_EQ(is_printable(text), byte >= 0x20 && byte < 0x7F) << byte << " at " << place;
        EXPECT_TRUE(is_found) << byte << " at " << place;
      }
    }
  }
}

TEST(sixteen_bytes_test, two_neighbours_are_seen_at_every_place) {
  for (const std::size_t size : {17U, 31U, 32U, 33U, 34U, 50U}) {
    EXPECT_TRUE(has_no_two(std::string(size, 'x'), ' '));
    for (std::size_t place = 0; place + 1 < size; ++place) {
      std::string text(size, 'x');
      text[place] = ' ';
      EXPECT_TRUE(has_no_two(text, ' ')) << place << " of " << size;

      text[place + 1] = ' ';
      EXPECT_FALSE(has_no_two(text, ' ')) << place << " of " << size;
    }
  }
}

TEST(sixteen_bytes_test, of_too_short_a_text_nothing_is_said) {
  EXPECT_FALSE(is_printable("fifteen letters"));
  EXPECT_FALSE(has_no_two("sixteen letters.", ' '));
}

}  // namespace
}  // namespace livesearch
