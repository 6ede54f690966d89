#include <genstage/http/message.hpp>
#include <genstage/http/target.hpp>

#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>
#include <utility>

namespace genstage::inline v0::http {

namespace {

enum class plus : std::uint8_t { is_plus, is_space };

result<std::string> decode(std::string_view encoded, plus meaning) {
  const auto checked = boost::urls::make_pct_string_view({encoded.data(), encoded.size()});
  if (!checked) {
    return fail(errc::invalid_argument,
                "request target: invalid percent-encoding, % and two hexadecimal digits are "
                "allowed; request refused");
  }
  boost::urls::encoding_opts options;
  options.space_as_plus = meaning == plus::is_space;
  return checked->decode(options);
}

// The part of an absolute-form target after scheme and authority.
result<std::string_view> origin_form(std::string_view target) {
  if (target == "*" || target.starts_with('/')) return target;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!equal_without_case(target.substr(0, scheme.size()), scheme)) continue;
    const auto after = target.find_first_of("/?", scheme.size());
    return after == std::string_view::npos ? std::string_view{"/"} : target.substr(after);
  }
  return fail(errc::invalid_argument,
              "request target: not a path, one that starts with / is allowed; request refused");
}

result<query_parameter> parse_parameter(std::string_view part) {
  const auto equals = part.find('=');
  const auto raw_value =
      equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
  auto name = decode(part.substr(0, equals), plus::is_space);
  if (!name) return std::unexpected{std::move(name.error())};
  auto value = decode(raw_value, plus::is_space);
  if (!value) return std::unexpected{std::move(value.error())};
  return query_parameter{*std::move(name), *std::move(value)};
}

}  // namespace

const std::string* request_target::find(std::string_view name) const noexcept {
  for (const auto& parameter : query) {
    if (parameter.name == name) return &parameter.value;
  }
  return nullptr;
}

std::vector<std::string_view> request_target::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& parameter : query) {
    if (parameter.name == name) values.emplace_back(parameter.value);
  }
  return values;
}

result<request_target> parse_target(std::string_view target) {
  auto origin = origin_form(target.substr(0, target.find('#')));
  if (!origin) return std::unexpected{std::move(origin.error())};
  const auto mark = origin->find('?');
  auto path = decode(origin->substr(0, mark), plus::is_plus);
  if (!path) return std::unexpected{std::move(path.error())};
  request_target parsed{.path = *std::move(path)};
  if (parsed.path.empty()) parsed.path = "/";
  auto rest = mark == std::string_view::npos ? std::string_view{} : origin->substr(mark + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (part.empty()) continue;
    auto parameter = parse_parameter(part);
    if (!parameter) return std::unexpected{std::move(parameter.error())};
    parsed.query.push_back(*std::move(parameter));
  }
  return parsed;
}

}  // namespace genstage::inline v0::http
