// Which machine part computes: found at run time, no CUDA needed to build or start. No torch in this header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dotmoe {

enum class DeviceChoice { automatic, cpu, cuda };

/// "auto", "cpu" or "cuda"; throws UsageError on anything else.
DeviceChoice parse_device(std::string_view text);

/// "cpu" always, "cuda" where libtorch_cuda.so loads (tried once, on the first call) and a GPU answers.
std::vector<std::string> available_devices();

/// Threads of each matrix product, for the whole process: the last call counts. 0 takes all cores.
void set_thread_count(int threads);
int thread_count();

}  // namespace dotmoe
