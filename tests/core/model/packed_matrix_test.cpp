#include "model/packed_matrix.h"

#include <gtest/gtest.h>

#include "support/weight_format.h"

namespace dotmoe {
namespace {

TEST(PackedMatrix, MultipliesAsALinearLayer) {
    at::manual_seed(2);
    for (const auto format : {WeightFormat::fp32, WeightFormat::bf16, WeightFormat::int8})
        for (const std::int64_t rows : {1, 31, 32, 96, 100})
            for (const std::int64_t depth : {1, 7, 64, 1030})
                for (const std::int64_t tokens : {1, 2, 3, 11, 12, 13, 50}) {
                    const auto weight = at::randn({rows, depth}), x = at::randn({tokens, depth});
                    const PackedMatrix packed(weight, format);
                    auto y = at::full({tokens, rows}, 7.0F);
                    packed.multiply(x.const_data_ptr<float>(), tokens, y.mutable_data_ptr<float>());
                    const auto expected = at::linear(test::given(x, format), test::held(weight, format));
                    EXPECT_LT(((y - expected).norm() / expected.norm()).item<double>(), 1e-5)
                        << rows << " x " << depth << ", " << tokens << " tokens";
                }
}

TEST(PackedMatrix, AnExactOneRoundsNothing) {
    at::manual_seed(4);
    const auto weight = at::randn({84, 64}), x = at::randn({50, 64});
    auto y = at::empty({50, 84});
    PackedMatrix(weight, WeightFormat::bf16, /*exact=*/true)
        .multiply(x.const_data_ptr<float>(), 50, y.mutable_data_ptr<float>());
    const auto expected = at::linear(x.to(at::kDouble), test::held(weight, WeightFormat::bf16));
    EXPECT_LT(((y - expected).norm() / expected.norm()).item<double>(), 1e-6);
}

TEST(PackedMatrix, CountsWhatItReads) {
    const auto weight = at::zeros({40, 10});
    EXPECT_EQ(PackedMatrix(weight, WeightFormat::fp32).bytes(), 64 * 10 * 4);
    EXPECT_EQ(PackedMatrix(weight, WeightFormat::bf16).bytes(), 64 * 10 * 2);
    EXPECT_EQ(PackedMatrix(weight, WeightFormat::int8).bytes(), 64 * 10 + 64 * 2);  // and a scale an output
    EXPECT_EQ(PackedMatrix(at::zeros({32, 65}), WeightFormat::int8).bytes(), 32 * (66 + 2 * 2));
}

TEST(PackedMatrix, Int8IsWithinHalfAStepOfTheWeights) {
    at::manual_seed(3);
    const auto weight = at::randn({32, 150}), eye = at::eye(150);
    weight.slice(1, 64, 128)[2].zero_();
    const PackedMatrix packed(weight, WeightFormat::int8);
    auto columns = at::empty({150, 32});
    packed.multiply(eye.const_data_ptr<float>(), 150, columns.mutable_data_ptr<float>());
    for (const auto& [first, end] : {std::pair{0, 64}, {64, 128}, {128, 150}}) {
        const auto group = weight.slice(1, first, end), found = columns.slice(0, first, end).t();
        const auto step = group.abs().amax(1, /*keepdim=*/true) / 127;
        // Half a step, and where the scale was rounded down to bf16 what is beyond 127 of it.
        EXPECT_TRUE(((found - group).abs() <= (0.5 + 127 * 0.004) * step).all().item<bool>());
        EXPECT_GT((found - group).abs().max().item<float>(), 0);
    }
}

}  // namespace
}  // namespace dotmoe
