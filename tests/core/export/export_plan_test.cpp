#include "export/export_plan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
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
