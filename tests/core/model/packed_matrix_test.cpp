#include "model/packed_matrix.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(PackedMatrix, MultipliesAsALinearLayer) {
    at::manual_seed(2);
    for (const auto format : {WeightFormat::fp32, WeightFormat::bf16})
        for (const std::int64_t rows : {1, 31, 32, 96, 100})
            for (const std::int64_t depth : {1, 7, 64, 1030})
                for (const std::int64_t tokens : {1, 2, 3, 11, 12, 13, 50}) {
                    const auto weight = at::randn({rows, depth}), x = at::randn({tokens, depth});
                    const PackedMatrix packed(weight, format);
                    auto y = at::full({tokens, rows}, 7.0F);
                    packed.multiply(x.const_data_ptr<float>(), tokens, y.mutable_data_ptr<float>());
                    const auto expected =
                        at::linear(x.to(at::kDouble), weight.to(dtype_of(format)).to(at::kDouble));
                    EXPECT_LT(((y - expected).norm() / expected.norm()).item<double>(), 1e-5)
                        << rows << " x " << depth << ", " << tokens << " tokens";
                }
}

TEST(PackedMatrix, CountsWhatItReads) {
    const auto weight = at::zeros({40, 10});
    EXPECT_EQ(PackedMatrix(weight, WeightFormat::fp32).bytes(), 64 * 10 * 4);
    EXPECT_EQ(PackedMatrix(weight, WeightFormat::bf16).bytes(), 64 * 10 * 2);
}

}  // namespace
}  // namespace dotmoe
