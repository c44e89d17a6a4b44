#include "recording/event_codec.h"

#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "core/recording/sample_run.h"

namespace dotmoe {
namespace {

template <typename T>
T through(const T& event) {
    const Payload payload = event;
    return std::get<T>(decode(kind_of(payload), encode(payload)));
}

std::vector<Payload> one_of_each() {
    return {Started{"m", 3, 40, 24, 4, 2, 8, "cpu", "float", "toy"},
            Progress{"distil", 3, 9, "steps", 0.5, 12},
            LogLine{LogLevel::warning, "a\nb"},
            Finished{"out", "{\"a\": 1}"},
            Failed{"no"},
            Stopped{true},
            CheckpointSaved{},
            sample_run::plan(Stage::distillation, 2, 7),
            sample_run::solve(Stage::layerwise, 1, 3),
            sample_run::load(Stage::distillation, 0, 3, 7),
            sample_run::routing("word word"),
            sample_run::step(7, 9),
            QualitySnapshot{"dense", 3, 17.5, 0.1, 0.75},
            LayerStatus{2, LayerState::refused, 0.5, 3, 4, "its weights are not finite"}};
}

TEST(EventCodec, EveryKindComesBackTheSameBytes) {
    const auto events = one_of_each();
    ASSERT_EQ(events.size(), std::variant_size_v<Payload>);
    for (std::size_t i = 0; i < events.size(); ++i) {
        ASSERT_EQ(events[i].index(), i);
        const auto bytes = encode(events[i]);
        const auto back = decode(kind_of(events[i]), bytes);
        EXPECT_EQ(back.index(), i);
        EXPECT_EQ(encode(back), bytes) << "what is left out would be lost twice: " << i;
    }
}

TEST(EventCodec, SmallEventsAreExact) {
    const auto started = through(Started{"m", 3, 40, 24, 4, 2, 8, "cpu", "float", "toy"});
    EXPECT_EQ(started.model, "m");
    EXPECT_EQ(std::tuple(started.layers, started.neurons, started.width), std::tuple(3, 40, 24));
    EXPECT_EQ(std::tuple(started.experts, started.active, started.shared), std::tuple(4, 2, 8));
    EXPECT_EQ(std::tuple(started.device, started.dtype, started.recipe), std::tuple("cpu", "float", "toy"));
    const auto step = through(sample_run::step(3, 9));
    EXPECT_EQ(step.step, 3);
    EXPECT_EQ(step.total, 9);
    EXPECT_EQ(step.loss, 1.0 / 3);
    EXPECT_EQ(step.churn, 0.03);
    const auto status = through(LayerStatus{2, LayerState::refused, 0.5, 3, 4, "why"});
    EXPECT_EQ(std::tuple(status.layer, status.state, status.error, status.load_max, status.dead, status.note),
              std::tuple(2, LayerState::refused, 0.5, 3.0, 4, "why"));
    EXPECT_TRUE(through(Stopped{true}).resumable);
}

TEST(EventCodec, APlanIsExactButForTheLevelsOfItsSoftMass) {
    const auto plan = sample_run::plan(Stage::distillation, 2, 7), back = through(plan);
    EXPECT_EQ(back->owner, plan->owner);
    EXPECT_EQ(back->capacity, plan->capacity);
    EXPECT_EQ(back->margin, plan->margin);
    EXPECT_EQ(back->greedy_gap, plan->greedy_gap);
    EXPECT_EQ(std::tuple(back->stage, back->step, back->layer, back->neurons, back->columns),
              std::tuple(plan->stage, plan->step, plan->layer, plan->neurons, plan->columns));
    ASSERT_EQ(back->soft.size(), plan->soft.size());
    const float largest = *std::ranges::max_element(plan->soft);
    EXPECT_NE(back->soft, plan->soft);
    for (std::size_t i = 0; i < plan->soft.size(); ++i)
        EXPECT_NEAR(back->soft[i], plan->soft[i], 0.005F * largest);
    for (std::size_t neuron = 0; neuron < plan->owner.size(); ++neuron) {
        const auto own = neuron * sample_run::columns + static_cast<std::size_t>(plan->owner[neuron]);
        EXPECT_EQ(back->soft[own], plan->soft[own]);
    }
    auto held = *plan;
    held.greedy_gap.reset();
    EXPECT_FALSE(through(std::make_shared<const PlanSnapshot>(held))->greedy_gap);
}

TEST(EventCodec, ARoutingIsExactButForTheStepsOfItsProbabilities) {
    const auto routing = sample_run::routing("word word"), back = through(routing);
    EXPECT_EQ(back->text, routing->text);
    EXPECT_EQ(back->tokens, routing->tokens);
    EXPECT_EQ(back->expert, routing->expert);
    for (std::size_t i = 0; i < routing->probability.size(); ++i)
        EXPECT_NEAR(back->probability[i], routing->probability[i], 1.0 / 65'535);
}

TEST(EventCodec, ShapesThatDoNotFitAreRefused) {
    const auto refused = [](auto snapshot, auto spoil) {
        auto spoilt = *snapshot;
        spoil(spoilt);
        const Payload payload = std::make_shared<const decltype(spoilt)>(spoilt);
        const auto bytes = encode(payload);
        EXPECT_THROW(decode(kind_of(payload), bytes), Error);
    };
    const auto plan = sample_run::plan(Stage::layerwise, 0, 1);
    refused(plan, [](auto& p) { p.neurons = 1 << 30; });
    refused(plan, [](auto& p) { p.owner[3] = p.columns; });
    refused(plan, [](auto& p) { p.owner[3] = -1; });
    refused(plan, [](auto& p) { p.margin.pop_back(); });
    refused(plan, [](auto& p) { p.layer = -1; });
    refused(sample_run::load(Stage::layerwise, 0, 1, 1), [](auto& l) { l.layers = 2; });
    refused(sample_run::routing("ab"), [](auto& r) { r.expert[0] = r.experts; });
    refused(sample_run::routing("ab"), [](auto& r) { r.layers = 1 << 20; });
}

// Damage that a checksum would not show, for whoever writes a file on purpose.
TEST(EventCodec, DamageIsAnErrorAndNothingWorse) {
    std::mt19937 random(3);
    int refused = 0;
    for (const auto& event : one_of_each()) {
        const auto bytes = encode(event);
        for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 50)
            EXPECT_THROW(decode(kind_of(event), std::span(bytes).first(length)), Error);
        for (int trial = 0; trial < 300 && !bytes.empty(); ++trial) {
            auto damaged = bytes;
            damaged[random() % damaged.size()] ^= static_cast<std::byte>(1U << (random() % 8));
            try {
                decode(kind_of(event), damaged);
            } catch (const Error&) {
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace dotmoe
