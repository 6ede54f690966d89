#include <cxxabi.h>
#include <fmt/format.h>

#include <genstage/core/exit_reason.hpp>
#include <genstage/core/type_name.hpp>
#include <typeinfo>
#include <utility>

namespace genstage::inline v0 {

namespace {

const std::string& nothing() noexcept {
  static const std::string empty;
  return empty;
}

}  // namespace

exit_reason exit_reason::ignored() {
  detail marked;
  marked.is_ignored = true;
  return exit_reason{exit_kind::normal, std::make_shared<const detail>(std::move(marked))};
}

bool exit_reason::is_ignored() const noexcept {
  return more_ && more_->is_ignored;
}

exit_reason exit_reason::shutdown(std::string more) {
  return exit_reason{exit_kind::shutdown_with,
                     std::make_shared<const detail>(detail{.text = std::move(more)})};
}

exit_reason exit_reason::user(std::string text) {
  return exit_reason{exit_kind::user,
                     std::make_shared<const detail>(detail{.text = std::move(text)})};
}

exit_reason exit_reason::exception(std::exception_ptr thrown, std::string where) {
  detail seen{.where = std::move(where), .thrown = thrown};
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& caught) {
    seen.text = caught.what();
    seen.exception_type = type_name(typeid(caught));
  } catch (...) {
    const std::type_info* const type = abi::__cxa_current_exception_type();
    seen.exception_type = type != nullptr ? type_name(*type) : "unknown";
  }
  return exit_reason{exit_kind::error, std::make_shared<const detail>(std::move(seen))};
}

const std::string& exit_reason::text() const noexcept {
  return more_ ? more_->text : nothing();
}

const std::string& exit_reason::exception_type() const noexcept {
  return more_ ? more_->exception_type : nothing();
}

const std::string& exit_reason::where() const noexcept {
  return more_ ? more_->where : nothing();
}

std::exception_ptr exit_reason::thrown() const noexcept {
  return more_ ? more_->thrown : std::exception_ptr{};
}

exit_reason exit_reason::because(std::string circumstance, exit_reason cause) const {
  detail more = more_ ? *more_ : detail{};
  more.circumstance = std::move(circumstance);
  more.cause = std::make_shared<const exit_reason>(std::move(cause));
  return exit_reason{kind_, std::make_shared<const detail>(std::move(more))};
}

const exit_reason* exit_reason::cause() const noexcept {
  return more_ ? more_->cause.get() : nullptr;
}

const std::string& exit_reason::circumstance() const noexcept {
  return more_ ? more_->circumstance : nothing();
}

bool operator==(const exit_reason& left, const exit_reason& right) noexcept {
  return left.kind_ == right.kind_ && left.text() == right.text() &&
         left.exception_type() == right.exception_type();
}

std::string to_string(const exit_reason& reason) {
  switch (reason.kind()) {
    case exit_kind::normal:
      return "normal";
    case exit_kind::shutdown:
      return "shutdown";
    case exit_kind::shutdown_with:
      return fmt::format("shutdown ({})", reason.text());
    case exit_kind::kill:
      return "kill";
    case exit_kind::killed:
      return "killed";
    case exit_kind::noproc:
      return "noproc";
    case exit_kind::error:
      return fmt::format("error ({}: {}) in {}", reason.exception_type(), reason.text(),
                         reason.where());
    case exit_kind::user:
      return reason.text();
  }
  return "unknown";
}

std::string explain(const exit_reason& reason) {
  std::string text = to_string(reason);
  for (const exit_reason* each = &reason; each->cause() != nullptr; each = each->cause()) {
    // Without a circumstance the reason's own text tells the cause already.
    if (each->circumstance().empty()) continue;
    text += fmt::format(", because {}: {}", each->circumstance(), to_string(*each->cause()));
  }
  return text;
}

}  // namespace genstage::inline v0
