#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <genstage/exporters/prometheus_collectable.hpp>
#include <string>
#include <vector>

namespace genstage {
namespace {

TEST(prometheus_collectable_test, figures_become_families_with_labels) {
  const std::vector<metric> told{
      {"made_total", "Things made.", metric_kind::counter, {{{{"process", "numbers"}}, 10}}},
      {"kept", "Things kept.", metric_kind::gauge, {{{{"process", "a"}}, 1}, {{}, 2.5}}}};

  const auto families = families_of(told);

  EXPECT_EQ(prometheus::TextSerializer{}.Serialize(families),
            "# HELP made_total Things made.\n"
            "# TYPE made_total counter\n"
            "made_total{process=\"numbers\"} 10\n"
            "# HELP kept Things kept.\n"
            "# TYPE kept gauge\n"
            "kept{process=\"a\"} 1\n"
            "kept 2.5\n");
}

TEST(prometheus_collectable_test, a_histogram_has_each_bucket_with_those_before_it) {
  metric::sample times{.labels = {{"consumer", "to"}}, .value = 2.5, .counts = {1, 3}};
  times.counts.resize(histogram_bounds().size() + 1);
  const std::vector<metric> told{{"took", "Times.", metric_kind::histogram, {times}}};

  const std::string text = prometheus::TextSerializer{}.Serialize(families_of(told));

  EXPECT_TRUE(text.contains("# TYPE took histogram\n")) << text;
  EXPECT_TRUE(text.contains("took_count{consumer=\"to\"} 4\n")) << text;
  EXPECT_TRUE(text.contains("took_sum{consumer=\"to\"} 2.5\n")) << text;
  EXPECT_TRUE(text.contains("le=\"+Inf\"} 4\n")) << text;
}

class idle final : public process {
 protected:
  void start() override {}
  void receive(message_ptr) override {}
};

TEST(prometheus_collectable_test, an_exposer_sees_the_program_as_it_is_now) {
  runtime home{{.log = silent_log(), .workers = 1}};
  const prometheus_collectable figures{home};
  ASSERT_TRUE(home.spawn(std::make_unique<idle>(), {.name = "idler"}));

  const auto families = figures.Collect();

  ASSERT_FALSE(families.empty());
  EXPECT_EQ(families[0].name, "genstage_processes");
  ASSERT_EQ(families[0].metric.size(), 1U);
  EXPECT_EQ(families[0].metric[0].label[0].value, "idler");
  EXPECT_EQ(families[0].metric[0].gauge.value, 1);
}

}  // namespace
}  // namespace genstage
