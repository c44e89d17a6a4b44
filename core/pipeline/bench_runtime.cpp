#include "pipeline/bench_runtime.h"

#include <ATen/core/grad_mode.h>

#include <nlohmann/json.hpp>

#include "base/memory_bandwidth.h"
#include "experts/project.h"
#include "experts/runtime.h"
#include "export/sample_text.h"
#include "model/load.h"

namespace dotmoe {
namespace {

struct Candidate {
    SpeedFigures figures;
    Runtime runtime;
};

at::Tensor log_probabilities(const Runtime& runtime, const at::Tensor& tokens) {
    KvCache cache;
    return runtime.logits(runtime.hidden(tokens, cache)).log_softmax(-1);
}

/// What the format of the weights costs: KL(exact || runtime), mean over the tokens.
double rounding_kl(const Runtime& exact, const Runtime& runtime, const at::Tensor& tokens) {
    const auto p = log_probabilities(exact, tokens), q = log_probabilities(runtime, tokens);
    return (p.exp() * (p - q)).sum(-1).mean().item<double>();
}

std::vector<Candidate> candidates(const RuntimeBench& bench) {
    const auto model = load_model(bench.model, exact_compute(DeviceChoice::cpu));
    const auto& config = model->config;
    const auto text = sample_tokens(*model).squeeze(0);
    std::vector<Candidate> result;
    const auto add = [&](SpeedFigures figures, const Weights& weights, const ExpertSet* experts,
                         Runtime runtime) {
        figures.bytes_per_token = runtime.bytes_per_token();
        if (bench.weights != WeightFormat::fp32)
            figures.kl = rounding_kl(Runtime(config, weights, experts, WeightFormat::fp32), runtime, text);
        result.push_back({std::move(figures), std::move(runtime)});
    };
    add({.name = "dense", .expert_neurons = config.neurons, .active_neurons = config.neurons}, model->weights,
        nullptr, Runtime(config, model->weights, nullptr, bench.weights));
    for (const auto& folder : bench.converted) {
        const auto project = load_project(folder);
        const auto& experts = project.experts;
        check_fits(experts, config, folder);
        const auto path = project_weights(folder, project, bench.model);
        const auto capacity = experts.layout.capacity(config.neurons);
        const SpeedFigures figures{
            .name = folder.filename().string(),
            .expert_neurons = capacity,
            .active_neurons = experts.layout.shared + experts.layout.active * capacity};
        if (path == bench.model) {
            add(figures, model->weights, &experts,
                Runtime(result.front().runtime, model->weights, &experts, bench.weights));
        } else {
            const auto recovered = load_model(path, exact_compute(DeviceChoice::cpu));
            add(figures, recovered->weights, &experts,
                Runtime(config, recovered->weights, &experts, bench.weights));
        }
    }
    return result;
}

}  // namespace

RuntimeFigures bench_runtime(const RuntimeBench& bench) {
    auto models = candidates(bench);
    std::vector<const Runtime*> runtimes;
    for (const auto& model : models) runtimes.push_back(&model.runtime);
    const auto speeds = measure_speed(runtimes, read_config(bench.model).vocabulary, bench.speed);
    RuntimeFigures result{.bytes_per_second = memory_bandwidth(), .models = {}};
    for (std::size_t m = 0; m < models.size(); ++m) {
        auto& figures = models[m].figures;
        figures.speed = speeds[m];
        if (bench.speed.texts == 1)
            figures.bandwidth_share = figures.speed.generation *
                                      static_cast<double>(figures.bytes_per_token) / result.bytes_per_second;
        result.models.push_back(std::move(figures));
    }
    return result;
}

void to_json(nlohmann::json& json, const SpeedFigures& figures) {
    json = {{"name", figures.name},
            {"expert_neurons", figures.expert_neurons},
            {"active_neurons", figures.active_neurons},
            {"prompt_tokens_per_second", figures.speed.prompt},
            {"tokens_per_second", figures.speed.generation},
            {"bytes_per_token", figures.bytes_per_token},
            {"bandwidth_share", figures.bandwidth_share},
            {"kl", figures.kl}};
}

void to_json(nlohmann::json& json, const RuntimeFigures& figures) {
    json = {{"bytes_per_second", figures.bytes_per_second}, {"models", figures.models}};
}

}  // namespace dotmoe
