#include <gtest/gtest.h>

#include "base/error.h"
#include "pipeline/cost_terms.h"
#include "pipeline/inspect.h"

namespace dotmoe {
namespace {

/// Shape of SmolLM2-135M as a 98 MB file; figures of real runs stand beside the estimate in tests/app/cli.
ModelSummary smollm2() {
    ModelSummary model;
    model.config = {.architecture = "llama",
                    .layers = 30,
                    .width = 576,
                    .neurons = 1536,
                    .heads = 9,
                    .kv_heads = 3,
                    .head_width = 64,
                    .vocabulary = 49152,
                    .context = 8192,
                    .tied_embeddings = true};
    model.parameters = 134515008;
    model.ffn_parameters = 79626240;
    model.file_bytes = 98 << 20;
    return model;
}

TEST(EstimateCost, MoreTrainingTakesMoreTimeAndText) {
    auto recipe = preset("quick");
    recipe.distill.steps = 10;
    const auto few = estimate_cost(smollm2(), recipe, 1);
    recipe.distill.steps = 1000;
    const auto many = estimate_cost(smollm2(), recipe, 1);
    EXPECT_GT(many.seconds(), 5 * few.seconds());
    EXPECT_EQ(many.train_tokens - few.train_tokens, 990 * recipe.distill.sequences * recipe.text.window);
    EXPECT_EQ(many.memory_bytes, few.memory_bytes);
}

TEST(EstimateCost, TrainingStepsCostNothingWhereNothingIsTrained) {
    auto recipe = preset("quick");
    recipe.method = Method::pruning;
    recipe.distill.steps = 10;
    const auto few = estimate_cost(smollm2(), recipe, 1);
    recipe.distill.steps = 10000;
    EXPECT_LT(estimate_cost(smollm2(), recipe, 1).seconds(), 10 * few.seconds());
}

TEST(EstimateCost, RecoveryTakesTimeMemoryAndDisk) {
    auto recipe = preset("quick");
    recipe.distill.steps = 20;
    const auto plain = estimate_cost(smollm2(), recipe, 1);
    recipe.distill.steps = 10;
    recipe.recover.steps = 10;
    const auto recovery = estimate_cost(smollm2(), recipe, 1);
    // A copy of the layers' 106 M weights, their gradient and AdamW's moments, in fp32.
    EXPECT_GT(recovery.memory_bytes, plain.memory_bytes + std::int64_t{1'400'000'000});
    EXPECT_GT(recovery.disk_bytes, plain.disk_bytes + std::int64_t{1'700'000'000});
    EXPECT_EQ(recovery.train_tokens, plain.train_tokens);
}

/// The alternation and the fit's moments are summed in fp32 (base/alignment_compute.h), whatever the layers
/// compute in.
TEST(CostTerms, SumsOverATextAreInTheFormatThatJudges) {
    const WeightBytes bytes{.judged = 4, .aligned = 2};
    auto recipe = preset("quick");
    recipe.layerwise.rounds = 6;
    const auto few = CostTerms(smollm2(), recipe, bytes).layer();
    recipe.layerwise.rounds = 12;
    const auto many = CostTerms(smollm2(), recipe, bytes).layer();
    const double calibration = 512.0 * static_cast<double>(recipe.text.calibration_windows);
    // S M, X^T sqrt(S M), X W_r and R^T S, six times.
    EXPECT_DOUBLE_EQ(many.judged_flops - few.judged_flops, 6 * calibration * 4 * 84 * (576 + 1536));
    EXPECT_EQ(many.aligned_flops, few.aligned_flops);
}

TEST(EstimateCost, LongerStepsNeedMoreMemory) {
    auto recipe = preset("quick");
    const auto small = estimate_cost(smollm2(), recipe, 1);
    recipe.distill.sequences *= 8;
    EXPECT_GT(estimate_cost(smollm2(), recipe, 1).memory_bytes, small.memory_bytes);
}

TEST(EstimateCost, ActiveShareFollowsTheLayout) {
    auto recipe = preset("quick");
    recipe.layout = {84, 12, 192};
    const auto estimate = estimate_cost(smollm2(), recipe, 1);
    EXPECT_DOUBLE_EQ(estimate.active_neuron_share, 0.25);
    EXPECT_DOUBLE_EQ(estimate.active_parameters, 134515008 - 0.75 * 79626240 + 30.0 * 576 * 84);
}

TEST(EstimateCost, RefusesALayoutThatDoesNotDivide) {
    auto recipe = preset("quick");
    recipe.layout = {85, 12, 192};
    EXPECT_THROW(estimate_cost(smollm2(), recipe, 1), UsageError);
}

TEST(EstimateCost, RefusesAModelThatCannotBeConverted) {
    auto model = smollm2();
    model.refusal = "an encoder";
    EXPECT_THROW(estimate_cost(model, preset("quick"), 1), Error);
}

}  // namespace
}  // namespace dotmoe
