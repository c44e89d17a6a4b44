#include "model/pair_kernel.h"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "model/panels.h"

namespace dotmoe::pair_kernel_test {
namespace {

class PairKernel : public testing::Test {
  protected:
    void SetUp() override {
        if (!has_pair_products()) GTEST_SKIP() << "this processor has no dot products of bf16";
    }
};

TEST_F(PairKernel, RoundsToTheNearestBf16) {
    at::manual_seed(1);
    for (const std::int64_t depth : {1, 2, 15, 16, 17, 31, 32, 33, 64, 577}) {
        auto x = at::randn({depth}) * at::pow(10, at::randint(-20, 20, {depth}));
        x[0] = 1 + 0x1p-8;  // a tie, which goes to the even one below
        std::vector<Pair> pairs(static_cast<std::size_t>(pairs_of(depth)) + 1, 77);
        round_to_pairs(x.const_data_ptr<float>(), depth, pairs.data());
        EXPECT_EQ(pairs.back(), 77U) << "nothing behind the last pair is written";
        const auto rounded = x.to(at::kBFloat16);
        for (std::int64_t i = 0; i < depth; ++i) {
            const auto word = pairs[static_cast<std::size_t>(i / 2)];
            const auto half = i % 2 == 0 ? word << 16 : word & 0xFFFF0000U;
            EXPECT_EQ(std::bit_cast<float>(half), rounded[i].item<float>()) << i << " of " << depth;
        }
        if (depth % 2 != 0) {
            EXPECT_EQ(pairs[static_cast<std::size_t>(depth / 2)] >> 16, 0U);
        }
    }
}

TEST_F(PairKernel, IsTheProductOfRoundedInputs) {
    at::manual_seed(2);
    for (const std::int64_t rows : {1, 2, 11, 12, 13, 40})
        for (const std::int64_t depth : {1, 2, 16, 33, 600})
            for (const std::int64_t panels : {1, 3}) {
                const auto x = at::randn({rows, depth}), weight = at::randn({panels * kPanelWidth, depth});
                const auto packed = pack_panels(weight, WeightFormat::bf16);
                auto y = at::ones({rows, panels * kPanelWidth});
                std::vector<const float*> in;
                std::vector<float*> out;
                for (std::int64_t r = 0; r < rows; ++r) {
                    in.push_back(x.const_data_ptr<float>() + r * depth);
                    out.push_back(y.mutable_data_ptr<float>() + r * y.size(1));
                }
                const Panels of{WeightFormat::bf16, packed.const_data_ptr(), depth, panels};
                const auto rounded = [](const at::Tensor& t) { return t.to(at::kBFloat16).to(at::kDouble); };
                const auto expected = at::linear(rounded(x), rounded(weight));
                const auto error = [&](const at::Tensor& wanted) {
                    return ((y - wanted).norm() / wanted.norm()).item<double>();
                };
                multiply_by(Arithmetic::bf16, of, in.data(), out.data(), rows, /*accumulate=*/true);
                EXPECT_LT(error(expected + 1), 1e-6) << rows << ", " << depth << ", " << panels;
                multiply_by(Arithmetic::bf16, of, in.data(), out.data(), rows);
                EXPECT_LT(error(expected), 1e-6) << rows << ", " << depth << ", " << panels;
            }
}

}  // namespace
}  // namespace dotmoe::pair_kernel_test
