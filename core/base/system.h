// Facts about this process and this build.
#pragma once

#include <cstdint>
#include <string_view>

namespace dotmoe {

/// Version of the product, as in CMakeLists.txt.
std::string_view version();

/// Largest resident set of this process so far, or since it was forgotten, in bytes.
std::int64_t peak_memory_bytes();
/// What is resident now becomes the largest. Where the system does not allow that, nothing happens.
void forget_peak_memory();

/// Free and total physical memory of the machine, in bytes.
struct Memory {
    std::int64_t available = 0, total = 0;
};
Memory machine_memory();

}  // namespace dotmoe
