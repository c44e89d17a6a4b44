#include "make_toy/toy_trainer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

/// Windows that count upwards from a random start: the next token is always known.
at::Tensor counting(std::int64_t vocabulary, std::int64_t windows, std::int64_t length) {
    const auto starts = at::randint(vocabulary, {windows, 1}, at::detail::createCPUGenerator(3), at::kLong);
    return (starts + at::arange(length, at::kLong)).remainder(vocabulary);
}

TrainingOptions short_training(std::uint64_t seed = 0) {
    return {.steps = 60, .batch = 4, .warmup = 5, .seed = seed};
}

TEST(TrainModel, LearnsToCount) {
    for (const bool tied : {true, false}) {
        auto config = test::tiny_config();
        config.tied_embeddings = tied;
        std::vector<double> losses;
        const auto weights = train_model(config, counting(config.vocabulary, 16, 24), short_training(),
                                         [&](std::int64_t step, double loss) {
                                             losses.push_back(loss);
                                             EXPECT_EQ(step, std::ssize(losses));
                                         });
        ASSERT_EQ(losses.size(), 60U);
        EXPECT_NEAR(losses.front(), std::log(config.vocabulary), 0.3) << "starts nearly uniform";
        EXPECT_LT(losses.back(), 0.5 * losses.front());
        EXPECT_EQ(weights.head.is_same(weights.embedding), tied);
        EXPECT_FALSE(weights.layers[0].gate.requires_grad());
    }
}

TEST(TrainModel, SameSeedSameWeights) {
    const auto config = test::tiny_config();
    const auto windows = counting(config.vocabulary, 8, 16);
    const auto gate = [&](std::uint64_t seed) {
        return train_model(config, windows, short_training(seed), [](std::int64_t, double) {}).layers[1].gate;
    };
    const auto once = gate(5);
    EXPECT_TRUE(at::equal(once, gate(5)));
    EXPECT_FALSE(at::equal(once, gate(6)));
}

}  // namespace
}  // namespace dotmoe
