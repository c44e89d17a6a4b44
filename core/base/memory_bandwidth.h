// What bounds everything that reads each weight once.
#pragma once

#include <cstddef>

namespace dotmoe {

/// Bytes a second that all threads together read from memory, measured on `bytes` of it; the best of
/// `repeats`.
double memory_bandwidth(std::size_t bytes = std::size_t{1} << 29, int repeats = 5);

}  // namespace dotmoe
