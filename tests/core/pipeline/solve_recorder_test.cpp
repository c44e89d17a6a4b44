#include "pipeline/solve_recorder.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(SolveRecorder, KeepsResidualsAndPotentialsOfOneProblemOfTheBatch) {
    at::manual_seed(4);
    const Capacities capacities{6, 5, 5};
    const auto affinity = at::randn({2, 16, 3});
    SolveRecorder recorder;
    const auto solve = [&](double temperature) {
        return sinkhorn(affinity, capacities,
                        {.temperature = temperature,
                         .max_iterations = 6,
                         .tolerance = 0,
                         .on_iteration = recorder.observer()});
    };
    solve(1.0);
    recorder.clear();
    const auto result = solve(0.5);
    const auto picture = recorder.snapshot({Stage::distillation, 9, 2, 0.5}, 1, result.converged);

    EXPECT_EQ(picture->stage, Stage::distillation);
    EXPECT_EQ(picture->step, 9);
    EXPECT_EQ(picture->layer, 2);
    EXPECT_FALSE(picture->converged);
    ASSERT_EQ(picture->row_residual.size(), 6U);
    ASSERT_EQ(picture->g.size(), 6U * 3U);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(picture->row_residual[i], result.iterations[i].row_residual[1]);
        EXPECT_EQ(picture->column_residual[i], result.iterations[i].column_residual[1]);
        // g alone gives the plan of that iteration: its column sums are off by the residual.
        const auto g = at::from_blob(const_cast<float*>(&picture->g[i * 3]), {3}).clone();
        const auto plan = at::softmax(affinity[1] / 0.5 + g, -1);
        const auto error = (plan.sum(0) - at::tensor(capacities).to(at::kFloat)).abs().max().item<float>();
        EXPECT_NEAR(error, picture->column_residual[i], 1e-4) << i;
    }
    const auto last = at::from_blob(const_cast<float*>(&picture->g[15]), {3}).clone();
    EXPECT_TRUE(at::allclose(at::softmax(affinity[1] / 0.5 + last, -1), result.plan[1], 1e-4, 1e-5));
}

}  // namespace
}  // namespace dotmoe
