// The grid of PEER's product keys. No torch in this header.
#pragma once

#include <cstdint>

namespace dotmoe {

/// Expert e stands in row e / columns and column e % columns.
struct KeyGrid {
    std::int64_t rows = 1, columns = 1;
};

/// The grid of exactly that many experts that is nearest to a square.
KeyGrid key_grid(std::int64_t experts);

}  // namespace dotmoe
