#include "export/compare.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "evaluate/residual_stream.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "export/architecture.h"
#include "export/rounding.h"
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
    const auto capacity = layout.capacity(dense.config.neurons);
    same("neurons an expert", config.expert_neurons, capacity);
    same("shared neurons", config.shared_neurons,
         config.whole_shared_experts ? filled_up(layout.shared, capacity) : layout.shared);
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
    return (a - b).abs().max().item<double>();
}

/// A factor on all of a router is what FORMATS.md allows; anything else is another router.
double router_error(const StockModel& exported, const ExpertSet& experts) {
    const auto direction = [](const at::Tensor& router) {
        return router.to(at::kDouble) / router.to(at::kDouble).norm().clamp_min(1e-300);
    };
    double worst = 0;
    for (std::int64_t l = 0; l < exported.config().layers; ++l)
        worst = std::max(worst, largest_difference(direction(exported.router(l)),
                                                   direction(experts.layers[l].router.t())));
    return worst;
}

/// What a run chose in each layer: experts [T, k] and their weights.
struct Choices {
    std::vector<at::Tensor> chosen, weights;
};

struct Forced {
    at::Tensor logits;                ///< [T, V]
    double agreement = 0, worst = 1;  ///< share of own choices that are the same: all layers, worst layer
    double weight_error = 0;          ///< largest difference of an expert's weight from the rule's
};

/// The conversion on another run's routes.
Forced forced_to(const Choices& run, const at::Tensor& tokens, const Model& dense, const ExpertSet& experts) {
    const Transformer transformer(dense.config, dense.weights);
    const auto& layout = experts.layout;
    Forced result;
    const FeedForward forced = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& [owner, router] = experts.layers[layer];
        const auto own = route(x.flatten(0, -2), router, layout);
        const auto& chosen = run.chosen[layer];
        const auto mask = at::zeros_like(own.mask).scatter_(1, chosen, 1.0);
        const auto weights = rule_weights(layout, own.logits, mask);
        result.weight_error =
            std::max(result.weight_error, largest_difference(run.weights[layer], weights.gather(1, chosen)));
        const auto same = own.mask.eq(mask).all(-1).to(at::kDouble).mean().item<double>();
        result.agreement += same;
        result.worst = std::min(result.worst, same);
        return masked_feed_forward(x, dense.weights.layer(layer), layout, owner, weights);
    };
    result.logits = transformer.logits(transformer.hidden(tokens.unsqueeze(0), forced))[0];
    result.agreement /= static_cast<double>(dense.config.layers);
    return result;
}

struct OwnRun {
    at::Tensor logits;
    Choices choices;
};

/// The conversion on its own routes, with these weights.
OwnRun own_run(const Weights& weights, const at::Tensor& tokens, const Model& dense,
               const ExpertSet& experts) {
    const Transformer transformer(dense.config, weights);
    const auto& layout = experts.layout;
    OwnRun run;
    const FeedForward converted = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& [owner, router] = experts.layers[layer];
        const auto own = route(x.flatten(0, -2), router, layout);
        run.choices.chosen.push_back(own.chosen);
        run.choices.weights.push_back(own.weights.gather(1, own.chosen));
        return masked_feed_forward(x, weights.layer(layer), layout, owner, own.weights);
    };
    run.logits = transformer.logits(transformer.hidden(tokens.unsqueeze(0), converted))[0];
    return run;
}

at::Tensor dense_logits(const Weights& weights, const at::Tensor& tokens, const Model& dense) {
    const Transformer transformer(dense.config, weights);
    return transformer.logits(transformer.hidden(tokens.unsqueeze(0), transformer.dense()))[0];
}

RoundingFigures rounding_figures(gguf::TensorType type, const at::Tensor& tokens, const at::Tensor& logits,
                                 const Model& dense, const ExpertSet& experts,
                                 const std::function<void()>& before_pass) {
    const auto weights = rounded(dense.weights, type);
    before_pass();
    const auto run = own_run(weights, tokens, dense, experts);
    before_pass();
    const auto reference = forced_to(run.choices, tokens, dense, experts);
    before_pass();
    return {largest_difference(dense_logits(weights, tokens, dense), logits),
            largest_difference(run.logits, reference.logits), reference.agreement, reference.worst};
}

}  // namespace

ExportFigures compare_export(const StockModel& exported, const Model& dense, const ExpertSet& experts,
                             const std::function<void()>& before_pass) {
    const auto& layout = experts.layout;
    check_same_shape(exported.config(), dense, layout);
    const at::NoGradGuard no_grad;
    const auto tokens = sample_tokens(dense)[0];
    ExportFigures figures;
    figures.sample.assign(tokens.const_data_ptr<std::int64_t>(),
                          tokens.const_data_ptr<std::int64_t>() + tokens.numel());
    figures.numbers = gguf::type_name(exported.coarsest());
    figures.router_error = router_error(exported, experts);
    before_pass();
    const auto whole = exported.forward(tokens, exported.all_experts()).logits;
    before_pass();
    const auto expected = dense_logits(dense.weights, tokens, dense);
    figures.finite = whole.isfinite().all().item<bool>();
    figures.all_experts_difference = largest_difference(whole, expected);

    before_pass();
    const auto run = exported.forward(tokens, exported.as_exported());
    figures.finite = figures.finite && run.logits.isfinite().all().item<bool>();
    Choices choices;
    for (const auto& routes : run.routes) {
        choices.chosen.push_back(routes.chosen);
        // A factor k in the file undoes the softmax's 1/k.
        choices.weights.push_back(routes.weights * layout.active);
        figures.exact_ties += routes.ties;
    }
    before_pass();
    const auto reference = forced_to(choices, tokens, dense, experts);
    figures.forced_difference = largest_difference(run.logits, reference.logits);
    figures.same_experts = reference.agreement;
    figures.same_experts_worst = reference.worst;
    figures.weight_error = reference.weight_error;
    figures.equivalence = figures.weight_error <= exact_weight_error ? "exact" : "approximate";
    before_pass();
    figures.kl =
        divergence(own_run(dense.weights, tokens, dense, experts).logits, run.logits).mean().item<double>();
    figures.sample_loss = next_token_loss(run.logits, tokens);
    if (exported.coarsest() != gguf::TensorType::F32)
        figures.rounding =
            rounding_figures(exported.coarsest(), tokens, expected, dense, experts, before_pass);
    return figures;
}

}  // namespace dotmoe
