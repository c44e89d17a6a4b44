#include "app/studio/sweep_file.h"

#include <cmath>

#include "app/studio/result_file.h"
#include "base/error.h"
#include "pipeline/sweep.h"

namespace dotmoe::studio {
namespace {

ParetoPoint point_of(const nlohmann::json& json) {
    const auto at = json.get<DialPoint>();
    const auto& layout = json.at("layout");
    return {.experts = layout.at("experts").get<int>(),
            .trained = layout.at("active").get<int>(),
            .shared = layout.at("shared").get<int>(),
            .active = static_cast<int>(at.active),
            .share = at.active_neuron_share,
            .parameters = at.active_parameters,
            .perplexity = at.quality.perplexity,
            .kl = at.quality.kl,
            .top1 = at.quality.top1,
            .front = json.at("front").get<bool>()};
}

}  // namespace

Pareto read_sweep(const std::filesystem::path& file) {
    Pareto pareto;
    read_results(file, "the sweep that dotmoe sweep writes", [&](const nlohmann::json& json) {
        const auto& dense = json.at("dense");
        dense.at("parameters").get_to(pareto.denseParameters);
        dense.at("perplexity").get_to(pareto.densePerplexity);
        for (const auto& point : json.at("points")) pareto.points.push_back(point_of(point));
    });
    const auto drawable = [](double value) { return std::isfinite(value) && value > 0; };
    const bool all = std::ranges::all_of(pareto.points, [&](const ParetoPoint& point) {
        return drawable(point.parameters) && drawable(point.perplexity);
    });
    if (!all || !drawable(pareto.denseParameters) || !drawable(pareto.densePerplexity))
        fail("{}: has a perplexity or a count of parameters that is not above 0", file.string());
    return pareto;
}

}  // namespace dotmoe::studio
