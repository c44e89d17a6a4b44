#include "align/ridge_regression.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

at::Tensor fp64(at::IntArrayRef shape) {
    return at::randn(shape, at::kDouble);
}

/// lambda |W - W_0|^2 is N further observations: sqrt(lambda) I gives sqrt(lambda) W_0^T.
TEST(RidgeRegression, IsLeastSquaresWithThePriorAsObservations) {
    at::manual_seed(4);
    const auto h = fp64({40, 12}), y = fp64({40, 5}), prior = fp64({5, 12});
    RidgeRegression regression;
    for (const auto& rows : at::arange(40).split(17)) regression.add(h.index({rows}), y.index({rows}));
    for (const double ridge : {1e-4, 1e-2, 1.0}) {
        const double lambda = ridge * h.square().sum(0).mean().item<double>();
        const auto root = std::sqrt(lambda) * at::eye(12, at::kDouble);
        const auto wanted =
            std::get<0>(at::linalg_lstsq(at::cat({h, root}), at::cat({y, root.matmul(prior.t())})));
        EXPECT_TRUE(at::allclose(regression.solve(prior, ridge), wanted.t(), 1e-5, 1e-5)) << ridge;
    }
}

TEST(RidgeRegression, KeepsThePriorWhereTheDataSayNothing) {
    at::manual_seed(5);
    const auto prior = at::randn({3, 6});
    auto h = at::randn({50, 6});
    h.select(1, 2).zero_();
    RidgeRegression regression, silent;
    regression.add(h, at::randn({50, 3}));
    const auto fitted = regression.solve(prior, 1e-2);
    EXPECT_TRUE(at::allclose(fitted.select(1, 2), prior.select(1, 2)));
    EXPECT_FALSE(at::allclose(fitted.select(1, 1), prior.select(1, 1)));
    silent.add(at::zeros({50, 6}), at::randn({50, 3}));
    EXPECT_TRUE(at::equal(silent.solve(prior, 1e-2), prior));
}

TEST(RidgeRegression, IsInThePriorsFormat) {
    at::manual_seed(6);
    RidgeRegression regression;
    regression.add(at::randn({9, 4}).to(at::kBFloat16), at::randn({9, 2}).to(at::kBFloat16));
    EXPECT_EQ(regression.solve(at::randn({2, 4}).to(at::kBFloat16), 1e-2).scalar_type(), at::kBFloat16);
}

}  // namespace
}  // namespace dotmoe
