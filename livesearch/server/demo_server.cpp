#include "livesearch/server/demo_server.hpp"

#include <utility>

#include "livesearch/demo/demonstration.hpp"

namespace livesearch {

namespace http = genstage::http;

genstage::result<demo_server> demo_server::start(genstage::reactor& reactor,
                                                 genstage::driver& scheduler) {
  auto sites = std::make_shared<const demonstration>();
  auto listening = http::http_server::listen(
      reactor, {}, [sites, &scheduler](http::server_request request, http::responder responder) {
        demo_answer given = sites->answer(request.raw_target);
        http::http_reply reply{
            given.status, std::move(given.content_type), {}, std::move(given.body)};
        if (given.delay <= given.delay.zero()) return responder.respond(std::move(reply));
        scheduler.arm(scheduler.now() + given.delay,
                      [late = std::move(reply), to = std::move(responder)]() mutable noexcept {
                        to.respond(std::move(late));
                      });
      });
  if (!listening) return std::unexpected{std::move(listening.error())};
  return demo_server{std::move(*listening)};
}

}  // namespace livesearch
