#include "base/compute.h"

#include <ATen/core/ivalue.h>
#include <ATen/cpu/Utils.h>

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

bool has_amx() {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto found = capabilities.find("amx_bf16");
    return found != capabilities.end() && found->second.toBool();
}

}  // namespace

Compute choose_compute(DeviceChoice choice) {
    const auto device = resolve(choice);
    if (device.is_cuda()) return {device, at::kBFloat16};
    return {device, has_amx() ? at::kBFloat16 : at::kFloat};
}

Compute exact_compute(DeviceChoice choice) {
    return {resolve(choice), at::kFloat};
}

}  // namespace dotmoe
