// SPDX-License-Identifier: MIT
// What `poke` and `fill` answer, as JSON.
#include "shell/render/json/json_renderer.hpp"

namespace heap44::shell {

/// `warning` is null where all of it was one live block's payload.
void JsonRenderer::keys(const Written& written) {
    json_.member("address", written.address);
    json_.member("size", written.size);
    json_.text_or_null("warning", written.warning.view());
}

}  // namespace heap44::shell
