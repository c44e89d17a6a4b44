#include "pipeline/bench_runtime.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/memory_bandwidth.h"
#include "base/progress.h"
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

double prompt_rate(const Runtime& runtime, const at::Tensor& tokens) {
    KvCache cache;
    const ProgressMeter clock(0);
    runtime.logits(runtime.hidden(tokens, cache).narrow(0, -1, 1));
    return static_cast<double>(tokens.size(0)) / clock.seconds();
}

/// Token after token from an empty cache; which tokens does not matter.
double generation_rate(const Runtime& runtime, const at::Tensor& tokens) {
    KvCache cache;
    const ProgressMeter clock(0);
    for (std::int64_t t = 0; t < tokens.size(0); ++t) {
        const auto logits = runtime.logits(runtime.hidden(tokens.narrow(0, t, 1), cache));
        logits.argmax().item();  // a greedy choice is part of a token
    }
    return static_cast<double>(tokens.size(0)) / clock.seconds();
}

}  // namespace

RuntimeFigures bench_runtime(const RuntimeBench& bench) {
    if (bench.prompt < 1 || bench.tokens < 1 || bench.repeats < 1)
        fail_usage("prompt, tokens and repeats must be at least 1");
    const at::NoGradGuard no_grad;
    auto models = candidates(bench);
    const auto random = [&, generator = at::detail::createCPUGenerator(0)](std::int64_t count) {
        return at::randint(read_config(bench.model).vocabulary, {count}, generator, at::kLong);
    };
    const auto prompt = random(bench.prompt), tokens = random(bench.tokens);
    for (const auto& model : models) prompt_rate(model.runtime, prompt);  // warms up
    for (int repeat = 0; repeat < bench.repeats; ++repeat)
        for (auto& [figures, runtime] : models) {
            figures.prompt_tokens_per_second =
                std::max(figures.prompt_tokens_per_second, prompt_rate(runtime, prompt));
            figures.tokens_per_second = std::max(figures.tokens_per_second, generation_rate(runtime, tokens));
        }
    RuntimeFigures result{.bytes_per_second = memory_bandwidth(), .models = {}};
    for (auto& model : models) {
        auto& figures = model.figures;
        figures.bandwidth_share = figures.tokens_per_second * static_cast<double>(figures.bytes_per_token) /
                                  result.bytes_per_second;
        result.models.push_back(std::move(figures));
    }
    return result;
}

void to_json(nlohmann::json& json, const SpeedFigures& figures) {
    json = {{"name", figures.name},
            {"expert_neurons", figures.expert_neurons},
            {"active_neurons", figures.active_neurons},
            {"prompt_tokens_per_second", figures.prompt_tokens_per_second},
            {"tokens_per_second", figures.tokens_per_second},
            {"bytes_per_token", figures.bytes_per_token},
            {"bandwidth_share", figures.bandwidth_share},
            {"kl", figures.kl}};
}

void to_json(nlohmann::json& json, const RuntimeFigures& figures) {
    json = {{"bytes_per_second", figures.bytes_per_second}, {"models", figures.models}};
}

}  // namespace dotmoe
