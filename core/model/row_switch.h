// A number of rows made a constant of the compiler, as loops over registers need it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "base/simd.h"

namespace dotmoe {

/// call(std::integral_constant<int, rows>), rows 1 to kMostTileRows of model/panel_kernel.h.
template <typename Call>
DOTMOE_INLINE void with_rows(std::int64_t rows, Call&& call) {
    switch (rows) {
        case 1:
            return call(std::integral_constant<int, 1>());
        case 2:
            return call(std::integral_constant<int, 2>());
        case 3:
            return call(std::integral_constant<int, 3>());
        case 4:
            return call(std::integral_constant<int, 4>());
        case 5:
            return call(std::integral_constant<int, 5>());
        case 6:
            return call(std::integral_constant<int, 6>());
        case 7:
            return call(std::integral_constant<int, 7>());
        case 8:
            return call(std::integral_constant<int, 8>());
        case 9:
            return call(std::integral_constant<int, 9>());
        case 10:
            return call(std::integral_constant<int, 10>());
        case 11:
            return call(std::integral_constant<int, 11>());
        default:
            return call(std::integral_constant<int, 12>());
    }
}

}  // namespace dotmoe
