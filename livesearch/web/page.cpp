#include "livesearch/web/page.hpp"

#include "page_content.hpp"

namespace livesearch {

const genstage::http::carried_files& page_files() {
  static const genstage::http::carried_files carried{embedded::page_content()};
  return carried;
}

}  // namespace livesearch
