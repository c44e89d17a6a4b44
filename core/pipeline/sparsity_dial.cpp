#include "pipeline/sparsity_dial.h"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.h"
#include "evaluate/quality.h"
#include "experts/masked_ffn.h"
#include "pipeline/evaluation_text.h"
#include "pipeline/parameters.h"
#include "pipeline/progress_events.h"

namespace dotmoe {

std::vector<DialPoint> turn_dial(const ConvertedModel& model, const std::vector<std::int64_t>& active,
                                 const TextRequest& request, EventSink& events, RunControl& control) {
    const at::NoGradGuard no_grad;
    const auto& converted = *model.model();
    if (!model.converted())
        fail_usage("{}: is a dense model and has no experts; convert it first", converted.path.string());
    for (const auto k : active) model.experts()->layout.with_active(k);  // before anything takes long

    const auto windows = load_evaluation_text(request, model.recipe(), converted).windows;
    const Transformer dense(model.dense()->config, model.dense()->weights);
    const auto progress = [&](const std::string& phase) {
        return [&control,
                publish = progress_of(events, phase, "windows", windows.size(0))](std::int64_t done) mutable {
            control.poll();
            publish(done);
        };
    };
    const auto hidden = dense_hidden_states(dense, windows, progress("dense"));
    const auto stride = request.stride > 0 ? std::optional(request.stride) : std::nullopt;
    std::vector<DialPoint> points;
    for (const auto k : active) {
        const auto dialled = model.with_active(k);
        const auto& weights = dialled.model()->weights;
        const auto& experts = *dialled.experts();
        points.push_back(
            {.active = k,
             .active_neuron_share = experts.layout.active_share(converted.config.neurons),
             .active_parameters =
                 count_parameters(converted.config, experts.layout, model.recipe().method).active,
             .quality = evaluate_quality(Transformer(converted.config, weights),
                                         converted_feed_forward(weights, experts), windows, hidden,
                                         progress(fmt::format("k = {}", k)), stride)});
    }
    return points;
}

void to_json(nlohmann::json& json, const DialPoint& point) {
    json = {{"active", point.active},
            {"active_neuron_share", point.active_neuron_share},
            {"active_parameters", point.active_parameters},
            {"quality", point.quality}};
}

void from_json(const nlohmann::json& json, DialPoint& point) {
    json.at("active").get_to(point.active);
    json.at("active_neuron_share").get_to(point.active_neuron_share);
    json.at("active_parameters").get_to(point.active_parameters);
    json.at("quality").get_to(point.quality);
}

std::string format_table(const std::vector<DialPoint>& points, std::int64_t trained) {
    auto text = fmt::format("{:>7} {:>9} {:>12} {:>10} {:>8} {:>9}\n", "active", "neurons", "parameters",
                            "perplexity", "KL", "top-1");
    for (const auto& [active, share, parameters, quality] : points)
        text += fmt::format("{:>7} {:>7.1f} % {:>10.1f} M {:>10.2f} {:>8.3f} {:>7.1f} %{}\n", active,
                            100 * share, parameters / 1e6, quality.perplexity, quality.kl, 100 * quality.top1,
                            active == trained ? "   as trained" : "");
    return text;
}

}  // namespace dotmoe
