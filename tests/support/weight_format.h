// Weights as a format of the runtime holds them and inputs as its products take them, by their definitions.
#pragma once

#include <ATen/ATen.h>

#include "model/panel_kernel.h"
#include "model/panels.h"
#include "model/weight_format.h"

namespace dotmoe::test {

/// W [R, K] in float64.
inline at::Tensor held(const at::Tensor& weight, WeightFormat format) {
    if (format == WeightFormat::fp32) return weight.to(at::kDouble);
    if (format == WeightFormat::bf16) return weight.to(at::kBFloat16).to(at::kDouble);
    std::vector<at::Tensor> groups;
    for (const auto& group : weight.split(kGroup, 1)) {
        const auto scale = (group.abs().amax(1, /*keepdim=*/true) / 127).to(at::kBFloat16).to(at::kFloat);
        groups.push_back((group / scale).nan_to_num(0.0).round().clamp(-127, 127).to(at::kDouble) * scale);
    }
    return at::cat(groups, 1);
}

/// x [T, K] of a product of all T by weights of that format, in float64.
inline at::Tensor given(const at::Tensor& x, WeightFormat format) {
    const bool rounded = arithmetic_of({format, nullptr, x.size(1), 1}, x.size(0)) == Arithmetic::bf16;
    return (rounded ? x.to(at::kBFloat16) : x).to(at::kDouble);
}

}  // namespace dotmoe::test
