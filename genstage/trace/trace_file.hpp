#pragma once

#include <genstage/core/error.hpp>
#include <genstage/trace/recorded_trace.hpp>
#include <string>
#include <string_view>

// A trace as a file. The format is little-endian and has no padding:
//
//     8 bytes   "gstrace2"
//     u64       records dropped
//     u32, then each u32 length and bytes                       texts, from number 0 on
//     u32, then each u32 index, u32 generation, u32 text length and bytes    named processes
//     u32, then each u64 tag, u64 producer, u64 consumer, u32 type           open subscriptions
//     u32, then each u8 ring, u64 noted, u64 order of the last               threads
//     u64, then each u64 order, u64 subscription, u64 count,
//               u32 process, u8 kind, u8 ring, u16 life         records, 32 bytes each
//
// A pid as one word has the generation in its upper half.
namespace genstage::inline v0 {

/// The bytes of the file.
[[nodiscard]] std::string to_bytes(const recorded_trace& written);
/// Failure: invalid_argument, in words that say at which byte what was seen.
[[nodiscard]] result<recorded_trace> trace_of_bytes(std::string_view bytes);

/// Writes a file in whole or not at all: beside it first, then it takes its name.
/// Failure: unavailable, with what the system said.
[[nodiscard]] result<void> write_trace(const recorded_trace& written, const std::string& path);
/// Failure: not_found, unavailable, invalid_argument; the message names the file.
[[nodiscard]] result<recorded_trace> read_trace(const std::string& path);

}  // namespace genstage::inline v0
