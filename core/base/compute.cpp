#include "base/compute.h"

#include <ATen/core/ivalue.h>
#include <ATen/cpu/Utils.h>

#include "base/alignment_compute.h"
#include "base/error.h"

namespace dotmoe {
namespace {

at::Device resolve(DeviceChoice choice) {
    const bool cuda = available_devices().size() > 1;
    if (choice == DeviceChoice::cuda && !cuda)
        fail(
            "no CUDA device answers: install an NVIDIA driver and the full set of wheels, or use --device "
            "cpu");
    return cuda && choice != DeviceChoice::cpu ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
}

bool cpu_has(const char* capability) {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find(capability);
    return found != capabilities.end() && found->second.toBool();
}

}  // namespace

Compute choose_compute(DeviceChoice choice) {
    const auto device = resolve(choice);
    if (device.is_cuda()) return {device, at::kBFloat16};
    return {device, cpu_has("amx_bf16") ? at::kBFloat16 : at::kFloat};
}

Compute exact_compute(DeviceChoice choice) {
    return {resolve(choice), at::kFloat};
}

Compute alignment_compute(const Compute& compute) {
    if (compute.device.is_cpu() && cpu_has("avx512_bf16")) return {compute.device, at::kBFloat16};
    return compute;
}

}  // namespace dotmoe
