#include "events/alerts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dotmoe {
namespace {

constexpr int experts = 20;

class AlertRulesTest : public ::testing::Test {
  protected:
    AlertRulesTest() { rules.hear(started()); }
    static Started started() {
        Started run;
        run.layers = 2;
        run.experts = experts;
        run.active = 2;
        return run;
    }
    std::optional<Alert> load(int dead, double heaviest) {
        auto snapshot = std::make_shared<LoadSnapshot>();
        snapshot->stage = Stage::distillation;
        snapshot->step = ++step;
        snapshot->layers = 2;
        snapshot->experts = experts;
        snapshot->load.assign(2 * experts, 1.0F);
        std::fill_n(snapshot->load.begin() + experts, dead, 0.0F);  // of layer 1
        snapshot->load.back() = static_cast<float>(heaviest);
        return rules.hear(std::shared_ptr<const LoadSnapshot>(snapshot));
    }
    std::optional<Alert> kl(double value) {
        TrainingStep figures;
        figures.step = ++step;
        figures.loss = 4 + value;
        figures.kl = value;
        return rules.hear(figures);
    }
    std::optional<Alert> loss_is_no_number() {
        TrainingStep figures;
        figures.loss = std::numeric_limits<double>::quiet_NaN();
        return rules.hear(figures);
    }

    AlertRules rules;
    int step = 0;
};

TEST_F(AlertRulesTest, ExpertsThatStayWithoutATokenAreACollapse) {
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(load(3, 1)) << "not yet in five steps";
    const auto alert = load(3, 1);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::collapse);
    EXPECT_EQ(alert->text.substr(0, alert->text.find(':')), "Step 5, layer 1");
    EXPECT_NE(alert->text.find("3 of 20 experts"), std::string::npos) << alert->text;
    EXPECT_NE(alert->text.find("load_floor"), std::string::npos) << "no remedy: " << alert->text;
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(load(3, 1)) << "it was said";
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(load(6, 1));
    EXPECT_TRUE(load(6, 1)) << "twice as bad";
}

TEST_F(AlertRulesTest, AnExpertThatIsIdleForAStepIsNone) {
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(load(i % 3 == 0 ? 0 : 10, 1)) << i;
}

TEST_F(AlertRulesTest, WhatIsMendedIsToldAnewWhenItComesBack) {
    for (int i = 0; i < 5; ++i) load(3, 1);
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(load(0, 1));
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(load(3, 1));
    EXPECT_TRUE(load(3, 1));
}

// 2 of 20 active: an even share is a tenth of the tokens, half of them five even shares.
TEST_F(AlertRulesTest, MostTokensToOneExpertAreAnImbalance) {
    for (int i = 0; i < 10; ++i) EXPECT_FALSE(load(0, 4.9));
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(load(0, 6));
    const auto alert = load(0, 6);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::imbalance);
    EXPECT_NE(alert->text.find("60 % of the tokens go to expert 19"), std::string::npos) << alert->text;
}

TEST_F(AlertRulesTest, ADivergenceThatGrowsAfterItFell) {
    for (int i = 0; i < 30; ++i) EXPECT_FALSE(kl(5 - 0.1 * i + 0.8 * (i % 2))) << "noise";
    std::optional<Alert> alert;
    int steps = 0;
    for (; !alert && steps < 30; ++steps) alert = kl(2.4 * std::pow(1.1, steps));
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::divergence);
    EXPECT_GT(steps, 4);
    EXPECT_NE(alert->text.find("router_lr"), std::string::npos) << "no remedy: " << alert->text;
}

TEST_F(AlertRulesTest, ADivergenceFromTheSecondStepOn) {
    EXPECT_FALSE(kl(0.08));
    std::optional<Alert> alert;
    for (int i = 0; i < 7; ++i) alert = kl(0.2);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::divergence);
    EXPECT_NE(alert->text.find("from 0.08"), std::string::npos) << alert->text;
}

TEST_F(AlertRulesTest, ALossThatIsNoNumber) {
    const auto alert = loss_is_no_number();
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::divergence);
    EXPECT_NE(alert->text.find("no number"), std::string::npos) << alert->text;
    EXPECT_FALSE(loss_is_no_number()) << "it was said";
}

TEST_F(AlertRulesTest, ALayerThatIsDoneWithDeadExperts) {
    LayerStatus status;
    status.layer = 4;
    status.state = LayerState::aligning;
    status.dead = 9;
    EXPECT_FALSE(rules.hear(status));
    status.state = LayerState::done;
    status.dead = 1;
    EXPECT_FALSE(rules.hear(status));
    status.dead = 3;
    const auto alert = rules.hear(status);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->text.find("Layer 4: 3 of 20 experts"), 0U) << alert->text;
    status.layer = 5;
    EXPECT_FALSE(rules.hear(status)) << "one line is enough";
}

TEST_F(AlertRulesTest, MemoryThatRunsShort) {
    EXPECT_FALSE(rules.hear(Memory{2'000'000'000, 24'000'000'000}));
    const auto alert = rules.hear(Memory{1'000'000'000, 24'000'000'000});
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::memory);
    EXPECT_NE(alert->text.find("1.0 of 24.0 GB"), std::string::npos) << alert->text;
    EXPECT_FALSE(rules.hear(Memory{900'000'000, 24'000'000'000}));
    EXPECT_TRUE(rules.hear(Memory{400'000'000, 24'000'000'000}));
    EXPECT_FALSE(rules.hear(Memory{})) << "not known";
}

TEST_F(AlertRulesTest, ANewRunBeginsAnew) {
    for (int i = 0; i < 5; ++i) load(3, 1);
    rules.hear(started());
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(load(3, 1));
    EXPECT_TRUE(load(3, 1));
}

}  // namespace
}  // namespace dotmoe
