// JSON files of an export.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"

namespace dotmoe {

/// Indented text ending in a newline. Strings come from model files: bytes that are no UTF-8 throw Error
/// naming `what`.
template <typename Json>
std::string json_text(const Json& json, const std::string& what) {
    try {
        return json.dump(2) + "\n";
    } catch (const nlohmann::json::type_error&) {
        fail("{} cannot be written: the source model holds text that is no UTF-8", what);
    }
}

}  // namespace dotmoe
