#pragma once

#include <cstdint>
#include <genstage/record/record.hpp>
#include <span>
#include <string>
#include <vector>

/// The lines of one subscription: what was asked and what was delivered, as people would say it.
///
/// A pure function. `said` are the records of that subscription in their order; those that are
/// neither ask nor delivery are not spoken. `pauses` are the positions (`record::order`) of the
/// records after which time passed; a line that follows such a record is preceded by "[later]".
///
/// - the first ask of n: "I can process n events"
/// - a later ask of n: "I can process n more"
/// - a delivery smaller than what is outstanding: "For now, take all the d events I have"
/// - one that completes an ask begun earlier: "Here are the other d events"
/// - one that fulfils an ask at once: "Here are d events"
[[nodiscard]] std::vector<std::string> dialogue(std::span<const genstage::record> said,
                                                std::span<const std::uint64_t> pauses);

/// The asks and deliveries of the first subscription that is recorded, at most `count` of them.
[[nodiscard]] std::vector<genstage::record> first_exchanges(std::span<const genstage::record> all,
                                                            std::size_t count);

/// The lines as slides show them: one paragraph each.
[[nodiscard]] std::string as_paragraphs(std::span<const std::string> lines);
