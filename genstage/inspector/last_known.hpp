#pragma once

#include <genstage/observe/snapshot.hpp>

namespace genstage::inline v0 {

/// What a process said of itself in `before` stands where it has not answered in `seen`, as far as
/// it cannot be told from outside: its type, its stage, its restarts. So do subscriptions that both
/// ends have said nothing of, as long as both live. The process stays marked as not answered.
///
/// A program of thousands of stages is never quiet: somebody always runs its callback at the moment
/// of a look, and must not vanish from the drawing for it.
///
/// A pure function.
void keep_last_known(snapshot& seen, const snapshot& before);

/// How long a look at so many processes waits for those that run a callback. Whoever is busy on a
/// loaded machine needs its turn; whoever is stuck is waited for in vain.
[[nodiscard]] duration patience_for(std::size_t processes) noexcept;

/// A look that is as patient as the program is large.
[[nodiscard]] operation<snapshot> take_patient_snapshot(runtime& of);

}  // namespace genstage::inline v0
