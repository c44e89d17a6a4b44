#include "model/product_arithmetic.h"

#include <vector>

#include "base/best_seconds.h"
#include "model/pair_kernel.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kRows = 96, kDepth = 512;
constexpr int kRepeats = 20;
constexpr double kWorthRounding = 1.25;

double seconds_of(Arithmetic arithmetic) {
    const auto weights = pack_panels(at::ones({kPanelWidth, kDepth}), WeightFormat::bf16);
    const auto x = at::ones({kRows, kDepth});
    auto y = at::empty({kRows, kPanelWidth});
    std::vector<const float*> in;
    std::vector<float*> out;
    for (std::int64_t r = 0; r < kRows; ++r) {
        in.push_back(x.const_data_ptr<float>() + r * kDepth);
        out.push_back(y.mutable_data_ptr<float>() + r * kPanelWidth);
    }
    return best_seconds(kRepeats, [&] {
        multiply_by(arithmetic, {WeightFormat::bf16, weights.const_data_ptr(), kDepth, 1}, in.data(),
                    out.data(), kRows);
    });
}

}  // namespace

Arithmetic measured_arithmetic() {
    static const Arithmetic faster = [] {
        if (!has_pair_products()) return Arithmetic::fp32;
        return seconds_of(Arithmetic::fp32) > kWorthRounding * seconds_of(Arithmetic::bf16)
                   ? Arithmetic::bf16
                   : Arithmetic::fp32;
    }();
    return faster;
}

}  // namespace dotmoe
