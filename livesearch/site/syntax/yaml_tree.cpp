#include "livesearch/site/syntax/yaml_tree.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

namespace livesearch {
namespace {

// Leaves yaml-cpp's parser, which offers no other way to stop; never leaves this file.
struct stop_reading {
  yaml_error error;
};

yaml_place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

class tree_builder final : public YAML::EventHandler {
 public:
  [[nodiscard]] yaml_node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    add({.kind = yaml_kind::null, .place = place_of(mark)});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw stop_reading{{place_of(mark), "aliases are not allowed, write the value again"}};
  }

  void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
    throw stop_reading{{place_of(mark), "anchors are not allowed, write values out"}};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                const std::string& value) override {
    add({.kind = yaml_kind::scalar, .place = place_of(mark), .text = value});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                       YAML::anchor_t /*anchor*/, YAML::EmitterStyle::value /*style*/) override {
    open({.kind = yaml_kind::sequence, .place = place_of(mark)});
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t /*anchor*/,
                  YAML::EmitterStyle::value /*style*/) override {
    open({.kind = yaml_kind::map, .place = place_of(mark)});
  }
  void OnMapEnd() override { close(); }

 private:
  struct key_of_next {
    std::string text;
    yaml_place place;
  };
  struct level {
    yaml_node node;
    std::optional<key_of_next> pending;  // of a map: its value comes next
  };

  void open(yaml_node node) {
    if (open_.size() == deepest_yaml) {
      throw stop_reading{{node.place, fmt::format("nesting is too deep, at most {} levels are "
                                                  "allowed",
                                                  deepest_yaml)}};
    }
    open_.push_back({std::move(node), {}});
  }

  void close() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(yaml_node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& [parent, pending] = open_.back();
    if (parent.kind == yaml_kind::map) {
      if (!pending) {
        if (node.kind != yaml_kind::scalar)
          throw stop_reading{{node.place, "a key must be a text"}};
        pending = key_of_next{std::move(node.text), node.place};
        return;
      }
      node.key = std::move(pending->text);
      node.key_place = pending->place;
      // yaml-cpp puts nothing where the next thing starts.
      if (node.kind == yaml_kind::null) node.place = pending->place;
      pending.reset();
    }
    parent.children.push_back(std::move(node));
  }

  std::vector<level> open_;
  yaml_node root_;
};

yaml_place place_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::size_t>(std::ranges::count(before, '\n')) + 1, offset - line_start + 1};
}

std::optional<yaml_error> unreadable_text(std::string_view text) {
  if (text.size() > largest_yaml) {
    return yaml_error{{},
                      fmt::format("the file is too large ({} bytes), at most {} bytes are "
                                  "allowed",
                                  text.size(), largest_yaml)};
  }
  const auto control = std::ranges::find_if(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') ||
           c == 0x7F;
  });
  if (control != text.end()) {
    const auto offset = static_cast<std::size_t>(control - text.begin());
    return yaml_error{place_at(text, offset),
                      fmt::format("control character 0x{:02x}, only text is allowed",
                                  static_cast<unsigned>(static_cast<unsigned char>(*control)))};
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return yaml_error{{}, "the file is not valid UTF-8, only UTF-8 is allowed"};
  }
  return {};
}

}  // namespace

std::expected<yaml_node, yaml_error> parse_yaml(std::string_view text) {
  if (auto unreadable = unreadable_text(text)) return std::unexpected{*std::move(unreadable)};
  try {
    std::istringstream stream{std::string{text}};
    YAML::Parser parser{stream};
    tree_builder builder;
    if (!parser.HandleNextDocument(builder)) return yaml_node{};
    auto root = builder.take_root();
    tree_builder rest;
    if (parser.HandleNextDocument(rest)) {
      return std::unexpected{yaml_error{{},
                                        "the file holds more than one document, one is "
                                        "allowed"}};
    }
    return root;
  } catch (const stop_reading& stopped) {
    return std::unexpected{stopped.error};
  } catch (const YAML::Exception& malformed) {
    return std::unexpected{
        yaml_error{place_of(malformed.mark), fmt::format("malformed YAML, {}", malformed.msg)}};
  } catch (const std::exception& other) {
    return std::unexpected{yaml_error{{}, fmt::format("malformed YAML, {}", other.what())}};
  }
}

}  // namespace livesearch
