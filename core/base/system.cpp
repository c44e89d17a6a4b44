#include "base/system.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace dotmoe {

std::string_view version() {
    return DOTMOE_VERSION;
}

std::int64_t peak_memory_bytes() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

void forget_peak_memory() {
    std::ofstream("/proc/self/clear_refs") << 5;  // man 5 proc
}

Memory machine_memory() {
    Memory memory;
    std::ifstream file("/proc/meminfo");
    std::string key, unit;
    for (std::int64_t kib = 0; file >> key >> kib; std::getline(file, unit)) {
        if (key == "MemTotal:") memory.total = kib * 1024;
        if (key == "MemAvailable:") memory.available = kib * 1024;
    }
    return memory;
}

}  // namespace dotmoe
