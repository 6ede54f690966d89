#pragma once

#include <functional>
#include <genstage/core/instant.hpp>
#include <stop_token>
#include <utility>

#include "livesearch/fetch/outcome.hpp"
#include "livesearch/site/site_query.hpp"

namespace livesearch {

/// The duty to answer one site's part of a search, exactly once. A duty that is dropped, because a
/// process died with the job in its hands, answers so.
///
/// Threads: any, one at a time.
class answer_duty {
 public:
  using receiver = std::move_only_function<void(site_answer)>;

  explicit answer_duty(receiver tell) : tell_{std::move(tell)} {}
  answer_duty(answer_duty&& other) noexcept : tell_{std::exchange(other.tell_, nullptr)} {}
  answer_duty& operator=(answer_duty&& other) noexcept {
    std::swap(tell_, other.tell_);
    return *this;
  }
  ~answer_duty() {
    if (tell_) {
      answer({site_outcome::skipped, "The part of this program that asks the site failed.", {}});
    }
  }

  void answer(site_answer given) {
    if (auto tell = std::exchange(tell_, nullptr)) tell(std::move(given));
  }

 private:
  receiver tell_;
};

/// One query to one site.
struct search_job {
  site_query query;
  /// Not fetched after this, and aborted if in flight.
  genstage::instant deadline;
  /// Stopped when nobody waits for the answer any more.
  std::stop_token wanted;
  answer_duty duty;
};

}  // namespace livesearch
