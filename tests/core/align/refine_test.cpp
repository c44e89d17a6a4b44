#include "align/refine.h"

#include <gtest/gtest.h>

#include <numeric>

#include "align/layerwise.h"
#include "align/splits/random.h"
#include "base/error.h"
#include "core/align/small_layer.h"

namespace dotmoe::refine_test {
namespace {

constexpr Layout layout{.experts = 8, .active = 2, .shared = 8};

struct Problem {
    Problem() {
        at::manual_seed(7);
        weights = test::small_layer(16, 72);
        x = at::randn({3000, 16});
        const NeuronEnergies energies(x, weights);
        const auto split = random_split(energies, layout, 1);
        start = {split, RidgeRouter(energies, {}).fit(split, layout)};
    }
    LayerWeights weights;
    at::Tensor x;
    LayerExperts start;
};

Recipe steps_of(std::int64_t steps, std::int64_t batch_tokens, Method method = Method::transport) {
    Recipe recipe;
    recipe.method = method;
    recipe.layerwise = {.steps = steps, .batch_tokens = batch_tokens};
    return recipe;
}

TEST(RefineLayer, TrainsTheErrorDownAndKeepsCapacities) {
    const Problem problem;
    RunControl control;
    std::vector<double> errors;
    const auto refined =
        refine_layer(problem.x, problem.weights, problem.start, {layout}, steps_of(60, 512), 1, control,
                     [&](const TrainingStep& step) { errors.push_back(step.reconstruction); });
    ASSERT_EQ(errors.size(), 60U);
    const auto mean = [&](std::size_t from, std::size_t to) {
        return std::accumulate(errors.begin() + from, errors.begin() + to, 0.0) /
               static_cast<double>(to - from);
    };
    EXPECT_LT(mean(50, 60), mean(0, 10));
    EXPECT_TRUE(at::equal(at::bincount(refined.owner, {}, layout.columns()),
                          at::tensor(layout.capacities(72), at::kLong)));
}

TEST(RefineLayer, SameSeedSameResultAndAStopIsObeyed) {
    const Problem problem;
    RunControl control;
    const auto recipe = steps_of(8, 256);
    const auto ignore = [](const TrainingStep&) {};
    const auto a =
        refine_layer(problem.x, problem.weights, problem.start, {layout}, recipe, 1, control, ignore);
    const auto b =
        refine_layer(problem.x, problem.weights, problem.start, {layout}, recipe, 1, control, ignore);
    EXPECT_TRUE(at::equal(a.owner, b.owner));
    EXPECT_TRUE(at::equal(a.router, b.router));
    control.request_stop();
    EXPECT_THROW(
        refine_layer(problem.x, problem.weights, problem.start, {layout}, recipe, 1, control, ignore),
        Cancelled);
}

TEST(RefineLayer, ARivalKeepsItsSplitAndTrainsItsRouter) {
    const Problem problem;
    RunControl control;
    const auto recipe = steps_of(8, 256, Method::random);
    int iterations = 0;
    const auto refined =
        refine_layer(problem.x, problem.weights, problem.start, {layout}, recipe, 1, control,
                     [&](const TrainingStep& step) { iterations += step.sinkhorn_iterations; });
    EXPECT_TRUE(at::equal(refined.owner, problem.start.owner));
    EXPECT_FALSE(at::allclose(refined.router, problem.start.router, 0, 1e-4));
    EXPECT_EQ(iterations, 0);
}

TEST(RefineLayer, APrunedLayerHasNothingToTrain) {
    const Problem problem;
    RunControl control;
    const auto refined =
        refine_layer(problem.x, problem.weights, problem.start, {layout}, steps_of(8, 256, Method::pruning),
                     1, control, [](const TrainingStep&) { ADD_FAILURE() << "a step was made"; });
    EXPECT_TRUE(at::equal(refined.router, problem.start.router));
}

}  // namespace
}  // namespace dotmoe::refine_test
