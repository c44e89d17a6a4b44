#include "base/device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>

#include <thread>

#include "base/error.h"

namespace dotmoe {
namespace {

// The handle is never closed: libtorch registers its CUDA kernels for the life of the process.
bool cuda_answers() {
    static const bool loaded = ::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr;
    return loaded && at::hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0;
}

}  // namespace

DeviceChoice parse_device(std::string_view text) {
    if (text == "auto") return DeviceChoice::automatic;
    if (text == "cpu") return DeviceChoice::cpu;
    if (text == "cuda") return DeviceChoice::cuda;
    fail_usage("device '{}' is unknown: use auto, cpu or cuda", text);
}

std::vector<std::string> available_devices() {
    std::vector<std::string> devices{"cpu"};
    if (cuda_answers()) devices.emplace_back("cuda");
    return devices;
}

void set_thread_count(int threads) {
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    at::set_num_threads(threads > 0 ? threads : std::max(cores, 1));
}

int thread_count() {
    return at::get_num_threads();
}

}  // namespace dotmoe
