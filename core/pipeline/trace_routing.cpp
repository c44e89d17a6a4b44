#include "pipeline/trace_routing.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <span>

#include "base/error.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "model/transformer.h"
#include "text/prompt.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

template <typename T>
void store(std::vector<T>& into, std::int64_t layer, const at::Tensor& values) {
    const auto plain = values.cpu().contiguous();
    std::copy_n(plain.const_data_ptr<T>(), plain.numel(), into.begin() + layer * plain.numel());
}

}  // namespace

RoutingSnapshot trace_routing(const Model& model, const ExpertSet& experts, const std::string& text) {
    const at::NoGradGuard no_grad;
    auto [ids, first] = encode_prompt(*model.tokenizer, text);
    if (std::ssize(ids) == first) fail("the text gives no token; type something");
    ids.resize(std::min(ids.size(), static_cast<std::size_t>(model.config.context)));

    RoutingSnapshot snapshot{.text = text,
                             .tokens = {},
                             .layers = static_cast<int>(model.config.layers),
                             .active = static_cast<int>(experts.layout.active),
                             .experts = static_cast<int>(experts.layout.experts),
                             .expert = {},
                             .probability = {}};
    const std::span own(ids.begin() + first, ids.end());
    for (const auto& id : own)
        snapshot.tokens.push_back(replace_invalid_utf8(model.tokenizer->decode({&id, 1})));
    const auto entries = static_cast<std::size_t>(model.config.layers * experts.layout.active) * own.size();
    snapshot.expert.assign(entries, -1);
    snapshot.probability.assign(entries, 0.0F);

    const auto record = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& weights = model.weights.layers[static_cast<std::size_t>(layer)];
        const auto& mine = experts.layers[static_cast<std::size_t>(layer)];
        if (!mine.owner.defined()) return dense_feed_forward(x, weights);
        const auto flat = x.flatten(0, 1);
        const auto routing = route(flat, mine.router.to(x.device()), experts.layout);
        const auto chosen = routing.chosen.slice(0, first);
        store<std::int32_t>(snapshot.expert, layer, chosen.to(at::kInt));
        store<float>(snapshot.probability, layer, routing.probabilities.slice(0, first).gather(1, chosen));
        return masked_feed_forward(flat, weights, experts.layout, mine.owner.to(x.device()), routing.weights)
            .view_as(x);
    };
    const auto tokens = at::tensor(ids, at::kLong).unsqueeze(0).to(model.compute.device);
    Transformer(model.config, model.weights).hidden(tokens, record);
    return snapshot;
}

}  // namespace dotmoe
