#include "pipeline/bench_train.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "align/assignment.h"
#include "align/distill.h"
#include "base/alignment_compute.h"
#include "base/error.h"
#include "base/progress.h"
#include "base/system.h"
#include "model/load.h"

namespace dotmoe {
namespace {

Assignment random_assignment(const Model& model, const Recipe& recipe) {
    const auto generator = at::detail::createCPUGenerator(recipe.seed);
    const auto& [layers, neurons, width] =
        std::tie(model.config.layers, model.config.neurons, model.config.width);
    const auto capacities = at::tensor(recipe.layout.capacities(neurons), at::kLong);
    const auto columns = at::repeat_interleave(at::arange(recipe.layout.columns(), at::kLong), capacities);
    std::vector<at::Tensor> affinity;
    for (std::int64_t layer = 0; layer < layers; ++layer)
        affinity.push_back(
            one_hot_affinity(columns.index_select(0, at::randperm(neurons, generator, at::kLong)),
                             recipe.layout, recipe.seed + static_cast<std::uint64_t>(layer)));
    const auto router = 0.01 * at::randn({layers, width, recipe.layout.experts}, generator, at::kFloat);
    const auto device = model.compute.device;
    return {at::stack(affinity).to(device), router.to(device), recipe.layout, assignment_options(recipe)};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

}  // namespace

TrainFigures bench_train(const TrainBench& bench) {
    auto recipe = bench.recipe;
    if (recipe.distill.steps < 1) fail_usage("steps are {}: at least 1 is needed", recipe.distill.steps);
    check_layout(recipe.layout, read_config(bench.model).neurons);
    TrainFigures figures{.steps = recipe.distill.steps,
                         .step_tokens = recipe.distill.sequences * recipe.text.window};
    recipe.distill.steps += 1;
    recipe.distill.temperature_start = recipe.distill.temperature_end;

    const auto model = load_model(bench.model, choose_compute(bench.device));
    const Transformer transformer(model->config, model->weights.to(alignment_compute(model->compute)));
    auto assignment = random_assignment(*model, recipe);
    if (!assignment.trains()) fail_usage("method = {}: nothing of it is trained", name_of(recipe.method));
    const auto tokens = at::randint(model->config.vocabulary, {recipe.distill.sequences, recipe.text.window},
                                    at::detail::createCPUGenerator(recipe.seed), at::kLong)
                            .to(model->compute.device);
    std::vector<double> seconds;
    double transport = 0, iterations = 0;
    ProgressMeter clock(0);
    RunControl control;
    distil(transformer, assignment, recipe.layout, recipe.distill, tokens, recipe.seed, 0,
           {control, [&](const DistillStep& done) {
                if (done.figures.step > 1) {
                    seconds.push_back(clock.seconds());
                    transport += done.figures.transport_share * seconds.back();
                    iterations += done.figures.sinkhorn_iterations;
                }
                clock = ProgressMeter(0);
            }});
    double total = 0;
    for (const double step : seconds) total += step;
    figures.step_seconds = median(seconds);
    figures.tokens_per_second = static_cast<double>(figures.step_tokens) / figures.step_seconds;
    figures.transport_share = transport / total;
    figures.sinkhorn_iterations = iterations / static_cast<double>(figures.steps);
    figures.peak_memory_bytes = peak_memory_bytes();
    return figures;
}

void to_json(nlohmann::json& json, const TrainFigures& figures) {
    json = {{"steps", figures.steps},
            {"step_tokens", figures.step_tokens},
            {"step_seconds", figures.step_seconds},
            {"tokens_per_second", figures.tokens_per_second},
            {"transport_share", figures.transport_share},
            {"sinkhorn_iterations", figures.sinkhorn_iterations},
            {"peak_memory_bytes", figures.peak_memory_bytes}};
}

}  // namespace dotmoe
