#include "pipeline/profile_experts.h"

#include <algorithm>

#include "align/activations.h"
#include "base/error.h"
#include "evaluate/expert_statistics.h"
#include "evaluate/specialisation.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "pipeline/evaluation_text.h"
#include "pipeline/progress_events.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

constexpr std::int64_t tokens_an_expert = 12;
constexpr std::int64_t context = 8;  ///< tokens before and after
/// A picture of more pairs has less than a pixel for each, and they would take gigabytes in all layers.
constexpr std::int64_t most_compared = 512;

template <typename T>
std::vector<T> plain(const at::Tensor& tensor, at::ScalarType type) {
    const auto values = tensor.to(type).cpu().contiguous();
    return {values.const_data_ptr<T>(), values.const_data_ptr<T>() + values.numel()};
}

/// p, R and the load of all tokens of a layer, each window routed by itself as the model does it.
struct LayerRouting {
    at::Tensor probabilities, mask;  ///< [T, E]
    at::Tensor counts;               ///< [W, E]
};

LayerRouting route_windows(const at::Tensor& inputs, const at::Tensor& router, const Layout& layout,
                           std::int64_t window) {
    std::vector<at::Tensor> probabilities, mask, counts;
    for (const auto& x : inputs.split(window)) {
        const auto routing = route(x, router, layout);
        probabilities.push_back(routing.probabilities);
        mask.push_back(routing.mask);
        counts.push_back(routing.mask.sum(0));
    }
    return {at::cat(probabilities), at::cat(mask), at::stack(counts)};
}

/// A token of the windows with its context, which ends where its window does.
class ContextReader {
  public:
    ContextReader(const EvaluationText& text, const Tokenizer& tokenizer)
        : ids_(plain<std::int64_t>(text.windows, at::kLong)),
          window_(text.windows.size(1)),
          source_(text.source),
          tokenizer_(tokenizer) {}

    TokenInContext token_at(std::int64_t token, float probability) const {
        const auto first = token / window_ * window_, end = first + window_;
        return {.before = text(std::max(first, token - context), token),
                .token = text(token, token + 1),
                .after = text(token + 1, std::min(end, token + 1 + context)),
                .domain = static_cast<int>(source_[static_cast<std::size_t>(token / window_)]),
                .probability = probability};
    }

  private:
    std::string text(std::int64_t first, std::int64_t end) const {
        const std::vector<TokenId> ids(ids_.begin() + first, ids_.begin() + end);
        return replace_invalid_utf8(tokenizer_.decode(ids));
    }

    std::vector<std::int64_t> ids_;  ///< [W * window]
    std::int64_t window_;
    const std::vector<std::int64_t>& source_;
    const Tokenizer& tokenizer_;
};

void add_top_tokens(ExpertProfile& profile, const LayerRouting& routing, const ContextReader& read) {
    const auto best = top_tokens(routing.probabilities, routing.mask, tokens_an_expert);
    const auto tokens = plain<std::int64_t>(best, at::kLong);
    const auto probability = plain<float>(routing.probabilities.gather(0, best.clamp_min(0)), at::kFloat);
    profile.top.resize(static_cast<std::size_t>(profile.experts));
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i] >= 0)
            profile.top[i % profile.top.size()].push_back(read.token_at(tokens[i], probability[i]));
}

/// What depends on the layer's routing; the rest of `profile` is set.
void add_figures(ExpertProfile& profile, const EvaluationText& text, const LayerRouting& routing,
                 const ContextReader& read) {
    const auto domains = std::ssize(text.sources);
    const auto counts = counts_by_domain(routing.counts.cpu(), text.source, domains);
    const auto of_expert = counts.sum(0);
    profile.experts = static_cast<int>(counts.size(1));
    profile.tokens = plain<std::int64_t>(of_expert, at::kLong);
    profile.load = plain<float>(of_expert / of_expert.mean(), at::kFloat);
    profile.affinity =
        plain<float>(domain_affinity(counts, at::tensor(profile.domain_tokens, at::kLong)), at::kFloat);
    profile.domain_entropy = plain<float>(domain_entropies(counts), at::kFloat);
    profile.load_entropy = entropy(of_expert);
    profile.router_entropy = token_entropy(routing.probabilities);
    if (profile.experts <= most_compared)
        profile.correlation = plain<float>(choice_correlation(routing.mask), at::kFloat);
    add_top_tokens(profile, routing, read);
}

}  // namespace

void profile_experts(const ConvertedModel& model, const TextRequest& request, EventSink& events,
                     RunControl& control,
                     const std::function<bool(const std::shared_ptr<const ExpertProfile>&)>& on_layer) {
    const at::NoGradGuard no_grad;
    const auto& base = *model.model();
    if (!model.converted())
        fail_usage("{}: is a dense model and has no experts; convert it first", base.path.string());
    const auto& experts = *model.experts();
    const auto text = load_text_of_each_source(request, model.recipe(), base);
    const auto window = text.windows.size(1);
    const ContextReader read(text, *base.tokenizer);

    ExpertProfile common;
    common.layers = static_cast<int>(std::ssize(experts.layers));
    common.active = static_cast<int>(experts.layout.active);
    common.domains = text.sources;
    for (std::int64_t domain = 0; domain < std::ssize(text.sources); ++domain)
        common.domain_tokens.push_back(window * std::ranges::count(text.source, domain));
    common.domains_entropy = entropy(at::tensor(common.domain_tokens, at::kLong));

    const Transformer transformer(base.config, base.weights);
    const auto ffn = converted_feed_forward(base.weights, experts);
    const auto progress = progress_of(events, "experts", "layers", common.layers);
    ActivationStream stream(transformer, text.windows);
    for (const auto& [owner, router] : experts.layers) {
        control.poll();
        stream.attend();
        control.poll();
        const auto profile = std::make_shared<ExpertProfile>(common);
        if (owner.defined()) {
            const auto inputs = stream.feed_forward_inputs();
            add_figures(*profile, text,
                        route_windows(inputs, router.to(inputs.device()), experts.layout, window), read);
        }
        if (!on_layer(profile)) return;
        control.poll();
        stream.advance(ffn);
        progress(++common.layer);
    }
}

}  // namespace dotmoe
