#include "export/compare.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "export/sample_text.h"
#include "model/transformer.h"

namespace dotmoe {
namespace {

// Above it weights are approximate: 2^-40, k = 1 and k = E give 0 up to rounding, renormalised weights what
// another order of summation does to logits; 2^-12 gives 1e-3.
constexpr double exact_weight_error = 1e-4;

void check_same_shape(const StockConfig& config, const Model& dense, const Layout& layout) {
    const auto same = [](const char* what, std::int64_t exported, std::int64_t converted) {
        if (exported != converted)
            fail("the export is of another model or conversion: {} {} instead of {}", exported, what,
                 converted);
    };
    same("layers", config.layers, dense.config.layers);
    same("tokens in the vocabulary", config.vocabulary, dense.config.vocabulary);
    same("values a token", config.width, dense.config.width);
    same("experts", config.experts, layout.experts);
    same("active experts", config.active, layout.active);
    same("shared neurons", config.shared_neurons, layout.shared);
    same("neurons an expert", config.expert_neurons, layout.capacity(dense.config.neurons));
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

struct Forced {
    at::Tensor logits;                ///< [T, V]
    double agreement = 0, worst = 1;  ///< share of own choices that are the same: all layers, worst layer
    double weight_error = 0;          ///< largest difference of an expert's weight from the rule's
};

Forced forced_to(const std::vector<StockRoutes>& routes, const at::Tensor& tokens, const Model& dense,
                 const ExpertSet& experts) {
    const Transformer transformer(dense.config, dense.weights);
    const auto& layout = experts.layout;
    Forced result;
    const FeedForward forced = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& [owner, router] = experts.layers[layer];
        const auto own = route(x.flatten(0, -2), router, layout);
        const auto& chosen = routes[layer].chosen;
        const auto mask = at::zeros_like(own.mask).scatter_(1, chosen, 1.0);
        const auto weights = rule_weights(layout, own.logits, mask);
        // The export's down projections hold the factor k.
        const auto exported = routes[layer].weights * layout.active;
        result.weight_error =
            std::max(result.weight_error, largest_difference(exported, weights.gather(1, chosen)));
        const auto same = own.mask.eq(mask).all(-1).to(at::kDouble).mean().item<double>();
        result.agreement += same;
        result.worst = std::min(result.worst, same);
        return masked_feed_forward(x, dense.weights.layers[layer], layout, owner, weights);
    };
    result.logits = transformer.logits(transformer.hidden(tokens.unsqueeze(0), forced))[0];
    result.agreement /= static_cast<double>(dense.config.layers);
    return result;
}

}  // namespace

ExportFigures compare_export(const StockModel& exported, const Model& dense, const ExpertSet& experts) {
    check_same_shape(exported.config(), dense, experts.layout);
    const at::NoGradGuard no_grad;
    const auto tokens = sample_tokens(dense)[0];
    ExportFigures figures;
    figures.tokens = tokens.size(0);
    {
        const Transformer transformer(dense.config, dense.weights);
        const auto logits =
            transformer.logits(transformer.hidden(tokens.unsqueeze(0), transformer.dense()))[0];
        const auto whole = exported.forward(tokens, exported.all_experts()).logits;
        figures.finite = whole.isfinite().all().item<bool>();
        figures.all_experts_difference = largest_difference(whole, logits);
    }
    const auto run = exported.forward(tokens, exported.as_exported());
    const auto reference = forced_to(run.routes, tokens, dense, experts);
    figures.finite = figures.finite && run.logits.isfinite().all().item<bool>();
    figures.forced_difference = largest_difference(run.logits, reference.logits);
    figures.same_experts = reference.agreement;
    figures.same_experts_worst = reference.worst;
    for (const auto& routes : run.routes) figures.exact_ties += routes.ties;
    figures.weight_error = reference.weight_error;
    figures.equivalence = figures.weight_error <= exact_weight_error ? "exact" : "approximate";
    return figures;
}

}  // namespace dotmoe
