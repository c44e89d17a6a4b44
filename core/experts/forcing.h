// A router's choice changed by hand: one expert for one token in one layer. No torch in this header.
#pragma once

#include <cstdint>

namespace dotmoe {

struct Forcing {
    std::int64_t token = 0;  ///< position in the text
    std::int64_t layer = 0;
    std::int64_t expert = 0;  ///< routed, 0..E-1
    bool on = true;

    bool operator==(const Forcing&) const = default;
};

}  // namespace dotmoe
