// Unicode normalisation.
#pragma once

#include <string>
#include <string_view>

namespace dotmoe {

/// Canonical composition (NFC) of well-formed UTF-8.
std::string to_nfc(std::string_view text);

}  // namespace dotmoe
