#include "export/export_plan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/error.h"
#include "model/rope.h"
#include "toy_conversion.h"

namespace dotmoe {
namespace {

using test::ToyConversion;

ExportPlan plan_of(const ToyConversion& toy, RouterScale routers, const char* architecture = "",
                   ExportFormat format = ExportFormat::huggingface) {
    ExportRequest request;
    request.format = format;
    request.architecture = architecture;
    request.routers = routers;
    return plan_export(*toy.model, toy.experts, request);
}

TEST(ExportPlan, SharedNeuronsGoToTheExactClass) {
    const ToyConversion toy(test::with_shared);
    const auto plan = plan_of(toy, RouterScale::exact);
    EXPECT_EQ(plan.architecture->class_name, "GraniteMoeSharedForCausalLM");
    EXPECT_TRUE(plan.exact);
    EXPECT_EQ(plan.router_factor, std::vector<double>(3, 0x1p-40));
}

TEST(ExportPlan, PortableFactorsAreTheNearestPowersOfTwo) {
    for (const auto& layout : {test::with_shared, test::without_shared}) {
        const ToyConversion toy(layout);
        const auto plan = plan_of(toy, RouterScale::portable);
        EXPECT_FALSE(plan.exact);
        const auto spread = router_spread(*toy.model, toy.experts);
        ASSERT_EQ(plan.router_factor.size(), spread.size());
        for (std::size_t l = 0; l < spread.size(); ++l) {
            const double ratio = plan.router_factor[l] * spread[l] / 0x1p-12;
            EXPECT_GE(ratio, std::sqrt(0.5));
            EXPECT_LE(ratio, std::sqrt(2.0));
            EXPECT_EQ(std::exp2(std::round(std::log2(plan.router_factor[l]))), plan.router_factor[l]);
        }
    }
}

TEST(ExportPlan, MixtralIsPortableWhateverIsAsked) {
    const ToyConversion toy(test::without_shared);
    const auto plan = plan_of(toy, RouterScale::exact, "mixtral");
    EXPECT_EQ(plan.architecture->class_name, "MixtralForCausalLM");
    EXPECT_FALSE(plan.exact);
    EXPECT_GT(plan.router_factor[0], 0x1p-20);
}

// The first of the format that is exact; where none is, the first that holds the conversion.
TEST(ExportPlan, PicksTheExactClassWhereThereIsOne) {
    struct Case {
        Layout layout;
        RouterScale routers;
        ExportFormat format;
        const char* architecture;
    };
    constexpr auto exact = RouterScale::exact, portable = RouterScale::portable;
    constexpr auto folder = ExportFormat::huggingface, gguf = ExportFormat::gguf;
    for (const auto& [layout, routers, format, architecture] :
         {Case{test::without_shared, exact, folder, "granitemoe"},
          Case{test::without_shared, portable, folder, "mixtral"}, Case{{6, 1, 0}, exact, folder, "mixtral"},
          Case{{6, 6, 0}, portable, folder, "mixtral"},
          Case{test::with_shared, portable, folder, "granitemoeshared"},
          Case{test::without_shared, exact, gguf, "glm4moe"}, Case{test::with_shared, exact, gguf, "glm4moe"},
          Case{{4, 2, 12}, exact, gguf, "glm4moe"}}) {
        const ToyConversion toy(layout);
        const auto plan = plan_of(toy, routers, "", format);
        EXPECT_EQ(plan.architecture->name, architecture);
        EXPECT_FALSE(plan.reason.empty());
    }
}

/// The best architecture for a model of that RoPE scaling or window, or why there is none.
std::string best(const Layout& layout, ExportFormat format, const std::function<void(ModelConfig&)>& change) {
    const ToyConversion toy(layout);
    auto model = *toy.model;
    change(model.config);
    try {
        ExportRequest request;
        request.format = format;
        return std::string(plan_export(model, toy.experts, request).architecture->name);
    } catch (const Error& error) {
        return error.what();
    }
}

TEST(ExportPlan, PicksWhatHoldsTheRopeScaling) {
    constexpr auto folder = ExportFormat::huggingface, gguf = ExportFormat::gguf;
    const auto linear = [](ModelConfig& config) { config.rope_divisors = linear_rope_divisors(4, 8); };
    const auto llama3 = [](ModelConfig& config) {
        config.rope_divisors = llama3_rope_divisors({8, 1, 4, 32}, config.rope_base, 8);
    };
    EXPECT_EQ(best(test::with_shared, folder, llama3), "granitemoeshared");
    EXPECT_EQ(best(test::without_shared, folder, llama3), "granitemoe");
    EXPECT_EQ(best(test::with_shared, gguf, llama3), "granitemoe");
    EXPECT_EQ(best(test::without_shared, gguf, llama3), "llama");
    EXPECT_EQ(best(test::with_shared, gguf, linear), "glm4moe");
    EXPECT_EQ(best(test::without_shared, gguf, linear), "glm4moe");
}

TEST(ExportPlan, PicksWhatHoldsTheWindow) {
    constexpr auto folder = ExportFormat::huggingface, gguf = ExportFormat::gguf;
    const auto everywhere = [](ModelConfig& config) { config.windows = {5, 5, 5}; };
    const auto nowhere = [](ModelConfig& config) { config.windows = {0, 0, 0}; };
    const auto in_some = [](ModelConfig& config) { config.windows = {0, 5, 5}; };
    EXPECT_EQ(best(test::without_shared, folder, everywhere), "mixtral");
    EXPECT_EQ(best(test::with_shared, folder, everywhere), "qwen2_moe");
    EXPECT_EQ(best(test::with_shared, folder, nowhere), "granitemoeshared");
    EXPECT_EQ(best(test::with_shared, gguf, nowhere), "glm4moe");
    EXPECT_NE(best(test::with_shared, gguf, everywhere).find("glm4moe: it has no sliding window"),
              std::string::npos);
    EXPECT_NE(best(test::without_shared, folder, in_some).find("here layers differ"), std::string::npos);
}

TEST(ExportPlan, RefusesNormsBehindAttention) {
    const auto gemma = [](ModelConfig& config) { config.post_norms = true; };
    EXPECT_NE(best(test::without_shared, ExportFormat::huggingface, gemma).find("Gemma 3"),
              std::string::npos);
}

TEST(ExportPlan, RefusesAnArchitectureThatCannotHoldIt) {
    const ToyConversion shared(test::with_shared), plain(test::without_shared);
    EXPECT_THROW(plan_of(shared, RouterScale::exact, "mixtral"), Error);
    EXPECT_THROW(plan_of(plain, RouterScale::exact, "granitemoeshared"), Error);
    EXPECT_THROW(plan_of(shared, RouterScale::exact, "llama", ExportFormat::gguf), Error);
    EXPECT_THROW(plan_of(plain, RouterScale::exact, "glm4moe"), UsageError);
    ExportRequest request;
    request.numbers = NumberFormat::q8_0;
    EXPECT_THROW(plan_export(*plain.model, plain.experts, request), UsageError);
}

TEST(ExportPlan, RenormalisedRoutersAreExportedAsTheyAre) {
    for (auto layout : {test::with_shared, test::without_shared}) {
        layout.routing.rule = RoutingRule::renormalised;
        const ToyConversion toy(layout);
        const auto plan = plan_of(toy, RouterScale::portable);
        EXPECT_TRUE(plan.exact);
        EXPECT_EQ(plan.router_factor, std::vector<double>(3, 1.0));
    }
}

// No factor turns sigma(l_i) / sum sigma(l_j) into a softmax.
TEST(ExportPlan, SigmoidsCannotHoldRenormalisedWeights) {
    auto layout = test::with_shared;
    layout.routing.rule = RoutingRule::renormalised;
    const ToyConversion toy(layout);
    EXPECT_THROW(plan_of(toy, RouterScale::exact, "glm4_moe"), Error);
    EXPECT_TRUE(plan_of(toy, RouterScale::exact, "qwen2_moe").exact);
}

TEST(ExportPlan, RefusesRulesThatNoStockArchitectureHas) {
    for (const auto rule : {RoutingRule::switch_, RoutingRule::expert_choice}) {
        auto layout = test::with_shared;
        layout.routing.rule = rule;
        const ToyConversion toy(layout);
        EXPECT_THROW(plan_of(toy, RouterScale::exact), Error);
    }
    auto layout = test::with_shared;
    layout.routing.capacity_factor = 2;
    const ToyConversion toy(layout);
    EXPECT_THROW(plan_of(toy, RouterScale::exact), Error);
}

TEST(ExportPlan, OneAndAllExpertsAreExactEverywhere) {
    for (const auto active : {1, 6}) {
        auto layout = test::without_shared;
        layout.active = active;
        const ToyConversion toy(layout);
        const auto plan = plan_of(toy, RouterScale::portable);
        EXPECT_TRUE(plan.exact);
        EXPECT_EQ(plan.router_factor[0], active == 1 ? 1.0 : 0x1p-40);
    }
}

// A common offset of all experts cancels in a softmax, so it must not count; the factor is a scale.
TEST(ExportPlan, SpreadIgnoresACommonOffsetAndFollowsTheScale) {
    ToyConversion toy(test::without_shared);
    const auto before = router_spread(*toy.model, toy.experts);
    for (auto& layer : toy.experts.layers) layer.router = 4 * (layer.router + at::ones({32, 1}));
    const auto after = router_spread(*toy.model, toy.experts);
    for (std::size_t l = 0; l < before.size(); ++l) EXPECT_NEAR(after[l] / before[l], 4, 1e-3);
}

TEST(ExportPlan, RefusesUnfinishedOrForeignConversions) {
    ToyConversion toy(test::with_shared);
    auto unfinished = toy.experts;
    unfinished.layers[1].owner = at::Tensor();
    EXPECT_THROW(plan_export(*toy.model, unfinished, {}), Error);
    auto shorter = toy.experts;
    shorter.layers.pop_back();
    EXPECT_THROW(plan_export(*toy.model, shorter, {}), Error);
    auto narrow = toy.experts;
    narrow.layers[2].router = at::zeros({16, 5});
    EXPECT_THROW(plan_export(*toy.model, narrow, {}), Error);
}

TEST(ExportPlan, RefusesAPrunedConversion) {
    ToyConversion toy(test::with_shared);
    toy.experts.layers[1].router.zero_();
    EXPECT_THROW(plan_of(toy, RouterScale::exact), Error);
}

}  // namespace
}  // namespace dotmoe
