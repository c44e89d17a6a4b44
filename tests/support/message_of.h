// The text of the Error that a call throws.
#pragma once

#include <string>

#include "base/error.h"

namespace dotmoe {

/// What the user would read; "" when nothing is thrown. A message of more than one line comes back as
/// "(several lines)", so that comparing it fails.
template <typename Call>
std::string message_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        const std::string text = error.what();
        return text.find('\n') == std::string::npos ? text : "(several lines)";
    }
    return "";
}

}  // namespace dotmoe
