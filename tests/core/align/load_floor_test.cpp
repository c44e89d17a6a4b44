#include "align/load_floor.h"

#include <gtest/gtest.h>

#include "evaluate/layers.h"

namespace dotmoe::load_floor_test {
namespace {

constexpr Layout layout{.experts = 6, .active = 2, .shared = 0};

/// Expert 3 of 6 wants every token a little and is outbid on all of them.
struct Outbid {
    Outbid() {
        at::manual_seed(11);
        x = at::rand({2000, 8}) + 0.1;
        router = at::rand({8, 6});
        router.select(1, 3).mul_(0.2);
    }
    at::Tensor x, router;
};

TEST(LoadFloor, AStarvedExpertGetsItsFloorAndTheOthersKeepTheirColumns) {
    const Outbid problem;
    ASSERT_EQ(layer_load(problem.x, problem.router, layout).dead, 1);
    const auto raised = with_load_floor(problem.router, problem.x, 2, 0.2);
    const auto load = layer_load(problem.x, raised, layout).load;
    EXPECT_GE(load.min().item<float>(), 0.2F);
    const auto ratio = raised / problem.router;  // a column is scaled as a whole
    EXPECT_TRUE(at::allclose(ratio.amax(0), ratio.amin(0)));
    EXPECT_GT(ratio[0][3].item<float>(), 1);
}

TEST(LoadFloor, NoFloorOrNoNeedChangesNothing) {
    const Outbid problem;
    EXPECT_TRUE(at::equal(with_load_floor(problem.router, problem.x, 2, 0), problem.router));
    EXPECT_TRUE(
        at::equal(with_load_floor(problem.router, problem.x, 6, 0.5), problem.router));  // k = E: all are on
}

TEST(LoadFloor, AnExpertOfNegativeLogitsIsLiftedAlongTheMeanInput) {
    Outbid problem;
    problem.router.select(1, 3).mul_(-1);
    const auto raised = with_load_floor(problem.router, problem.x, 2, 0.2);
    EXPECT_GE(layer_load(problem.x, raised, layout).load.min().item<float>(), 0.2F);
    const auto before = problem.x.matmul(problem.router.select(1, 3)),
               after = problem.x.matmul(raised.select(1, 3));
    EXPECT_LT(before.max().item<float>(), 0);
    EXPECT_GT(after.mean().item<float>(), before.mean().item<float>());
    EXPECT_TRUE(at::equal(raised.select(1, 0), problem.router.select(1, 0)));
}

TEST(LoadFloor, TheSearchEndsWhereNothingHelps) {
    Outbid problem;
    problem.x -= problem.x.mean(0);  // no mean to lift along
    problem.router.select(1, 3).zero_();
    problem.router.select(1, 4).zero_();
    EXPECT_TRUE(with_load_floor(problem.router, problem.x, 1, 0.9).isfinite().all().item<bool>());
}

TEST(LoadFloor, InputsWithoutAMeanLiftNobody) {
    Outbid problem;
    problem.x -= problem.x.mean(0);  // but for rounding
    problem.router = at::randn({8, 6});
    problem.router.select(1, 3).mul_(1e-3);
    problem.router.select(1, 4).copy_(-problem.router.select(1, 3));  // one of both has a mean logit <= 0
    ASSERT_LT(layer_load(problem.x, problem.router, {.experts = 6, .active = 1}).load[4].item<float>(), 0.9F);
    const auto raised = with_load_floor(problem.router, problem.x, 1, 0.9);
    for (const int expert : {3, 4}) EXPECT_LT(raised.select(1, expert).norm().item<float>(), 0.1F) << expert;
}

}  // namespace
}  // namespace dotmoe::load_floor_test
