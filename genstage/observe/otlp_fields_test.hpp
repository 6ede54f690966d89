#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

/// A receiver of OTLP in its JSON encoding, as far as it checks what it gets: only published
/// fields, each of the type that the encoding wants, and those that must be there.
/// Source: opentelemetry-proto: collector/, trace/v1/trace.proto, metrics/v1/metrics.proto,
/// common/v1/common.proto, resource/v1/resource.proto; and "JSON Protobuf Encoding" of the OTLP
/// specification.
namespace genstage::otlp_fields {

using json = nlohmann::json;

/// How a field looks in JSON: 64-bit integers are decimal strings, ids hexadecimal strings.
enum class form {
  text,
  number,
  numbers,
  truth,
  integer64,
  integers64,
  trace_id,
  span_id,
  enumeration,
  object,
  objects
};

struct field {
  form looks;
  bool must_be_there = false;
  std::string message{};  ///< of an object: what it is
};

using message = std::map<std::string, field>;

inline const std::map<std::string, message> published{
    {"ExportTraceServiceRequest", {{"resourceSpans", {form::objects, true, "ResourceSpans"}}}},
    {"ResourceSpans",
     {{"resource", {form::object, true, "Resource"}},
      {"scopeSpans", {form::objects, true, "ScopeSpans"}},
      {"schemaUrl", {form::text}}}},
    {"ScopeSpans",
     {{"scope", {form::object, true, "InstrumentationScope"}},
      {"spans", {form::objects, true, "Span"}},
      {"schemaUrl", {form::text}}}},
    {"Span",
     {{"traceId", {form::trace_id, true}},
      {"spanId", {form::span_id, true}},
      {"parentSpanId", {form::span_id}},
      {"traceState", {form::text}},
      {"flags", {form::number}},
      {"name", {form::text, true}},
      {"kind", {form::enumeration, true}},
      {"startTimeUnixNano", {form::integer64, true}},
      {"endTimeUnixNano", {form::integer64, true}},
      {"attributes", {form::objects, false, "KeyValue"}},
      {"droppedAttributesCount", {form::number}},
      {"status", {form::object, false, "Status"}}}},
    {"Status", {{"code", {form::enumeration, true}}, {"message", {form::text}}}},
    {"ExportMetricsServiceRequest",
     {{"resourceMetrics", {form::objects, true, "ResourceMetrics"}}}},
    {"ResourceMetrics",
     {{"resource", {form::object, true, "Resource"}},
      {"scopeMetrics", {form::objects, true, "ScopeMetrics"}},
      {"schemaUrl", {form::text}}}},
    {"ScopeMetrics",
     {{"scope", {form::object, true, "InstrumentationScope"}},
      {"metrics", {form::objects, true, "Metric"}},
      {"schemaUrl", {form::text}}}},
    {"Metric",
     {{"name", {form::text, true}},
      {"description", {form::text}},
      {"unit", {form::text}},
      {"gauge", {form::object, false, "Gauge"}},
      {"sum", {form::object, false, "Sum"}},
      {"histogram", {form::object, false, "Histogram"}}}},
    {"Histogram",
     {{"dataPoints", {form::objects, true, "HistogramDataPoint"}},
      {"aggregationTemporality", {form::enumeration, true}}}},
    {"HistogramDataPoint",
     {{"attributes", {form::objects, false, "KeyValue"}},
      {"startTimeUnixNano", {form::integer64}},
      {"timeUnixNano", {form::integer64, true}},
      {"count", {form::integer64, true}},
      {"sum", {form::number}},
      {"bucketCounts", {form::integers64}},
      {"explicitBounds", {form::numbers}},
      {"flags", {form::number}},
      {"min", {form::number}},
      {"max", {form::number}}}},
    {"Gauge", {{"dataPoints", {form::objects, true, "NumberDataPoint"}}}},
    {"Sum",
     {{"dataPoints", {form::objects, true, "NumberDataPoint"}},
      {"aggregationTemporality", {form::enumeration, true}},
      {"isMonotonic", {form::truth}}}},
    {"NumberDataPoint",
     {{"attributes", {form::objects, false, "KeyValue"}},
      {"startTimeUnixNano", {form::integer64}},
      {"timeUnixNano", {form::integer64, true}},
      {"asDouble", {form::number}},
      {"asInt", {form::integer64}},
      {"flags", {form::number}}}},
    {"Resource",
     {{"attributes", {form::objects, true, "KeyValue"}},
      {"droppedAttributesCount", {form::number}}}},
    {"InstrumentationScope",
     {{"name", {form::text, true}},
      {"version", {form::text}},
      {"attributes", {form::objects, false, "KeyValue"}}}},
    {"KeyValue", {{"key", {form::text, true}}, {"value", {form::object, true, "AnyValue"}}}},
    {"AnyValue",
     {{"stringValue", {form::text}},
      {"boolValue", {form::truth}},
      {"intValue", {form::integer64}},
      {"doubleValue", {form::number}}}},
};

inline bool is_hexadecimal(const json& node, std::size_t digits) {
  if (!node.is_string()) return false;
  const auto& text = node.get_ref<const std::string&>();
  return text.size() == digits && text != std::string(digits, '0') &&
         std::ranges::all_of(text, [](unsigned char each) { return std::isxdigit(each) != 0; });
}

inline bool is_integer64(const json& node) {
  if (!node.is_string()) return false;
  std::string_view text = node.get_ref<const std::string&>();
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char each) { return std::isdigit(each) != 0; });
}

inline bool looks_like(const json& node, form wanted) {
  switch (wanted) {
    case form::text:
      return node.is_string();
    case form::number:
      // As JSON has no such numbers.
      return node.is_number() || node == "NaN" || node == "Infinity" || node == "-Infinity";
    case form::numbers:
      return node.is_array() &&
             std::ranges::all_of(node, [](const json& each) { return each.is_number(); });
    case form::integers64:
      return node.is_array() && std::ranges::all_of(node, is_integer64);
    case form::truth:
      return node.is_boolean();
    case form::integer64:
      return is_integer64(node);
    case form::trace_id:
      return is_hexadecimal(node, 32);
    case form::span_id:
      return is_hexadecimal(node, 16);
    case form::enumeration:
      return node.is_number_unsigned();
    case form::object:
      return node.is_object();
    case form::objects:
      return node.is_array();
  }
  return false;
}

/// Fails the test that calls it for everything in `node` that is not as published.
inline void expect_published(const json& node, const std::string& name) {
  ASSERT_TRUE(node.is_object()) << name;
  const message& known = published.at(name);
  for (const auto& [key, value] : node.items()) {
    const auto found = known.find(key);
    ASSERT_NE(found, known.end()) << name << " has no field " << key;
    ASSERT_TRUE(looks_like(value, found->second.looks)) << name << '.' << key << ": " << value;
    if (found->second.looks == form::object) expect_published(value, found->second.message);
    if (found->second.looks != form::objects) continue;
    for (const json& each : value) expect_published(each, found->second.message);
  }
  // Its members are a oneof.
  EXPECT_TRUE(name != "AnyValue" || node.size() == 1) << node;
  for (const auto& [key, expected] : known) {
    EXPECT_TRUE(!expected.must_be_there || node.contains(key)) << name << " lacks " << key;
  }
}

}  // namespace genstage::otlp_fields
