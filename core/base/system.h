// Facts about this process and this build.
#pragma once

#include <cstdint>
#include <string_view>

namespace dotmoe {

/// Version of the product, as in CMakeLists.txt.
std::string_view version();

/// Largest resident set of this process so far (VmHWM), in bytes.
std::int64_t peak_memory_bytes();

/// Free and total physical memory of the machine, in bytes.
struct Memory {
    std::int64_t available = 0, total = 0;
};
Memory machine_memory();

}  // namespace dotmoe
