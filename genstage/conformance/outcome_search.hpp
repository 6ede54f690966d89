#pragma once

#include <genstage/conformance/defects.hpp>
#include <genstage/conformance/scenario.hpp>
#include <string>

namespace genstage::conformance {

/// What can be seen of a world, and therefore compared.
enum class view : std::uint8_t {
  original,  ///< what processes call and send
  library,   ///< what callbacks, probes and the record of the conversation tell
};

/// The journal as it looks from there.
[[nodiscard]] journal seen_from(view side, const journal& all);

/// Whether the model allows what was seen: whether there is an order of what different senders say
/// to one receiver in which it sees the same.
///
/// Empty if so. Otherwise tells the first step with an outcome that the model does not have, what
/// was seen there, and the outcome nearest to it.
[[nodiscard]] std::string disagreement(const trace& with, const defects& on, view side);

/// What the model sees if every order is left to chance; for showing, and for tests of the model.
[[nodiscard]] trace one_outcome(const scenario& of, const defects& on);

}  // namespace genstage::conformance
