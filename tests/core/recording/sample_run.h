// Events of a run of three layers, with numbers that can be told from each other.
#pragma once

#include <cmath>
#include <memory>
#include <random>

#include "events/event.h"

namespace dotmoe::sample_run {

constexpr int layers = 3, neurons = 40, columns = 5;

inline std::shared_ptr<const PlanSnapshot> plan(Stage stage, int layer, std::int64_t step) {
    auto result = std::make_shared<PlanSnapshot>();
    result->stage = stage;
    result->layer = layer;
    result->step = step;
    result->neurons = neurons;
    result->columns = columns;
    result->shared_column = true;
    result->capacity.assign(columns, neurons / columns);
    result->temperature = 0.25;
    result->greedy_gap = 0.125;
    result->soft_hard_gap = 0.5;
    std::mt19937 random(static_cast<unsigned>(100 * layer + step));
    std::exponential_distribution<float> mass(8);
    for (int neuron = 0; neuron < neurons; ++neuron) {
        result->owner.push_back((neuron + layer + static_cast<int>(step)) % columns);
        result->margin.push_back(mass(random));
        for (int column = 0; column < columns; ++column) result->soft.push_back(std::min(1.0F, mass(random)));
    }
    return result;
}

inline std::shared_ptr<const SinkhornSnapshot> solve(Stage stage, int layer, std::int64_t step) {
    auto result = std::make_shared<SinkhornSnapshot>();
    result->stage = stage;
    result->layer = layer;
    result->step = step;
    result->temperature = 0.25;
    result->row_residual = {1, 0.1F, static_cast<float>(step)};
    result->column_residual = {2, 0.2F, static_cast<float>(layer)};
    result->g.assign(3 * columns, 0.5F);
    result->converged = true;
    return result;
}

inline std::shared_ptr<const LoadSnapshot> load(Stage stage, int first_layer, int count, std::int64_t step) {
    auto result = std::make_shared<LoadSnapshot>();
    result->stage = stage;
    result->first_layer = first_layer;
    result->layers = count;
    result->step = step;
    result->experts = columns - 1;
    for (int i = 0; i < count * result->experts; ++i)
        result->load.push_back(0.1F * static_cast<float>(i + step));
    return result;
}

inline std::shared_ptr<const RoutingSnapshot> routing(std::string text) {
    auto result = std::make_shared<RoutingSnapshot>();
    result->text = std::move(text);
    result->tokens = {result->text.substr(0, 2), result->text.substr(2), "\xEF\xBF\xBD"};
    result->layers = layers;
    result->active = 2;
    result->experts = columns - 1;
    for (int i = 0; i < layers * 3 * 2; ++i) {
        result->expert.push_back(i % 5 - 1);
        result->probability.push_back(static_cast<float>(i) / 17);
    }
    return result;
}

inline TrainingStep step(std::int64_t number, std::int64_t total) {
    TrainingStep result;
    result.step = number;
    result.total = total;
    result.loss = 1 / static_cast<double>(number);
    result.churn = 0.01 * static_cast<double>(number);
    return result;
}

/// `rounds` of each layer, then `steps` global steps with a checkpoint after every fifth.
inline void play(EventSink& sink, int rounds, int steps) {
    sink.publish(Started{"a model.gguf", layers, neurons, 24, columns - 1, 2, 8, "cpu", "float", "toy"});
    sink.publish(QualitySnapshot{"dense", 0, 12.5, 0, 1});
    for (int layer = 0; layer < layers; ++layer) {
        sink.publish(LayerStatus{layer, LayerState::aligning, -1, -1, 0, ""});
        for (int round = 1; round <= rounds; ++round) {
            sink.publish(plan(Stage::layerwise, layer, round));
            sink.publish(solve(Stage::layerwise, layer, round));
        }
        sink.publish(load(Stage::layerwise, layer, 1, rounds));
        sink.publish(LayerStatus{layer, LayerState::done, 0.25 + 0.1 * layer, 2, 1, ""});
        sink.publish(Progress{"layer-wise", layer + 1, layers, "layers", 0, 0});
    }
    sink.publish(routing("layerwise"));
    for (int number = 1; number <= steps; ++number) {
        sink.publish(step(number, steps));
        sink.publish(load(Stage::distillation, 0, layers, number));
        for (int layer = 0; layer < layers; ++layer) {
            sink.publish(plan(Stage::distillation, layer, number));
            sink.publish(solve(Stage::distillation, layer, number));
        }
        sink.publish(Progress{"distil", number, steps, "steps", 2.5, 1});
        if (number % 5 == 0) sink.publish(CheckpointSaved{});
    }
    sink.publish(LogLine{LogLevel::warning, "nothing much"});
    sink.publish(Finished{"out", "{}"});
}

}  // namespace dotmoe::sample_run
