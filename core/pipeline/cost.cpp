#include "pipeline/cost.h"

#include <array>
#include <numeric>

#include "align/splits/product_key_split.h"
#include "base/alignment_compute.h"
#include "base/error.h"
#include "pipeline/parameters.h"

namespace dotmoe {

std::string_view name_of(CostPhase phase) {
    constexpr std::array<std::string_view, 8> names{"load",   "judge", "metric",   "layer-wise",
                                                    "global", "fit",   "recovery", "finish"};
    return names[static_cast<std::size_t>(phase)];
}

double CostEstimate::seconds() const {
    return std::accumulate(phases.begin(), phases.end(), 0.0,
                           [](double sum, const PhaseCost& phase) { return sum + phase.seconds(); });
}

Recipe recipe_to_convert(const ModelSummary& model, const Recipe& recipe) {
    if (!model.refusal.empty()) throw Error(model.refusal);
    check_recipe(recipe);
    check_layout(recipe.layout, model.config.neurons);
    return with_single_neurons(recipe, model.config.neurons);
}

WeightBytes weight_bytes(const Compute& compute) {
    return {static_cast<double>(at::elementSize(compute.dtype)),
            static_cast<double>(at::elementSize(alignment_compute(compute).dtype))};
}

CostEstimate predict_cost(const ModelSummary& model, const Recipe& recipe, const CostTerms& terms,
                          const MachineSpeed& machine) {
    CostEstimate estimate;
    estimate.memory_bytes = static_cast<std::int64_t>(terms.memory());
    estimate.disk_bytes = static_cast<std::int64_t>(terms.disk());
    for (const auto& [phase, work] : terms.conversion())
        estimate.phases.push_back(
            {phase, phase == CostPhase::load ? loading_seconds : machine.seconds(work), {}});
    estimate.train_tokens = terms.train_tokens();
    estimate.active_neuron_share = recipe.layout.active_share(model.config.neurons);
    estimate.active_parameters = count_parameters(model.config, recipe.layout, recipe.method).active;
    return estimate;
}

CostEstimate estimate_cost(const ModelSummary& model, const Recipe& given, int threads) {
    const auto recipe = recipe_to_convert(model, given);
    set_thread_count(threads);
    const auto compute = choose_compute(DeviceChoice::automatic);
    return predict_cost(model, recipe, {model, recipe, weight_bytes(compute)},
                        measure_machine(model.config, compute));
}

void to_json(nlohmann::json& json, const PhaseCost& phase) {
    json = {{"phase", name_of(phase.phase)}, {"predicted", phase.predicted}, {"seconds", phase.seconds()}};
    if (phase.sample)
        json["sample"] = {{"seconds", phase.sample->seconds},
                          {"predicted", phase.sample->predicted},
                          {"factor", phase.sample->factor()}};
}

void to_json(nlohmann::json& json, const CostEstimate& estimate) {
    json = {{"memory_bytes", estimate.memory_bytes},
            {"disk_bytes", estimate.disk_bytes},
            {"seconds", estimate.seconds()},
            {"phases", estimate.phases},
            {"train_tokens", estimate.train_tokens},
            {"active_neuron_share", estimate.active_neuron_share},
            {"active_parameters", estimate.active_parameters}};
    if (estimate.probe)
        json["probe"] = {{"seconds", estimate.probe->seconds},
                         {"memory_bytes", estimate.probe->memory_bytes}};
}

}  // namespace dotmoe
