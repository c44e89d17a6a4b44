#include "experts/forced_weights.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "experts/runtime.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"

namespace dotmoe::forced_weights_test {
namespace {

using test::random_experts;
using test::tiny_config;
using test::tiny_tokens;
using test::tiny_transformer;

constexpr std::int64_t tokens = 9;

std::vector<Layout> layouts() {
    std::vector<Layout> all;
    for (const auto rule : {RoutingRule::unit, RoutingRule::renormalised, RoutingRule::switch_,
                            RoutingRule::noisy, RoutingRule::expert_choice})
        for (const double factor : {0.0, 1.0})
            all.push_back({.experts = 6,
                           .active = 2,
                           .shared = 6,
                           .routing = {.rule = rule, .capacity_factor = factor}});
    all.push_back({.experts = 8, .active = 1, .shared = 0});
    return all;
}

at::Tensor random_logits(const Layout& layout, std::uint64_t seed) {
    return at::randn({tokens, layout.experts}, at::detail::createCPUGenerator(seed), at::kFloat);
}

// Every row whose R stays what it was keeps its W to the bit: no forcing, and one that changes nothing.
TEST(ForcedWeights, WhatChangesNoChoiceChangesNothing) {
    for (const auto& layout : layouts())
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const auto routing = route_logits(random_logits(layout, seed), layout);
            EXPECT_TRUE(
                at::equal(forced_weights(layout, routing.logits, routing.weights, {}), routing.weights));
            std::vector<Forcing> as_it_is;
            for (std::int64_t token = 0; token < tokens; ++token)
                for (std::int64_t expert = 0; expert < layout.experts; ++expert)
                    as_it_is.push_back({.token = token,
                                        .expert = expert,
                                        .on = routing.weights[token][expert].item<float>() != 0});
            EXPECT_TRUE(at::equal(forced_weights(layout, routing.logits, routing.weights, as_it_is),
                                  routing.weights));
        }
}

TEST(ForcedWeights, OneForcingReachesItsTokenAlone) {
    for (const auto& layout : layouts())
        for (const bool on : {true, false}) {
            const auto routing = route_logits(random_logits(layout, 7), layout);
            const auto others = at::arange(tokens).ne(4).nonzero().squeeze(1);
            for (std::int64_t expert = 0; expert < layout.experts; ++expert) {
                const auto forced = forced_weights(layout, routing.logits, routing.weights,
                                                   {{.token = 4, .expert = expert, .on = on}});
                EXPECT_TRUE(
                    at::equal(forced.index_select(0, others), routing.weights.index_select(0, others)));
                EXPECT_EQ(forced[4][expert].item<float>() != 0, on);
                auto mask = (routing.weights[4] != 0).to(at::kFloat);
                mask[expert] = on ? 1 : 0;
                EXPECT_TRUE(at::equal((forced[4] != 0).to(at::kFloat), mask));
                EXPECT_TRUE(forced.isfinite().all().item<bool>()) << "also where no expert is left";
            }
        }
}

// A row as the rule weighs it: k experts forced by hand have the weights that a router gives which likes
// them.
TEST(ForcedWeights, TheRuleWeighsWhatIsForced) {
    for (const auto rule : {RoutingRule::unit, RoutingRule::renormalised, RoutingRule::switch_}) {
        const Layout layout{.experts = 4, .active = 2, .shared = 0, .routing = {.rule = rule}};
        const auto logits = at::tensor({3.0F, 2.0F, 1.0F, -1.0F}).unsqueeze(0);
        const auto forced = forced_weights(layout, logits, route_logits(logits, layout).weights,
                                           {{.expert = 1, .on = false}, {.expert = 3, .on = true}})[0];
        const double a = std::exp(3.0), b = std::exp(-1.0), all = a + std::exp(2.0) + std::exp(1.0) + b;
        const bool unit = rule == RoutingRule::unit;
        const double of = rule == RoutingRule::switch_ ? all : (a + b) / 2;
        EXPECT_NEAR(forced[0].item<double>(), unit ? 1 : a / of, 1e-6);
        EXPECT_NEAR(forced[3].item<double>(), unit ? 1 : b / of, 1e-6);
        EXPECT_EQ(forced[1].item<double>() + forced[2].item<double>(), 0);
    }
}

TEST(ForcedWeights, OfTwoThatDifferTheLaterCounts) {
    const Layout layout{.experts = 4, .active = 1, .shared = 0};
    const auto logits = at::tensor({3.0F, 2.0F, 1.0F, 0.0F}).unsqueeze(0);
    const auto weights = route_logits(logits, layout).weights;
    const Forcing on{.expert = 2}, off{.expert = 2, .on = false};
    EXPECT_EQ(forced_weights(layout, logits, weights, {on, off})[0][2].item<float>(), 0);
    EXPECT_EQ(forced_weights(layout, logits, weights, {off, on})[0][2].item<float>(), 1);
}

std::vector<Forcing> everything_on(const ExpertSet& experts, std::int64_t count) {
    std::vector<Forcing> all;
    for (std::int64_t layer = 0; layer < std::ssize(experts.layers); ++layer)
        for (std::int64_t token = 0; token < count; ++token)
            for (std::int64_t expert = 0; expert < experts.layout.experts; ++expert)
                all.push_back({.token = token, .layer = layer, .expert = expert});
    return all;
}

TEST(ForcedModel, AllExpertsOnEverywhereIsTheDenseModel) {
    const auto config = tiny_config();
    const auto transformer = tiny_transformer(config);
    const auto ids = tiny_tokens(config, 1, tokens);
    const auto experts = random_experts(config, {.experts = 6, .active = 2, .shared = 6}, 3);
    const auto dense = transformer.logits(transformer.hidden(ids, transformer.dense()));
    const auto all = everything_on(experts, tokens);
    const auto forced = transformer.logits(
        transformer.hidden(ids, converted_feed_forward(transformer.weights(), experts, all)));
    EXPECT_LT(test::difference(forced, dense), 1e-5);
    const Runtime runtime(config, transformer.weights(), &experts, WeightFormat::fp32);
    KvCache cache;
    EXPECT_LT(test::difference(runtime.logits(runtime.hidden(ids[0], cache, all)), dense[0]), 1e-3);
    KvCache plain;
    EXPECT_GT(test::difference(runtime.logits(runtime.hidden(ids[0], plain)), dense[0]), 0.1)
        << "the routers do leave something out";
}

TEST(ForcedModel, WithoutForcingsLogitsAreThoseOfTheRouters) {
    const auto config = tiny_config();
    const auto transformer = tiny_transformer(config);
    const auto ids = tiny_tokens(config, 1, tokens);
    const auto experts = random_experts(config, {.experts = 6, .active = 2, .shared = 6}, 3);
    const auto logits = [&](std::vector<Forcing> forcings) {
        return transformer.logits(transformer.hidden(
            ids, converted_feed_forward(transformer.weights(), experts, std::move(forcings))));
    };
    const auto plain = logits({});
    // What the first layer's router gives token 5 anyway.
    const auto x = transformer.feed_forward_input(transformer.attend(transformer.embed(ids), 0), 0);
    const auto mask = route(x.flatten(0, 1), experts.layers[0].router, experts.layout).mask[5];
    for (std::int64_t expert = 0; expert < 6; ++expert) {
        const bool on = mask[expert].item<float>() != 0;
        EXPECT_TRUE(at::equal(logits({{.token = 5, .expert = expert, .on = on}}), plain));
        const auto other = logits({{.token = 5, .expert = expert, .on = !on}});
        EXPECT_TRUE(at::equal(other.slice(1, 0, 5), plain.slice(1, 0, 5)))
            << "what comes before does not see it";
        EXPECT_FALSE(at::equal(other.select(1, 5), plain.select(1, 5)));
    }
}

// The runtime's text grows call by call; its forcings are by position in the whole.
TEST(ForcedModel, TheRuntimeFollowsTheOracleHoweverTheTextIsCut) {
    const auto config = tiny_config();
    const auto transformer = tiny_transformer(config);
    const auto ids = tiny_tokens(config, 1, tokens);
    for (const auto rule : {RoutingRule::unit, RoutingRule::renormalised, RoutingRule::switch_}) {
        const auto experts =
            random_experts(config, {.experts = 6, .active = 2, .shared = 6, .routing = {.rule = rule}}, 5);
        std::vector<Forcing> forcings;
        for (std::int64_t expert = 0; expert < 3; ++expert)
            forcings.insert(forcings.end(), {{.token = 0, .layer = 2, .expert = expert},
                                             {.token = 6, .layer = expert, .expert = 5 - expert},
                                             {.token = 7, .layer = expert, .expert = expert, .on = false}});
        const auto expected =
            transformer.hidden(ids, converted_feed_forward(transformer.weights(), experts, forcings))[0];
        const Runtime runtime(config, transformer.weights(), &experts, WeightFormat::fp32);
        for (const std::int64_t cut : {0, 1, 6, 8}) {
            KvCache cache;
            if (cut > 0) runtime.hidden(ids[0].slice(0, 0, cut), cache, forcings);
            EXPECT_LT(test::difference(runtime.hidden(ids[0].slice(0, cut), cache, forcings),
                                       expected.slice(0, cut)),
                      5e-5)
                << cut;
        }
    }
}

TEST(CheckForcings, RefusesWhatIsNotThere) {
    auto experts = random_experts(tiny_config(), {.experts = 6, .active = 2, .shared = 6}, 3);
    experts.layers[1] = {};
    EXPECT_NO_THROW(check_forcings({{.token = 8, .layer = 2, .expert = 5}}, experts, 9));
    for (const auto& wrong :
         {Forcing{.token = 9}, Forcing{.token = -1}, Forcing{.layer = 3}, Forcing{.layer = -1},
          Forcing{.layer = 1}, Forcing{.expert = 6}, Forcing{.expert = -1}})
        EXPECT_THROW(check_forcings({wrong}, experts, 9), UsageError);
}

}  // namespace
}  // namespace dotmoe::forced_weights_test
